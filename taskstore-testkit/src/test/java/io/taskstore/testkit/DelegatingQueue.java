package io.taskstore.testkit;

import io.taskstore.Health;
import io.taskstore.Hint;
import io.taskstore.Polled;
import io.taskstore.Task;
import io.taskstore.TaskQueue;
import io.taskstore.Wanted;
import io.taskstore.WorkerId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** A queue that another one does the work for; a test overrides what is to be otherwise. */
class DelegatingQueue implements TaskQueue {

    private final TaskQueue delegate;

    DelegatingQueue(TaskQueue delegate) {
        this.delegate = delegate;
    }

    @Override
    public Optional<Reservation> reserve(Hint hint) {
        return delegate.reserve(hint);
    }

    @Override
    public Set<UUID> reserved(WorkerId worker) {
        return delegate.reserved(worker);
    }

    @Override
    public boolean offer(Hint hint) {
        return delegate.offer(hint);
    }

    @Override
    public Polled poll(Wanted wanted, Duration timeout) throws InterruptedException {
        return delegate.poll(wanted, timeout);
    }

    @Override
    public List<Task> leave(WorkerId worker) {
        return delegate.leave(worker);
    }

    @Override
    public void handled(Hint hint) {
        delegate.handled(hint);
    }

    @Override
    public void cancelRequested(Set<UUID> ids) {
        delegate.cancelRequested(ids);
    }

    @Override
    public void nudge(WorkerId worker) {
        delegate.nudge(worker);
    }

    @Override
    public void wake() {
        delegate.wake();
    }

    @Override
    public long depth() {
        return delegate.depth();
    }

    @Override
    public Health health() {
        return delegate.health();
    }

    @Override
    public void close() {
        delegate.close();
    }

    /** A reservation that another one does the work for. */
    static class Slot implements Reservation {

        private final Reservation delegate;

        Slot(Reservation delegate) {
            this.delegate = delegate;
        }

        @Override
        public WorkerId worker() {
            return delegate.worker();
        }

        @Override
        public boolean deliver(Task claimed) {
            return delegate.deliver(claimed);
        }

        @Override
        public void release() {
            delegate.release();
        }
    }
}
