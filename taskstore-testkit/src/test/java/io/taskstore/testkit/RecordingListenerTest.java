package io.taskstore.testkit;

import static io.taskstore.TaskEvent.Kind.COMPLETED;
import static io.taskstore.TaskEvent.Kind.FAILED;
import static io.taskstore.TaskEvent.Kind.STARTED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskstore.Task;
import io.taskstore.TaskError;
import io.taskstore.TaskEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class RecordingListenerTest {

    private static final Duration LONG = Duration.ofHours(1);

    private final RecordingListener listener = new RecordingListener();
    private final Task task = QueueGroup.claimed(QueueGroup.hint(), QueueGroup.worker());

    private TaskEvent event(TaskEvent.Kind kind) {
        Optional<TaskError> error =
                kind == FAILED ? Optional.of(new TaskError("Broken", "it broke")) : Optional.empty();
        return new TaskEvent(kind, task, error, Optional.empty());
    }

    @Test
    void itKeepsAllEventsInTheirOrder() {
        List<TaskEvent> events = List.of(event(STARTED), event(FAILED), event(STARTED), event(COMPLETED));
        events.forEach(listener::on);

        assertThat(listener.events()).isEqualTo(events);
        assertThat(listener.events(STARTED)).containsExactly(events.get(0), events.get(2));
        listener.clear();
        assertThat(listener.events()).isEmpty();
    }

    @Test
    void whatHasHappenedAlreadyIsNotWaitedFor() throws InterruptedException {
        listener.on(event(STARTED));
        listener.on(event(COMPLETED));
        listener.on(event(STARTED));

        assertThat(listener.await(STARTED, 2, Duration.ZERO)).containsExactly(event(STARTED), event(STARTED));
        assertThat(listener.await(STARTED, 1, Duration.ZERO)).hasSize(2);
    }

    @Test
    void itWaitsForWhatOtherThreadsTell() throws Exception {
        CompletableFuture<List<TaskEvent>> awaited = new CompletableFuture<>();
        Thread test = new Thread(() -> {
            try {
                awaited.complete(listener.await(COMPLETED, 2, LONG));
            } catch (InterruptedException | RuntimeException e) {
                awaited.completeExceptionally(e);
            }
        });
        test.start();
        for (TaskEvent.Kind kind : List.of(STARTED, COMPLETED, STARTED)) {
            listener.on(event(kind));
            Patience.until("it waits again", () -> test.getState() == Thread.State.TIMED_WAITING);
        }
        assertThat(awaited).isNotDone();

        listener.on(event(COMPLETED));

        assertThat(awaited.get(Patience.LIMIT.toSeconds(), TimeUnit.SECONDS))
                .containsExactly(event(COMPLETED), event(COMPLETED));
    }

    @Test
    void aConditionIsAskedAgainAfterEachEvent() throws InterruptedException {
        AtomicInteger asked = new AtomicInteger();
        Thread worker = new Thread(() -> {
            listener.on(event(STARTED));
            listener.on(event(FAILED));
        });
        worker.start();

        List<TaskEvent> met = listener.await(
                "an end after a start",
                events -> {
                    asked.incrementAndGet();
                    return !events.isEmpty() && events.get(events.size() - 1).kind() == FAILED;
                },
                LONG);

        assertThat(met).containsExactly(event(STARTED), event(FAILED));
        assertThat(asked.get()).isBetween(1, 3);
        worker.join();
    }

    @Test
    void aConditionMayUseTheListenerFromAnotherThread() throws InterruptedException {
        listener.await(
                "that no lock is held",
                events -> {
                    Thread other = new Thread(() -> listener.on(event(STARTED)));
                    other.start();
                    Patience.until("the other thread has told its event", () -> !other.isAlive());
                    return true;
                },
                LONG);
    }

    @Test
    void whatDoesNotHappenIsToldWithWhatDid() {
        listener.on(event(STARTED));
        listener.on(event(FAILED));

        assertThatThrownBy(() -> listener.await(COMPLETED, 2, Duration.ofMillis(1)))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("waited PT0.001S in vain for 2 × COMPLETED")
                .hasMessageContaining("STARTED Task[id=" + task.id())
                .hasMessageContaining("Broken: it broke");
        assertThatThrownBy(() -> new RecordingListener().await(STARTED, 1, Duration.ZERO))
                .hasMessageEndingWith("and saw nothing");
        assertThatThrownBy(() -> listener.await("a wonder", events -> false, Duration.ZERO))
                .hasMessageContaining("in vain for a wonder");
    }

    @Test
    void anInterruptEndsTheWait() {
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> listener.await(STARTED, 1, LONG)).isInstanceOf(InterruptedException.class);
    }

    @Test
    void manyThreadsMayTellAtOnce() throws InterruptedException {
        List<Thread> workers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Thread worker = new Thread(() -> {
                for (int n = 0; n < 500; n++) {
                    listener.on(event(STARTED));
                }
            });
            workers.add(worker);
            worker.start();
        }

        assertThat(listener.await(STARTED, 4_000, Duration.ofMinutes(1))).hasSize(4_000);
        for (Thread worker : workers) {
            worker.join();
        }
    }
}
