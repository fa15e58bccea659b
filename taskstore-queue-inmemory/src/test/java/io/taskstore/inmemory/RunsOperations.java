package io.taskstore.inmemory;

import io.taskstore.JacksonCodec;
import io.taskstore.LogLevel;
import io.taskstore.Outcome;
import io.taskstore.Progress;
import io.taskstore.RetryPolicy;
import io.taskstore.Task;
import io.taskstore.TaskStatus;
import io.taskstore.TaskType;
import io.taskstore.WorkerId;
import io.taskstore.spi.Settlement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;

/**
 * The steps of a loop, of threads of handlers and of a settler, each at most once, beginning where some runs are ready, some
 * work and one is to be settled. There are two threads, and one slot in the queue "narrow".
 */
public final class RunsOperations {

    private static final Settings.Limits LIMITS = new Settings.Limits(2, Map.of("narrow", 1), Set.of());

    private static final Settings.Host HOST = new Settings.Host(
            Thread::new, JacksonCodec.standard(), ThreadLocalRandom.current(), System::nanoTime, JvmPlatform.THIS);

    private static final Registration<String> REGISTRATION = new Registration<>(
            TaskType.of("work", String.class),
            (payload, run) -> Outcome.completed(),
            RetryPolicy.none(),
            Optional.empty());

    private final AtomicInteger bells = new AtomicInteger();
    private final AtomicInteger queueBells = new AtomicInteger();
    private final Runs runs = new Runs(
            LIMITS,
            new Runs.Bell() {
                @Override
                public void room() {
                    bells.incrementAndGet();
                }

                @Override
                public void roomInQueue() {
                    queueBells.incrementAndGet();
                }
            },
            ReentrantLock::newCondition);
    private final List<Run> all = new ArrayList<>();

    /** What was answered last, of the loop alone, and how often the bells had rung before it asked. */
    private int asked;

    private boolean tooLittle;
    private boolean full;
    private int bellsBefore;
    private int queueBellsBefore;

    public RunsOperations() {
        for (int i = 0; i < 5; i++) {
            all.add(run(i, i == 0 ? "narrow" : "wide", new Nobody()));
        }
        for (Run run : all.subList(0, 3)) {
            if (!runs.add(run)) {
                throw new IllegalStateException("not added");
            }
        }
        runs.begin(all.get(1));
        runs.begin(all.get(2));
    }

    static Run run(int number, String queue, Run.Home home) {
        Task task = Task.builder()
                .id(new UUID(0, number))
                .type("work")
                .queue(queue)
                .payload("\"x\"")
                .status(TaskStatus.RUNNING)
                .worker(new WorkerId(new UUID(1, 1)))
                .attempt(1)
                .version(2)
                .createdAt(Instant.EPOCH)
                .updatedAt(Instant.EPOCH)
                .build();
        return new Run(task, REGISTRATION, HOST, home);
    }

    /** Does nothing with what a run tells. */
    static class Nobody implements Run.Home {
        @Override
        public void begins(Run run) {}

        @Override
        public void isOver(Run run, Duration ran, Optional<Settlement> end) {}

        @Override
        public boolean log(Run run, long line, LogLevel level, String message) {
            return true;
        }

        @Override
        public void progress(Run run, Progress progress) {}

        @Override
        public Task taskOf(Task task, String step) {
            throw new UnsupportedOperationException(step);
        }

        @Override
        public <R> R resultOf(Task task, String step, Class<R> type) {
            throw new UnsupportedOperationException(step);
        }
    }

    private int room(int ahead) {
        asked = ahead;
        bellsBefore = bells.get();
        queueBellsBefore = queueBells.get();
        Runs.Room room = runs.room(ahead);
        tooLittle = !room.isEnough();
        full = room.slots().free("narrow") == 0 && room.slots().total() > 0;
        return room.slots().total();
    }

    @Operation(nonParallelGroup = "loop")
    public int room() {
        return room(0);
    }

    @Operation(nonParallelGroup = "loop")
    public int roomWithSomeAhead() {
        return room(4);
    }

    @Operation(runOnce = true, nonParallelGroup = "loop")
    public boolean addOne() {
        return runs.add(all.get(3));
    }

    @Operation(runOnce = true, nonParallelGroup = "loop")
    public boolean addAnother() {
        return runs.add(all.get(4));
    }

    @Operation(runOnce = true)
    public void theReadyOneIsWithdrawn() {
        runs.withdrawn(all.get(0));
    }

    @Operation(runOnce = true)
    public void oneIsOver() {
        runs.isOver(all.get(1));
    }

    @Operation(runOnce = true)
    public void anotherIsOver() {
        runs.isOver(all.get(2));
    }

    @Operation(runOnce = true)
    public void twoAreSettled() {
        runs.settled(List.of(all.get(0).claim(), all.get(1).claim()));
    }

    @Operation
    public String count() {
        return runs.count().toString();
    }

    /** What was asked for and is there now was told of. */
    @Validate
    public void noBellIsForgotten() {
        Runs.Count count = runs.count();
        if (count.busy() < 0 || count.ready() < 0 || count.claimed() < 0) {
            throw new IllegalStateException("negative: " + count);
        }
        Runs.Room now = runs.room(asked);
        if (tooLittle && now.isEnough() && bells.get() == bellsBefore) {
            throw new IllegalStateException("there is room, " + now + ", and nobody was told");
        }
        if (full && now.slots().free("narrow") > 0 && queueBells.get() == queueBellsBefore) {
            throw new IllegalStateException("there is room in the queue and nobody was told");
        }
    }
}
