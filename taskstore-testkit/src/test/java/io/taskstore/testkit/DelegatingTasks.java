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

/** A repository that another one does the work for; a test overrides what is to be otherwise. */
class DelegatingTasks implements TaskRepository {

    private final TaskRepository delegate;

    DelegatingTasks(TaskRepository delegate) {
        this.delegate = delegate;
    }

    @Override
    public Created create(TaskDraft draft, @Nullable WorkerId claimFor) {
        return delegate.create(draft, claimFor);
    }

    @Override
    public List<Created> createAll(List<TaskDraft> drafts) {
        return delegate.createAll(drafts);
    }

    @Override
    public List<Task> find(Collection<UUID> ids) {
        return delegate.find(ids);
    }

    @Override
    public Optional<Task> find(UUID id) {
        return delegate.find(id);
    }

    @Override
    public Page list(TaskFilter filter, PageRequest request) {
        return delegate.list(filter, request);
    }

    @Override
    public Count count(TaskFilter filter, long cap) {
        return delegate.count(filter, cap);
    }

    @Override
    public Task update(UUID id, long expectedVersion, TaskEdit edit) {
        return delegate.update(id, expectedVersion, edit);
    }

    @Override
    public Task transition(UUID id, long expectedVersion, TaskStatus to, @Nullable String note) {
        return delegate.transition(id, expectedVersion, to, note);
    }

    @Override
    public Changed cancel(TaskFilter filter, @Nullable String note) {
        return delegate.cancel(filter, note);
    }

    @Override
    public Changed requeue(TaskFilter filter, @Nullable String note) {
        return delegate.requeue(filter, note);
    }

    @Override
    public Changed delete(TaskFilter filter) {
        return delegate.delete(filter);
    }

    @Override
    public long purge(Instant endedBefore, int limit) {
        return delegate.purge(endedBefore, limit);
    }

    @Override
    public Optional<StatusHistory> history(UUID id) {
        return delegate.history(id);
    }

    @Override
    public Optional<Situation> situation(UUID id) {
        return delegate.situation(id);
    }

    @Override
    public Subscription onNews(Consumer<News> listener) {
        return delegate.onNews(listener);
    }

    @Override
    public boolean isJoined() {
        return delegate.isJoined();
    }

    @Override
    public void afterCommit(Runnable action) {
        delegate.afterCommit(action);
    }

    @Override
    public Health health() {
        return delegate.health();
    }
}
