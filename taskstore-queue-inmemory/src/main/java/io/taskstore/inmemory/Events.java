package io.taskstore.inmemory;

import io.taskstore.Task;
import io.taskstore.TaskError;
import io.taskstore.TaskEvent;
import io.taskstore.TaskListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts what happens, and tells listeners, one event after the other, on a thread that serves nothing else. */
final class Events {

    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);
    private static final int MOST = 10_000;
    private static final Duration IDLE = Duration.ofMinutes(1);

    private final List<TaskListener> listeners;
    private final BlockingQueue<TaskEvent> untold = new LinkedBlockingQueue<>(MOST);

    /** Tasks that have run and whose ends are being recorded, with the starts of next runs that are told behind these. */
    private final Map<UUID, List<TaskEvent>> held = new HashMap<>();

    private final Complaints complaints;
    private final Tally tally;
    private final Runnable call;

    /** Counts what happens, and calls the thread that tells when there is something. */
    Events(List<TaskListener> listeners, Complaints complaints, Tally tally, Runnable call) {
        this.listeners = listeners;
        this.complaints = complaints;
        this.tally = tally;
        this.call = call;
    }

    boolean hasListeners() {
        return !listeners.isEmpty();
    }

    void add(TaskEvent.Kind kind, Task task, Optional<TaskError> error, Optional<Duration> ran) {
        tally.happened(kind);
        if (hasListeners()) {
            TaskEvent event = new TaskEvent(kind, task, error, ran);
            if (kind != TaskEvent.Kind.STARTED || !isHeld(event)) {
                queue(event);
            }
        }
    }

    private boolean isHeld(TaskEvent start) {
        synchronized (held) {
            List<TaskEvent> later = held.get(start.task().id());
            if (later != null) {
                later.add(start);
            }
            return later != null;
        }
    }

    private void queue(TaskEvent event) {
        if (!untold.offer(event)) {
            complaints.loss("listeners are " + MOST + " events behind, and do not hear " + event.kind() + " of task "
                    + event.task().id());
        }
        call.run();
    }

    /** Keeps the starts of these tasks back: another run of one may begin before it is told how the last one ended. */
    void hold(List<UUID> tasks) {
        if (hasListeners()) {
            synchronized (held) {
                tasks.forEach(task -> held.putIfAbsent(task, new ArrayList<>()));
            }
        }
    }

    /** Tells what was kept back of these tasks. */
    void release(List<UUID> tasks) {
        if (hasListeners()) {
            List<TaskEvent> starts = new ArrayList<>();
            synchronized (held) {
                tasks.stream().map(held::remove).filter(Objects::nonNull).forEach(starts::addAll);
            }
            starts.forEach(this::queue);
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
