package io.taskstore.testkit;

import io.taskstore.Changed;
import io.taskstore.Count;
import io.taskstore.Created;
import io.taskstore.Health;
import io.taskstore.Page;
import io.taskstore.PageRequest;
import io.taskstore.Situation;
import io.taskstore.StatusHistory;
import io.taskstore.Task;
import io.taskstore.TaskDraft;
import io.taskstore.TaskEdit;
import io.taskstore.TaskFilter;
import io.taskstore.TaskRepository;
import io.taskstore.TaskStatus;
import io.taskstore.WorkerId;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Does what another repository does; made to be overridden. */
class ForwardingTasks implements TaskRepository {

    private final TaskRepository right;

    ForwardingTasks(TaskRepository right) {
        this.right = right;
    }

    @Override
    public Created create(TaskDraft draft, @Nullable WorkerId claimFor) {
        return right.create(draft, claimFor);
    }

    @Override
    public List<Created> createAll(List<TaskDraft> drafts) {
        return right.createAll(drafts);
    }

    @Override
    public List<Task> find(Collection<UUID> ids) {
        return right.find(ids);
    }

    @Override
    public Page list(TaskFilter filter, PageRequest request) {
        return right.list(filter, request);
    }

    @Override
    public Count count(TaskFilter filter, long cap) {
        return right.count(filter, cap);
    }

    @Override
    public Task update(UUID id, long expectedVersion, TaskEdit edit) {
        return right.update(id, expectedVersion, edit);
    }

    @Override
    public Task transition(UUID id, long expectedVersion, TaskStatus to, @Nullable String note) {
        return right.transition(id, expectedVersion, to, note);
    }

    @Override
    public Changed cancel(TaskFilter filter, @Nullable String note) {
        return right.cancel(filter, note);
    }

    @Override
    public Changed requeue(TaskFilter filter, @Nullable String note) {
        return right.requeue(filter, note);
    }

    @Override
    public Changed delete(TaskFilter filter) {
        return right.delete(filter);
    }

    @Override
    public long purge(Instant endedBefore, int limit) {
        return right.purge(endedBefore, limit);
    }

    @Override
    public Optional<StatusHistory> history(UUID id) {
        return right.history(id);
    }

    @Override
    public Optional<Situation> situation(UUID id) {
        return right.situation(id);
    }

    @Override
    public Subscription onNews(Consumer<News> listener) {
        return right.onNews(listener);
    }

    @Override
    public void afterCommit(Runnable action) {
        right.afterCommit(action);
    }

    @Override
    public Health health() {
        return right.health();
    }
}
