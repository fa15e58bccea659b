package io.taskstore.jdbi;

import io.taskstore.Count;
import io.taskstore.Page;
import io.taskstore.PageRequest;
import io.taskstore.TaskFilter;
import io.taskstore.TaskOrder;
import io.taskstore.jdbi.FilterSql.Condition;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/**
 * Finds the tasks that pass a filter.
 *
 * <p>One condition is the way to the tasks, the others are checked on what it leads to. Which one, is decided here and not by
 * the databases: SQLite keeps no statistics, and PostgreSQL guesses badly where the first of a list are wanted and the values
 * are not known when it plans. So each way is tried first: the one on which there are fewest tasks is taken. Where all of them
 * lead to many, it is one that leads to them in the order asked for, and then the first page is soon found.
 */
final class Listing {

    /** How many tasks are few: they can all be read and sorted. */
    private static final int FEW = 5_000;

    private final TaskTable table;

    Listing(TaskTable table) {
        this.table = table;
    }

    Page list(Session session, TaskFilter filter, PageRequest request) {
        Bounds bounds = new Bounds(filter.created());
        request.cursor().ifPresent(place -> {
            if (request.order() == TaskOrder.NEWEST_FIRST) {
                bounds.before(place.createdAt(), place.id());
            } else {
                bounds.behind(place.createdAt(), place.id());
            }
        });
        Slice slice = new Slice(request.order(), request.limit() + 1, request.offset());
        Query query = tasks(session, filter, bounds, TaskRow.COLUMNS, slice);
        return Page.of(request, table.rows(query).stream().map(TaskRow::task).toList());
    }

    /**
     * {@return the query for tasks in order}
     *
     * @param columns of {@code t}
     */
    Query tasks(Session session, TaskFilter filter, Bounds bounds, String columns, Slice slice) {
        FilterSql sql = FilterSql.of(filter);
        TaskOrder order = slice.order();
        Way way = way(session, sql, bounds, order);
        List<String> parts = way.paths().stream()
                .map(path -> "SELECT " + columns + " FROM " + path.tasks(bounds, way.others(), order) + "\n ORDER BY "
                        + path.orderBy(order))
                .toList();
        String text = parts.size() == 1 ? parts.get(0) : merged(parts, order);
        return bounds.bind(sql.bind(session.query(text + " LIMIT :limit OFFSET :offset")))
                .bind("most", slice.end())
                .bind("limit", slice.limit())
                .bind("offset", slice.offset());
    }

    /** Which of the tasks in an order are wanted: so many, behind so many. */
    record Slice(TaskOrder order, int limit, long offset) {

        long end() {
            return offset > Long.MAX_VALUE - limit ? Long.MAX_VALUE : offset + limit;
        }
    }

    private static String merged(List<String> parts, TaskOrder order) {
        return parts.stream()
                        .map(part -> "SELECT * FROM (" + part + " LIMIT :most) part")
                        .collect(Collectors.joining("\n UNION ALL\n", "SELECT * FROM (", ") t"))
                + "\n ORDER BY " + AccessPath.EVERYTHING.orderBy(order);
    }

    Count count(Session session, TaskFilter filter, long cap) {
        FilterSql sql = FilterSql.of(filter);
        Bounds bounds = new Bounds(filter.created());
        Way way = wayToCount(session, sql, bounds);
        long limit = cap == Long.MAX_VALUE ? cap : cap + 1;
        long count = count(session, sql, bounds, way, limit);
        return new Count(Math.min(count, cap), count > cap);
    }

    private static long count(Session session, FilterSql sql, Bounds bounds, Way way, long limit) {
        String parts = way.paths().stream()
                .map(path -> path.entries(bounds, way.others()))
                .map(part -> "SELECT 1 FROM (" + part + " LIMIT :limit) part")
                .collect(Collectors.joining("\n UNION ALL\n"));
        return bounds.bind(sql.bind(session.query("SELECT count(*) FROM (" + parts + " LIMIT :limit) n")))
                .bind("limit", limit)
                .mapTo(Long.class)
                .one();
    }

    /**
     * A way to tasks.
     *
     * @param paths where they are
     * @param others the conditions that are left to be checked
     */
    private record Way(List<AccessPath> paths, List<String> others) {

        static Way by(Condition condition, FilterSql sql) {
            return new Way(condition.paths(), checks(sql, condition));
        }

        static Way over(List<AccessPath> paths, FilterSql sql) {
            return new Way(paths, checks(sql, null));
        }

        private static List<String> checks(FilterSql sql, @Nullable Condition met) {
            return sql.conditions().stream()
                    .filter(condition -> !condition.equals(met))
                    .map(Condition::sql)
                    .toList();
        }
    }

    private static Way way(Session session, FilterSql sql, Bounds bounds, TaskOrder order) {
        List<Condition> ways = ways(sql);
        if (ways.size() == 1 && ways.get(0).leads(order)) {
            return Way.by(ways.get(0), sql);
        }
        return fewest(session, sql, bounds)
                .or(() -> ways.stream().filter(way -> way.leads(order)).findFirst())
                .map(way -> Way.by(way, sql))
                .orElseGet(() -> Way.over(sql.all(order, bounds), sql));
    }

    private static Way wayToCount(Session session, FilterSql sql, Bounds bounds) {
        List<Condition> ways = ways(sql);
        if (ways.size() == 1 && bounds.isEmpty()) {
            return Way.by(ways.get(0), sql);
        }
        return fewest(session, sql, bounds)
                .or(() -> ways.stream().findFirst())
                .map(way -> Way.by(way, sql))
                .orElseGet(() -> Way.over(List.of(AccessPath.BY_CREATION), sql));
    }

    private static List<Condition> ways(FilterSql sql) {
        return sql.conditions().stream()
                .filter(condition -> !condition.paths().isEmpty())
                .toList();
    }

    /** {@return the way with the fewest tasks, where there is one with few} What is found on one limits the look at the next. */
    private static Optional<Condition> fewest(Session session, FilterSql sql, Bounds bounds) {
        List<Condition> ways = new ArrayList<>(ways(sql));
        if (!bounds.isEmpty() && ways.stream().noneMatch(way -> way.leads(TaskOrder.OLDEST_FIRST))) {
            // a way in the order of creation is narrowed by the bounds itself
            ways.add(new Condition("", List.of(AccessPath.BY_CREATION)));
        }
        Optional<Condition> fewest = Optional.empty();
        long most = FEW;
        for (Condition way : ways) {
            long count = count(session, sql, bounds, new Way(way.paths(), List.of()), most);
            if (count < most) {
                most = count;
                fewest = Optional.of(way);
            }
        }
        return fewest;
    }
}
