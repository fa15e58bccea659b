package io.taskstore.jdbi;

import io.taskstore.Task;
import io.taskstore.TaskEdit;

/** Writes the edits of callers. */
final class Editing {

    Task edit(Session session, TaskRow row, TaskEdit edit) {
        Task after = edited(row.task().toBuilder(), edit)
                .version(row.task().version() + 1)
                .updatedAt(session.now())
                .build();
        session.update("""
                        UPDATE taskstore_task
                           SET title = :title, description = :description, metadata = :metadata, queue = :queue,
                               priority = :priority, run_at = :run_at, timeout = :timeout,
                               max_failures = :max_failures, payload = :payload, version = :version,
                               updated_at = :updated_at
                         WHERE id = :id
                           AND version = :expected_version""")
                .bind("id", after.id())
                .bind("expected_version", row.task().version())
                .bind("title", TaskTable.orNull(after.title()))
                .bind("description", TaskTable.orNull(after.description()))
                .bind("metadata", after.metadata().json())
                .bind("queue", after.queue())
                .bind("priority", after.priority())
                .bind("run_at", TaskTable.orNull(after.runAt()))
                .bind("timeout", TaskTable.micros(after.timeout()))
                .bind(
                        "max_failures",
                        after.maxFailures().isPresent() ? after.maxFailures().getAsInt() : null)
                .bind("payload", after.payload())
                .bind("version", after.version())
                .bind("updated_at", after.updatedAt())
                .execute();
        if (edit.metadata().isPresent()) {
            metadata(session, after);
        }
        return after;
    }

    private static void metadata(Session session, Task task) {
        session.update("DELETE FROM taskstore_metadata WHERE task_id = :id")
                .bind("id", task.id())
                .execute();
        RowBatch batch = session.batch("""
                INSERT INTO taskstore_metadata (task_id, name, value, created_at)
                VALUES (:task_id, :name, :value, :created_at)""");
        task.metadata()
                .scalars()
                .forEach((name, value) -> batch.bind("task_id", task.id())
                        .bind("name", name)
                        .bind("value", value)
                        .bind("created_at", task.createdAt())
                        .add());
        if (batch.size() > 0) {
            batch.execute();
        }
    }

    private static Task.Builder edited(Task.Builder task, TaskEdit edit) {
        edit.title().ifPresent(task::title);
        edit.description().ifPresent(task::description);
        edit.metadata().ifPresent(task::metadata);
        edit.queue().ifPresent(task::queue);
        edit.priority().ifPresent(task::priority);
        edit.runAt().ifPresent(task::runAt);
        edit.timeout().ifPresent(task::timeout);
        edit.maxFailures().ifPresent(task::maxFailures);
        edit.payload().ifPresent(task::payload);
        return task;
    }
}
