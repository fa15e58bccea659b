package io.taskstore.jdbi;

import io.taskstore.Metadata;
import io.taskstore.Progress;
import io.taskstore.Task;
import io.taskstore.TaskError;
import io.taskstore.TaskStatus;
import io.taskstore.WorkerId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Comparator;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A row of the table of tasks.
 *
 * @param task what callers see
 * @param seq the number of changes in its history
 * @param fingerprint of the content it was stored with
 * @param cancelledFor the task of its workflow because of which it was cancelled
 */
record TaskRow(
        Task task, int seq, long fingerprint, @Nullable UUID cancelledFor) {

    /** The columns, in the order in which {@link Mapper} reads them. */
    static final String COLUMNS = """
            t.id, t.type, t.queue, t.priority, t.status, t.attempt, t.failures, t.crashes, t.version, t.seq,
            t.fingerprint, t.cancel_requested, t.created_at, t.updated_at, t.started_at, t.completed_at, t.run_at,
            t.timeout, t.max_failures, t.worker, t.submitted_by, t.unique_key, t.workflow_id, t.step, t.cancelled_for,
            t.progress, t.progress_text, t.error_kind, t.error_message, t.title, t.description, t.payload, t.metadata,
            t.result""";

    static final Comparator<TaskRow> OLDEST_FIRST =
            Comparator.comparing((TaskRow row) -> row.task().createdAt()).thenComparing(TaskRow::id, Ids.BY_TEXT);

    UUID id() {
        return task.id();
    }

    TaskStatus status() {
        return task.status();
    }

    boolean isHeldByWorker() {
        return status() == TaskStatus.RUNNING && task.worker().isPresent();
    }

    boolean isHeldBy(@Nullable UUID worker) {
        return status() == TaskStatus.RUNNING
                && task.worker().filter(held -> held.value().equals(worker)).isPresent();
    }

    /** Reads rows; one that cannot be read is named in a log line, and its answer is empty. */
    static final class Mapper implements RowMapper<Optional<TaskRow>> {

        private static final Logger LOG = LoggerFactory.getLogger(TaskDatabase.class);
        private static final TaskStatus[] STATUSES = TaskStatus.values();

        private final Dialect dialect;

        Mapper(Dialect dialect) {
            this.dialect = dialect;
        }

        @Override
        public Optional<TaskRow> map(ResultSet row, StatementContext context) throws SQLException {
            try {
                return Optional.of(read(row));
            } catch (RuntimeException e) {
                LOG.warn(
                        "task {} cannot be read and is passed over: {}",
                        nameOf(row),
                        e.getClass().getName());
                return Optional.empty();
            }
        }

        /** An id that is bytes is no text for a log, and may be what cannot be read. */
        private String nameOf(ResultSet row) throws SQLException {
            try {
                return dialect.id(row, 1).toString();
            } catch (RuntimeException e) {
                return "of an unreadable id";
            }
        }

        private TaskRow read(ResultSet row) throws SQLException {
            UUID worker = dialect.uuid(row, 20);
            int progress = row.getInt(26);
            boolean hasProgress = !row.wasNull();
            String errorKind = row.getString(28);
            Task task = Task.builder()
                    .id(dialect.id(row, 1))
                    .type(row.getString(2))
                    .queue(row.getString(3))
                    .priority(row.getInt(4))
                    .status(status(row.getString(5)))
                    .attempt(row.getInt(6))
                    .failures(row.getInt(7))
                    .crashes(row.getInt(8))
                    .version(row.getLong(9))
                    .cancelRequested(row.getBoolean(12))
                    .createdAt(given(dialect.instant(row, 13)))
                    .updatedAt(given(dialect.instant(row, 14)))
                    .startedAt(dialect.instant(row, 15))
                    .completedAt(dialect.instant(row, 16))
                    .runAt(dialect.instant(row, 17))
                    .timeout(duration(row, 18))
                    .maxFailures(integer(row, 19))
                    .worker(worker == null ? null : new WorkerId(worker))
                    .submittedBy(row.getString(21))
                    .uniqueKey(row.getString(22))
                    .workflowId(dialect.uuid(row, 23))
                    .step(row.getString(24))
                    .progress(hasProgress ? new Progress(progress, text(row, 27)) : null)
                    .error(errorKind == null ? null : new TaskError(errorKind, text(row, 29)))
                    .title(row.getString(30))
                    .description(row.getString(31))
                    .payload(row.getString(32))
                    .metadata(Metadata.stored(row.getString(33)))
                    .result(row.getString(34))
                    .build();
            return new TaskRow(task, row.getInt(10), row.getLong(11), dialect.uuid(row, 25));
        }

        static TaskStatus status(String name) {
            for (TaskStatus status : STATUSES) {
                if (status.name().equals(name)) {
                    return status;
                }
            }
            throw new IllegalArgumentException("no status: " + name);
        }

        private static <T> T given(@Nullable T value) {
            return Objects.requireNonNull(value);
        }

        private static String text(ResultSet row, int column) throws SQLException {
            String text = row.getString(column);
            return text == null ? "" : text;
        }

        private static @Nullable Integer integer(ResultSet row, int column) throws SQLException {
            int value = row.getInt(column);
            return row.wasNull() ? null : value;
        }

        private static @Nullable Duration duration(ResultSet row, int column) throws SQLException {
            long micros = row.getLong(column);
            return row.wasNull() ? null : Durations.of(micros);
        }
    }
}
