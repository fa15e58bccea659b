package io.taskstore.jdbi;

import io.taskstore.Count;
import io.taskstore.Cursor;
import io.taskstore.Page;
import io.taskstore.PageRequest;
import io.taskstore.Task;
import io.taskstore.TaskFilter;
import io.taskstore.TaskOrder;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.statement.Query;

/** Lists and counts tasks that pass a filter. */
final class Listing {

    private final TaskTable table;

    Listing(TaskTable table) {
        this.table = table;
    }

    Page list(Session session, TaskFilter filter, PageRequest request) {
        FilterSql where = FilterSql.of(filter);
        Optional<Cursor> cursor = request.cursor();
        if (cursor.isPresent()) {
            where.add("(t.created_at, t.id) " + (request.order() == TaskOrder.NEWEST_FIRST ? "<" : ">")
                    + " (:cursor_at, :cursor_id)");
        }
        String sql = "SELECT " + TaskRow.COLUMNS + " FROM taskstore_task t WHERE " + where.where() + "\n ORDER BY "
                + orderBy(request.order()) + " LIMIT :limit OFFSET :offset";
        Query query = where.bind(session.query(sql))
                .bind("limit", request.limit() + 1)
                .bind("offset", request.offset());
        cursor.ifPresent(place -> query.bind("cursor_at", place.createdAt()).bind("cursor_id", place.id()));
        List<Task> found = table.rows(query).stream().map(TaskRow::task).toList();
        return Page.of(request, found);
    }

    private static String orderBy(TaskOrder order) {
        return switch (order) {
            case NEWEST_FIRST -> "t.created_at DESC, t.id DESC";
            case OLDEST_FIRST -> "t.created_at, t.id";
            case LAST_UPDATED_FIRST -> "t.updated_at DESC, t.id DESC";
            case HIGHEST_PRIORITY_FIRST -> "t.priority DESC, t.created_at, t.id";
        };
    }

    Count count(Session session, TaskFilter filter, long cap) {
        FilterSql where = FilterSql.of(filter);
        String sql = "SELECT count(*) FROM (SELECT 1 FROM taskstore_task t WHERE " + where.where() + " LIMIT :limit) n";
        long limit = cap == Long.MAX_VALUE ? cap : cap + 1;
        long count = where.bind(session.query(sql))
                .bind("limit", limit)
                .mapTo(Long.class)
                .one();
        return new Count(Math.min(count, cap), count > cap);
    }
}
