package io.taskstore.jdbi;

import io.taskstore.StatusChange;
import io.taskstore.StatusHistory;
import io.taskstore.TaskError;
import io.taskstore.WorkerId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads the changes of tasks. */
final class Histories {

    /** The columns, in the order in which {@link #change} reads them. */
    static final String COLUMNS = """
            c.seq, c.from_status, c.to_status, c.at, c.worker, c.attempt, c.note, c.error_kind, c.error_message, c.ran""";

    static final int WIDTH = 10;

    /** {@return the columns of the change that has the other name in the statement} */
    static String columns(String name) {
        return COLUMNS.replace("c.", name + ".");
    }

    private final Dialect dialect;

    Histories(Dialect dialect) {
        this.dialect = dialect;
    }

    Optional<StatusHistory> of(Session session, UUID id) {
        List<StatusChange> changes = session.query("SELECT " + columns("h") + """
                         FROM taskstore_history h
                        WHERE h.task_id = :id
                        ORDER BY h.seq""")
                .bind("id", id)
                .map((row, context) -> change(row, 1))
                .list();
        return changes.isEmpty() ? Optional.empty() : Optional.of(StatusHistory.of(id, changes));
    }

    /** {@return the change whose columns begin at this one} */
    StatusChange change(ResultSet row, int first) throws SQLException {
        String from = row.getString(first + 1);
        UUID worker = dialect.uuid(row, first + 4);
        String errorKind = row.getString(first + 7);
        long ran = row.getLong(first + 9);
        boolean hasRan = !row.wasNull();
        return new StatusChange(
                row.getInt(first),
                Optional.ofNullable(from).map(TaskRow.Mapper::status),
                TaskRow.Mapper.status(row.getString(first + 2)),
                Objects.requireNonNull(dialect.instant(row, first + 3)),
                Optional.ofNullable(worker).map(WorkerId::new),
                row.getInt(first + 5),
                Optional.ofNullable(row.getString(first + 6)),
                error(errorKind, row.getString(first + 8)),
                hasRan ? Optional.of(Durations.of(ran)) : Optional.empty());
    }

    private static Optional<TaskError> error(@Nullable String kind, @Nullable String message) {
        return kind == null ? Optional.empty() : Optional.of(new TaskError(kind, message == null ? "" : message));
    }
}
