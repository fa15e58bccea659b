package io.taskstore.jdbi;

import io.taskstore.Progress;
import io.taskstore.StatusChange;
import io.taskstore.Task;
import io.taskstore.TaskError;
import io.taskstore.TaskStatus;
import io.taskstore.WorkerId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jspecify.annotations.Nullable;

/** Reads rows of tasks, locks them, and writes what became of them. */
final class TaskTable {

    private final RowMapper<Optional<TaskRow>> mapper;

    TaskTable(Dialect dialect) {
        this.mapper = new TaskRow.Mapper(dialect);
    }

    RowMapper<Optional<TaskRow>> mapper() {
        return mapper;
    }

    List<TaskRow> find(Session session, Collection<UUID> ids) {
        return rows(session.query("SELECT " + TaskRow.COLUMNS
                        + " FROM taskstore_task t WHERE t.id IN IDS (:ids) AND LOOKED UP (t)")
                .bind("ids", Many.uuids(ids)));
    }

    /** {@return the rows that exist, in the order of their ids, and locked where others could change them} */
    List<TaskRow> lock(Session session, Collection<UUID> ids) {
        return ids.isEmpty()
                ? List.of()
                : rows(session.query("SELECT " + TaskRow.COLUMNS + """
                                 FROM taskstore_task t
                                WHERE t.id IN IDS (:ids)
                                  AND LOOKED UP (t)
                                ORDER BY t.id
                                FOR UPDATE""").bind("ids", Many.uuids(ids)));
    }

    List<TaskRow> rows(org.jdbi.v3.core.statement.Query query) {
        List<TaskRow> rows = new ArrayList<>();
        query.map(mapper).forEach(row -> row.ifPresent(rows::add));
        return rows;
    }

    /** {@return the task that holds the unique key: one that has not ended} */
    Optional<TaskRow> holder(Session session, String uniqueKey) {
        return rows(session.query("SELECT " + TaskRow.COLUMNS + """
                                 FROM taskstore_task t
                                WHERE t.unique_key = :key
                                  AND t.unique_key IS NOT NULL
                                  AND t.status IN ('WAITING', 'PENDING', 'RUNNING')""").bind("key", uniqueKey)).stream()
                .findFirst();
    }

    /** Writes what became of rows that this transaction has locked, and tells the session of it. */
    void save(Session session, Collection<Move> moves) {
        if (moves.isEmpty()) {
            return;
        }
        RowBatch batch = session.batch("""
                UPDATE taskstore_task
                   SET status = :status, version = :version, seq = :seq, updated_at = :updated_at,
                       completed_at = :completed_at, started_at = :started_at, run_at = :run_at, attempt = :attempt,
                       failures = :failures, crashes = :crashes, worker = :worker,
                       cancel_requested = :cancel_requested, cancelled_for = :cancelled_for, progress = :progress,
                       progress_text = :progress_text, error_kind = :error_kind, error_message = :error_message,
                       result = :result
                 WHERE id = :id
                   AND version = :expected_version""");
        for (Move move : moves) {
            bind(batch, move);
            batch.add();
        }
        checkAll(batch.execute(), moves.size());
        List<Move> changes =
                moves.stream().filter(move -> move.change() != null).toList();
        history(session, changes);
        changes.forEach(move -> session.became(move.after().task()));
    }

    private static void checkAll(int[] counts, int expected) {
        int sum = 0;
        for (int count : counts) {
            sum += count;
        }
        if (sum != expected) {
            throw new IllegalStateException(sum + " of " + expected + " locked tasks were changed");
        }
    }

    private static void bind(RowBatch batch, Move move) {
        TaskRow row = move.after();
        Task task = row.task();
        Optional<Progress> progress = task.progress();
        Optional<TaskError> error = task.error();
        batch.bind("id", task.id())
                .bind("expected_version", move.before().task().version())
                .bind("status", task.status().name())
                .bind("version", task.version())
                .bind("seq", row.seq())
                .bind("updated_at", task.updatedAt())
                .bind("completed_at", orNull(task.completedAt()))
                .bind("started_at", orNull(task.startedAt()))
                .bind("run_at", orNull(task.runAt()))
                .bind("attempt", task.attempt())
                .bind("failures", task.failures())
                .bind("crashes", task.crashes())
                .bind("worker", orNull(task.worker().map(WorkerId::value)))
                .bind("cancel_requested", task.cancelRequested())
                .bind("cancelled_for", row.cancelledFor())
                .bind("progress", orNull(progress.map(Progress::percent)))
                .bind("progress_text", orNull(progress.map(Progress::text)))
                .bind("error_kind", orNull(error.map(TaskError::kind)))
                .bind("error_message", orNull(error.map(TaskError::message)))
                .bind("result", orNull(task.result()));
    }

    private static void history(Session session, List<Move> moves) {
        if (moves.isEmpty()) {
            return;
        }
        RowBatch batch = session.batch("""
                INSERT INTO taskstore_change (
                       task_id, seq, from_status, to_status, at, attempt, worker, note, error_kind, error_message, ran)
                VALUES (:task_id, :seq, :from, :to, :at, :attempt, :worker, :note, :error_kind, :error_message, :ran)""");
        for (Move move : moves) {
            StatusChange change = given(move.change());
            batch.bind("task_id", move.after().id())
                    .bind("seq", change.seq())
                    .bind("from", orNull(change.from().map(TaskStatus::name)))
                    .bind("to", change.to().name())
                    .bind("at", change.at())
                    .bind("attempt", change.attempt())
                    .bind("worker", orNull(change.worker().map(WorkerId::value)))
                    .bind("note", orNull(change.note()))
                    .bind("error_kind", orNull(change.error().map(TaskError::kind)))
                    .bind("error_message", orNull(change.error().map(TaskError::message)))
                    .bind("ran", orNull(change.ran().map(Durations::micros)))
                    .add();
        }
        batch.execute();
    }

    private static StatusChange given(@Nullable StatusChange change) {
        if (change == null) {
            throw new IllegalStateException("no change");
        }
        return change;
    }

    /** Deletes tasks with all that is kept beside them. */
    void delete(Session session, Collection<UUID> ids) {
        Many many = Many.uuids(ids);
        for (String sql : DELETIONS) {
            session.update(sql).bind("ids", many).execute();
        }
    }

    private static final List<String> DELETIONS = List.of(
            "DELETE FROM taskstore_change WHERE task_id IN IDS (:ids)",
            "DELETE FROM taskstore_metadata WHERE task_id IN IDS (:ids)",
            "DELETE FROM taskstore_log WHERE task_id IN IDS (:ids)",
            "DELETE FROM taskstore_dependency WHERE task_id IN IDS (:ids)",
            "DELETE FROM taskstore_task WHERE id IN IDS (:ids)");

    static <T> @Nullable T orNull(Optional<T> value) {
        return value.orElse(null);
    }

    static @Nullable Long micros(Optional<Duration> duration) {
        return duration.map(Durations::micros).orElse(null);
    }
}
