package io.taskstore.inmemory;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.Hint;
import io.taskstore.Polled;
import io.taskstore.Task;
import io.taskstore.TaskQueue.Reservation;
import io.taskstore.TaskStatus;
import io.taskstore.WorkerId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;

/** What becomes of two slots that were reserved at the beginning, for the tasks 4 and 5, while the worker polls and leaves. */
@Param(name = "hint", gen = IntGen.class, conf = "0:1")
@Param(name = "slot", gen = IntGen.class, conf = "0:1")
public final class ReservedSlotOperations {

    private static final WorkerId WORKER = QueueOperations.WORKERS.get(0);
    private static final int FIRST = 4;

    /** Waits for each of the queues at its beginning: a slot is reserved only for one who waits. */
    private static final ExecutorService WAITER = Executors.newSingleThreadExecutor(body -> {
        Thread thread = new Thread(body, "waiter");
        thread.setDaemon(true);
        return thread;
    });

    private final InMemoryTaskQueue queue = new InMemoryTaskQueue();
    private final List<Reservation> slots = new ArrayList<>();

    /** Begins with slots that are reserved and nobody who waits. */
    public ReservedSlotOperations() throws InterruptedException, ExecutionException {
        Future<Polled> waiting = WAITER.submit(() -> queue.poll(QueueOperations.WANTED.get(0), Duration.ofMinutes(1)));
        while (slots.size() < 2) {
            queue.reserve(QueueOperations.HINTS.get(FIRST + slots.size())).ifPresent(slots::add);
            Thread.onSpinWait();
        }
        queue.nudge(WORKER);
        assertThat(waiting.get().isNothing()).isTrue();
    }

    private static Task claimed(int slot) {
        Hint hint = QueueOperations.HINTS.get(FIRST + slot);
        return Task.builder()
                .id(hint.id())
                .type(hint.type())
                .queue(hint.queue())
                .payload("{}")
                .status(TaskStatus.RUNNING)
                .worker(WORKER)
                .attempt(1)
                .version(2)
                .createdAt(Instant.EPOCH)
                .updatedAt(Instant.EPOCH)
                .build();
    }

    @Operation
    public boolean deliver(@Param(name = "slot") int slot) {
        return slots.get(slot).deliver(claimed(slot));
    }

    @Operation
    public void release(@Param(name = "slot") int slot) {
        slots.get(slot).release();
    }

    @Operation
    public String reserved() {
        return QueueOperations.text(queue.reserved(WORKER));
    }

    @Operation
    public boolean offer(@Param(name = "hint") int hint) {
        return queue.offer(QueueOperations.HINTS.get(hint));
    }

    @Operation
    public String poll() throws InterruptedException {
        return QueueOperations.text(queue.poll(QueueOperations.WANTED.get(0), Duration.ZERO));
    }

    @Operation(runOnce = true)
    public String leave() {
        return QueueOperations.text(queue.leave(WORKER));
    }
}
