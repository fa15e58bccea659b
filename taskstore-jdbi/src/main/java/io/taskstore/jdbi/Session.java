package io.taskstore.jdbi;

import io.taskstore.Hint;
import io.taskstore.Task;
import io.taskstore.TaskRepository.News;
import io.taskstore.TaskStatus;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.statement.Update;
import org.jspecify.annotations.Nullable;

/** One transaction, as the statements see it: where they run, what time it is, and what others have to hear of it. */
final class Session {

    private final Handle handle;
    private final SqlSettings settings;
    private final Instant now;
    private final Set<UUID> ended = new LinkedHashSet<>();
    private final List<Hint> pending = new ArrayList<>();
    private final List<Runnable> onCommit = new ArrayList<>();
    private @Nullable Set<String> paused;
    private boolean hasWritten;

    private Session(Handle handle, SqlSettings settings, Instant now) {
        this.handle = handle;
        this.settings = settings;
        this.now = now;
    }

    static Session at(Handle handle, SqlSettings settings, InstantSource clock) {
        return at(handle, settings, clock.instant());
    }

    static Session at(Handle handle, SqlSettings settings, Instant now) {
        return new Session(handle, settings, now.truncatedTo(ChronoUnit.MICROS));
    }

    Handle handle() {
        hasWritten = true;
        return handle;
    }

    /** {@return whether something may have been changed} */
    boolean hasWritten() {
        return hasWritten;
    }

    /** {@return the time of the transaction by the storage's clock, to the microsecond} */
    Instant now() {
        return now;
    }

    Query query(String sql) {
        return handle.createQuery(sql);
    }

    /** {@return a query that is asked so often that JDBI would cost more than the answer} */
    RowBatch question(String sql) {
        return settings.batch(handle, sql);
    }

    Update update(String sql) {
        hasWritten = true;
        return handle.createUpdate(sql);
    }

    RowBatch batch(String sql) {
        hasWritten = true;
        return settings.batch(handle, sql);
    }

    /** {@return the queues that are paused, read once in the transaction} */
    Set<String> paused() {
        Set<String> known = paused;
        if (known == null) {
            known = Set.copyOf(
                    question("SELECT queue FROM taskstore_paused_queue").query(row -> row.getString(1)));
            paused = known;
        }
        return known;
    }

    /** Takes note of the queues that are paused, which a statement brought along. */
    void paused(String... queues) {
        paused = Set.of(queues);
    }

    /** {@return whether a task with this time and queue may be given out now} */
    boolean isDue(@Nullable Instant runAt, String queue) {
        return (runAt == null || !runAt.isAfter(now)) && !paused().contains(queue);
    }

    /** Remembers a task that has ended, or is gone before it did. */
    void ended(UUID id) {
        ended.add(id);
    }

    void ended(Collection<UUID> ids) {
        ended.addAll(ids);
    }

    /** Remembers a task that was not PENDING before, and is now. */
    void pending(Hint hint, @Nullable Instant runAt) {
        if (isDue(runAt, hint.queue())) {
            pending.add(hint);
        }
    }

    /** Remembers a task that was not PENDING before, and is now, in a queue that is known not to be paused. */
    void pendingUnpaused(Hint hint, @Nullable Instant runAt) {
        if (runAt == null || !runAt.isAfter(now)) {
            pending.add(hint);
        }
    }

    /** Forgets tasks that were PENDING for as long as this transaction only. */
    void taken(Set<UUID> ids) {
        pending.removeIf(hint -> ids.contains(hint.id()));
    }

    /** Remembers what a task became. */
    void became(Task task) {
        if (task.status().isTerminal()) {
            ended(task.id());
        } else if (task.status() == TaskStatus.PENDING) {
            pending(Hint.of(task), task.runAt().orElse(null));
        }
    }

    /** Remembers what to do on the caller's thread once the transaction is committed. */
    void onCommit(Runnable action) {
        onCommit.add(action);
    }

    /** {@return what to tell after the commit, which has happened} */
    News committed() {
        onCommit.forEach(Runnable::run);
        return news();
    }

    /** {@return what to tell after the commit} */
    private News news() {
        return new News(ended, pending);
    }
}
