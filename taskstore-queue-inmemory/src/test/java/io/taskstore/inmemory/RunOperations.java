package io.taskstore.inmemory;

import io.taskstore.spi.Settlement;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.jspecify.annotations.Nullable;

/** One run that is begun by its thread, and withdrawn, lost or stopped by others. */
public final class RunOperations {

    private final AtomicInteger begun = new AtomicInteger();
    private final AtomicInteger ends = new AtomicInteger();
    private volatile @Nullable Thread thread;
    private final AtomicInteger withdrawn = new AtomicInteger();
    private final Run run = RunsOperations.run(0, "wide", new RunsOperations.Nobody() {
        @Override
        public void begins(Run one) {
            begun.incrementAndGet();
        }

        @Override
        public void isOver(Run one, Duration ran, Optional<Settlement> end) {
            ends.addAndGet(end.isPresent() ? 1 : 0);
        }
    });

    /** As the threads of handlers do: what interrupted it before it was over, is forgotten. */
    @Operation(runOnce = true)
    public void run() {
        thread = Thread.currentThread();
        run.run();
        boolean unused = Thread.interrupted();
    }

    @Operation(runOnce = true)
    public void cancel() {
        run.stop(Run.Stop.CANCEL);
    }

    @Operation(runOnce = true)
    public void timeOut() {
        run.stop(Run.Stop.TIMEOUT);
    }

    /** What it answers between the beginning and the end of the work is that of no moment before or after it. */
    @Operation
    public void lose() {
        boolean unused = run.lose();
    }

    @Operation
    public boolean withdraw() {
        boolean mine = run.withdraw();
        withdrawn.addAndGet(mine ? 1 : 0);
        return mine;
    }

    @Operation(runOnce = true)
    public void giveUp() {
        ends.addAndGet(run.giveUp().isPresent() ? 1 : 0);
    }

    @Validate
    public void itIsBegunOrWithdrawnAndEndsOnce() {
        Thread next = thread;
        if (next != null && next.isInterrupted()) {
            throw new IllegalStateException("the next work of the thread is interrupted for this");
        }
        if (begun.get() + withdrawn.get() > 1 || ends.get() > 1) {
            throw new IllegalStateException(
                    "begun " + begun + ", withdrawn " + withdrawn + ", ended " + ends + " times");
        }
    }
}
