package io.taskstore.jdbi;

import io.taskstore.TaskFilter;
import io.taskstore.TaskOrder;
import io.taskstore.TaskStatus;
import io.taskstore.TimeRange;
import io.taskstore.jdbi.AccessPath.Gives;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jspecify.annotations.Nullable;

/**
 * The conditions of a filter as SQL, each with the way to the tasks that meet it; the time of creation apart, since it narrows
 * all ways. The text depends on which conditions there are and on statuses, which are our own words; every other value is
 * bound.
 */
final class FilterSql {

    /** For more values than these, tasks are found in no order: each value would be a part of the statement. */
    private static final int MOST_PARTS = 5;

    private final List<Condition> conditions = new ArrayList<>();
    private final Map<String, Object> values = new LinkedHashMap<>();

    /** In which tasks may be that pass. */
    private final Set<TaskStatus> possible;

    private @Nullable Happened happenedBefore;
    private @Nullable Happened happenedSince;

    private FilterSql(Set<TaskStatus> possible) {
        this.possible = possible;
    }

    /**
     * One condition.
     *
     * @param sql on {@code t}, the task
     * @param paths the ways to all tasks that meet it, none of them twice; none if there is no good one
     */
    record Condition(String sql, List<AccessPath> paths) {

        boolean leads(TaskOrder order) {
            return paths.stream().allMatch(path -> path.leads(order));
        }
    }

    /** Tasks are wanted to which something happened on one side of a time, which narrows when they were stored. */
    private record Happened(String parameter, Instant time) {}

    /** {@return the conditions, those first that few tasks meet as a rule} */
    static FilterSql of(TaskFilter filter) {
        FilterSql sql = new FilterSql(possible(filter));
        sql.ids(filter.ids());
        filter.uniqueKey().ifPresent(key -> sql.values("unique_key", "key", List.of(key), Many::texts));
        sql.workflows(filter.workflowIds(), filter.step());
        sql.metadata(filter.metadata());
        sql.statuses(filter.statuses());
        sql.values("submitted_by", "submitter", filter.submitters(), Many::texts);
        sql.values("type", "type", filter.types(), Many::texts);
        sql.values("queue", "queue", filter.queues(), Many::texts);
        filter.titlePrefix().ifPresent(sql::titlePrefix);
        sql.updated(filter.updated());
        sql.completed(filter.completed());
        return sql;
    }

    private static Set<TaskStatus> possible(TaskFilter filter) {
        boolean ended = isGiven(filter.completed());
        return Stream.of(TaskStatus.values())
                .filter(status ->
                        filter.statuses().isEmpty() || filter.statuses().contains(status))
                .filter(status -> status.isTerminal() || !ended)
                .collect(Collectors.toUnmodifiableSet());
    }

    List<Condition> conditions() {
        return conditions;
    }

    /**
     * {@return the ways to all tasks in the order, but for some that do not pass} What has happened to tasks before some time
     * has happened to older ones: of the newest tasks, those after it need not be looked at. What has happened since has
     * seldom happened to much older ones: of the oldest tasks, only those need be looked at that had to wait.
     */
    List<AccessPath> all(TaskOrder order, Bounds bounds) {
        Happened before = happenedBefore;
        if (before != null && order == TaskOrder.NEWEST_FIRST && !bounds.endsBy(before.time())) {
            return AccessPath.storedBefore(before.parameter());
        }
        Happened since = happenedSince;
        if (since != null && order == TaskOrder.OLDEST_FIRST && !bounds.beginsAt(since.time())) {
            return AccessPath.storedSince(since.parameter());
        }
        return switch (order) {
            case NEWEST_FIRST, OLDEST_FIRST -> List.of(AccessPath.BY_CREATION);
            case LAST_UPDATED_FIRST -> ByUpdate.paths(possible, column -> "");
            case HIGHEST_PRIORITY_FIRST -> List.of(AccessPath.EVERYTHING);
        };
    }

    <S extends SqlStatement<S>> S bind(S statement) {
        values.forEach(statement::bind);
        return statement;
    }

    /**
     * A condition that is not the way is only a check: in this form no index is used for it, but PostgreSQL knows as well as
     * ever how many rows pass.
     */
    private void add(String sql, List<AccessPath> paths) {
        conditions.add(new Condition("(" + sql + ") IS TRUE", paths));
    }

    private void add(String sql, AccessPath path) {
        add(sql, List.of(path));
    }

    private void ids(Set<UUID> ids) {
        if (!ids.isEmpty()) {
            values.put("ids", Many.uuids(ids));
            String sql = "t.id IN IDS (:ids)";
            add(sql, new AccessPath(AccessPath.BY_ID, sql, Gives.FEW));
        }
    }

    /** A step has its name in a workflow alone. */
    private void workflows(Set<UUID> workflows, Optional<String> step) {
        if (workflows.size() == 1 && step.isPresent()) {
            values.put("workflow", workflows.iterator().next());
            values.put("step", step.get());
            String sql = "t.workflow_id = :workflow AND t.step = :step";
            add(sql, new AccessPath("taskstore_task_part", sql, Gives.FEW));
        } else {
            values("workflow_id", "workflow", workflows, Many::uuids);
            step.ifPresent(name -> values("step", "step", List.of(name), Many::texts));
        }
    }

    /** A few values are looked for one by one, for behind each the index is in the order of creation. */
    private <T> void values(String column, String name, Collection<T> wanted, Function<Collection<T>, Many> many) {
        String index = "taskstore_task_" + name;
        if (wanted.size() > MOST_PARTS) {
            Many all = many.apply(wanted);
            values.put(name, all);
            String sql = "t." + column + all.in(name);
            add(sql, new AccessPath(index, sql + " AND t." + column + " IS NOT NULL", Gives.NOTHING));
        } else if (!wanted.isEmpty()) {
            List<AccessPath> paths = new ArrayList<>();
            for (T value : wanted) {
                String parameter = name + paths.size();
                values.put(parameter, value);
                paths.add(new AccessPath(index, "t." + column + " = :" + parameter, Gives.CREATION));
            }
            String sql = paths.stream().map(AccessPath::condition).collect(Collectors.joining(" OR "));
            add(sql, paths);
        }
    }

    /** Completed tasks are nearly all there are: no index helps to find them. */
    private void statuses(Set<TaskStatus> statuses) {
        String sql = "t.status IN (" + texts(statuses) + ")";
        if (statuses.contains(TaskStatus.COMPLETED)) {
            conditions.add(new Condition(sql, List.of()));
        } else if (!statuses.isEmpty()) {
            add(sql, statuses.stream().sorted().map(FilterSql::path).toList());
        }
    }

    private static AccessPath path(TaskStatus status) {
        String sql = "t.status = '" + status + "'";
        return status == TaskStatus.RUNNING
                ? new AccessPath("taskstore_task_running", sql, Gives.FEW)
                : new AccessPath("taskstore_task_status", sql, Gives.CREATION);
    }

    private static String texts(Set<TaskStatus> statuses) {
        return Stream.of(TaskStatus.values())
                .filter(statuses::contains)
                .map(status -> "'" + status + "'")
                .collect(Collectors.joining(", "));
    }

    private void titlePrefix(String prefix) {
        String sql = "t.title >= :title_from";
        values.put("title_from", prefix);
        String after = following(prefix);
        if (!after.isEmpty()) {
            sql += " AND t.title < :title_to";
            values.put("title_to", after);
        }
        add(sql, new AccessPath("taskstore_task_title", sql, Gives.NOTHING));
    }

    /** {@return the first text, by code points, behind all that begin with the prefix; empty if there is none} */
    static String following(String prefix) {
        int end = prefix.length();
        while (end > 0) {
            int last = prefix.codePointBefore(end);
            end -= Character.charCount(last);
            if (last < Character.MAX_CODE_POINT) {
                int next = last + 1 == Character.MIN_SURROGATE ? Character.MAX_SURROGATE + 1 : last + 1;
                return new StringBuilder(prefix.substring(0, end))
                        .appendCodePoint(next)
                        .toString();
            }
        }
        return "";
    }

    /** Where it is not the way, the entry is looked up for each task: in this form both databases do just that. */
    private void metadata(Map<String, String> metadata) {
        int i = 0;
        for (Map.Entry<String, String> entry : metadata.entrySet()) {
            values.put("meta_name" + i, entry.getKey());
            values.put("meta_value" + i, entry.getValue());
            add(
                    String.format("""
                            :meta_value%1$d = (SELECT e.value FROM taskstore_metadata e
                                              WHERE e.task_id = t.id AND e.name = :meta_name%1$d)""", i),
                    AccessPath.metadata(String.format("m.name = :meta_name%1$d AND m.value = :meta_value%1$d", i)));
            i++;
        }
    }

    private void updated(TimeRange range) {
        if (isGiven(range)) {
            happened("updated", range);
            add(
                    within("t.updated_at", "updated", range),
                    ByUpdate.paths(possible, column -> within(column, "updated", range)));
        }
    }

    private void completed(TimeRange range) {
        if (isGiven(range)) {
            happened("completed", range);
            String sql = within("t.completed_at", "completed", range);
            add(sql, new AccessPath("taskstore_task_completed", sql, Gives.NOTHING));
        }
    }

    /** Not by {@code equals}: the class loader of a record that was compared once stays, as LeakTest shows on JDK 17. */
    private static boolean isGiven(TimeRange range) {
        return range.from().isPresent() || range.to().isPresent();
    }

    private void happened(String name, TimeRange range) {
        range.from().ifPresent(from -> {
            values.put(name + "_from", from);
            Instant stored = AccessPath.longBefore(from);
            values.put("stored_from", stored);
            happenedSince = new Happened("stored_from", stored);
        });
        range.to().ifPresent(to -> {
            values.put(name + "_to", to);
            happenedBefore = new Happened(name + "_to", to);
        });
    }

    private static String within(String column, String name, TimeRange range) {
        return Stream.of(
                        range.from().map(from -> column + " >= :" + name + "_from"),
                        range.to().map(to -> column + " < :" + name + "_to"))
                .flatMap(Optional::stream)
                .collect(Collectors.joining(" AND "));
    }
}
