package io.taskstore.testkit;

import io.taskstore.Created;
import io.taskstore.TaskDraft;
import io.taskstore.TaskRepository;
import io.taskstore.WorkerId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A repository as if it were joined to a caller's transaction: it claims for nobody, and what is to happen after the commit
 * waits for {@link #commit}.
 */
final class JoinedTasks extends DelegatingTasks {

    private final List<Runnable> afterCommit = new ArrayList<>();

    JoinedTasks(TaskRepository delegate) {
        super(delegate);
    }

    @Override
    public Created create(TaskDraft draft, @Nullable WorkerId claimFor) {
        return super.create(draft, null);
    }

    @Override
    public boolean isJoined() {
        return true;
    }

    @Override
    public void afterCommit(Runnable action) {
        afterCommit.add(action);
    }

    void commit() {
        afterCommit.forEach(Runnable::run);
        afterCommit.clear();
    }
}
