package io.taskstore.testkit;

import io.taskstore.TaskEvent;
import io.taskstore.TaskListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * A listener that keeps every event, for a test to await what should happen instead of sleeping until it has:
 *
 * <pre>{@code
 * RecordingListener events = new RecordingListener();
 * ... a worker with the listener, and a task that fails twice ...
 * events.await(TaskEvent.Kind.RETRIED, 2, Duration.ofSeconds(10));
 * }</pre>
 *
 * <p>It is thread-safe.
 */
public final class RecordingListener implements TaskListener {

    /** Guarded by this. */
    private final List<TaskEvent> events = new ArrayList<>();
    /** How often the events have changed; guarded by this. */
    private long changes;

    /** Begins without events. */
    public RecordingListener() {}

    @Override
    public synchronized void on(TaskEvent event) {
        events.add(Objects.requireNonNull(event, "event"));
        changes++;
        notifyAll();
    }

    /** {@return all events so far, in the order in which they came} */
    public synchronized List<TaskEvent> events() {
        return List.copyOf(events);
    }

    /** {@return the events of the kind so far, in the order in which they came} */
    public List<TaskEvent> events(TaskEvent.Kind kind) {
        return events().stream().filter(event -> event.kind() == kind).toList();
    }

    /** Forgets the events so far. */
    public synchronized void clear() {
        events.clear();
        changes++;
        notifyAll();
    }

    /**
     * Waits until there are so many events of the kind, or more.
     *
     * @return the events of the kind
     * @throws AssertionError if there are fewer when the timeout is over; it tells what there is
     */
    public List<TaskEvent> await(TaskEvent.Kind kind, int count, Duration timeout) throws InterruptedException {
        String what = count + " × " + kind;
        List<TaskEvent> all = await(what, seen -> count(seen, kind) >= count, timeout);
        return all.stream().filter(event -> event.kind() == kind).toList();
    }

    /**
     * Waits until the events meet the condition, which is asked again after each new event.
     *
     * @param what the condition in words, for the message
     * @return the events that met it
     * @throws AssertionError if they do not when the timeout is over; it tells what there is
     */
    public List<TaskEvent> await(String what, Predicate<List<TaskEvent>> condition, Duration timeout)
            throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.NANOSECONDS.convert(timeout);
        while (true) {
            List<TaskEvent> seen;
            long seenChanges;
            synchronized (this) {
                seen = events();
                seenChanges = changes;
            }
            if (condition.test(seen)) {
                return seen;
            } else if (!awaitChange(seenChanges, deadline)) {
                throw new AssertionError("waited " + timeout + " in vain for " + what + ", and saw " + told(seen));
            }
        }
    }

    /** {@return whether there was a change before the deadline} */
    private synchronized boolean awaitChange(long seenChanges, long deadline) throws InterruptedException {
        long left = deadline - System.nanoTime();
        while (changes == seenChanges && left > 0) {
            TimeUnit.NANOSECONDS.timedWait(this, left);
            left = deadline - System.nanoTime();
        }
        return changes != seenChanges;
    }

    private static long count(List<TaskEvent> events, TaskEvent.Kind kind) {
        return events.stream().filter(event -> event.kind() == kind).count();
    }

    private static String told(List<TaskEvent> events) {
        return events.isEmpty()
                ? "nothing"
                : events.stream()
                        .map(event -> "\n  " + event.kind() + " " + event.task()
                                + event.error()
                                        .map(error -> " " + error.summary())
                                        .orElse(""))
                        .collect(Collectors.joining());
    }
}
