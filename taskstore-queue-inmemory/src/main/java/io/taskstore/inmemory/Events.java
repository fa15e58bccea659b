package io.taskstore.inmemory;

import io.taskstore.Task;
import io.taskstore.TaskError;
import io.taskstore.TaskEvent;
import io.taskstore.TaskListener;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells listeners what happens, one event after the other, on a thread that serves nothing else. */
final class Events {

    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);
    private static final int MOST = 10_000;
    private static final Duration IDLE = Duration.ofMinutes(1);

    private final List<TaskListener> listeners;
    private final BlockingQueue<TaskEvent> untold = new LinkedBlockingQueue<>(MOST);

    private final Complaints complaints;
    private final Runnable call;

    /** Calls the thread that tells when there is something. */
    Events(List<TaskListener> listeners, Complaints complaints, Runnable call) {
        this.listeners = listeners;
        this.complaints = complaints;
        this.call = call;
    }

    boolean hasListeners() {
        return !listeners.isEmpty();
    }

    void add(TaskEvent.Kind kind, Task task, Optional<TaskError> error, Optional<Duration> ran) {
        if (hasListeners()) {
            TaskEvent event = new TaskEvent(kind, task, error, ran);
            if (!untold.offer(event)) {
                complaints.loss(
                        "listeners are " + MOST + " events behind, and do not hear " + kind + " of task " + task.id());
            }
            call.run();
        }
    }

    /** A step of the thread that tells. */
    Duration tellAll() {
        for (TaskEvent event = untold.poll(); event != null; event = untold.poll()) {
            tell(event);
        }
        return IDLE;
    }

    private void tell(TaskEvent event) {
        for (TaskListener listener : listeners) {
            try {
                listener.on(event);
            } catch (Throwable e) {
                LOG.warn(
                        "a listener failed at {} of task {}",
                        event.kind(),
                        event.task().id(),
                        e);
            }
        }
    }
}
