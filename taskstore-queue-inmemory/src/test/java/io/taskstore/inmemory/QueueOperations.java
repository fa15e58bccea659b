package io.taskstore.inmemory;

import io.taskstore.Hint;
import io.taskstore.Polled;
import io.taskstore.Slots;
import io.taskstore.Task;
import io.taskstore.Wanted;
import io.taskstore.WorkerId;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;

/**
 * What threads may ask of a queue at once: all but waiting. The queue has room for two hints. Answers are texts, which are easy
 * to compare and to read.
 */
@Param(name = "hint", gen = IntGen.class, conf = "0:3")
@Param(name = "worker", gen = IntGen.class, conf = "0:1")
public final class QueueOperations {

    static final List<Hint> HINTS =
            IntStream.range(0, 6).mapToObj(QueueOperations::hint).toList();
    static final List<WorkerId> WORKERS = List.of(new WorkerId(new UUID(1, 0)), new WorkerId(new UUID(1, 1)));

    static final List<Wanted> WANTED = WORKERS.stream()
            .map(worker -> new Wanted(worker, Set.of("work"), Slots.of(3), true))
            .toList();

    private final InMemoryTaskQueue queue = new InMemoryTaskQueue(2);

    private static Hint hint(int number) {
        return new Hint(new UUID(0, number), "work", number % 2 == 0 ? "even" : "odd", number / 2);
    }

    static String text(Set<UUID> ids) {
        return ids.stream().map(UUID::getLeastSignificantBits).sorted().toList().toString();
    }

    static String text(Polled polled) {
        List<Long> hints = polled.hints().stream()
                .map(hint -> hint.id().getLeastSignificantBits())
                .toList();
        return text(polled.handedOver())
                + hints
                + text(polled.cancelRequested())
                + (polled.missed() ? "missed" : "")
                + (polled.woken() ? "woken" : "");
    }

    static String text(List<Task> tasks) {
        return tasks.stream()
                .map(task -> task.id().getLeastSignificantBits())
                .toList()
                .toString();
    }

    @Operation
    public boolean offer(@Param(name = "hint") int hint) {
        return queue.offer(HINTS.get(hint));
    }

    @Operation
    public void handled(@Param(name = "hint") int hint) {
        queue.handled(HINTS.get(hint));
    }

    @Operation
    public String poll(@Param(name = "worker") int worker) throws InterruptedException {
        return text(queue.poll(WANTED.get(worker), Duration.ZERO));
    }

    @Operation
    public String leave(@Param(name = "worker") int worker) {
        return text(queue.leave(WORKERS.get(worker)));
    }

    @Operation
    public String reserved(@Param(name = "worker") int worker) {
        return text(queue.reserved(WORKERS.get(worker)));
    }

    @Operation
    public void nudge(@Param(name = "worker") int worker) {
        queue.nudge(WORKERS.get(worker));
    }

    @Operation
    public void cancelRequested(@Param(name = "hint") int hint) {
        queue.cancelRequested(Set.of(HINTS.get(hint).id()));
    }

    @Operation
    public long depth() {
        return queue.depth();
    }

    @Operation
    public void wake() {
        queue.wake();
    }

    @Operation
    public void close() {
        queue.close();
    }
}
