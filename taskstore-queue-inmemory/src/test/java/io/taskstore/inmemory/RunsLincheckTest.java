package io.taskstore.inmemory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the loop, the threads of handlers and the settler do with runs at once. */
@Tag("long")
@Timeout(600)
final class RunsLincheckTest {

    private static final int TASKS = 5_000;
    private static final int END = -1;

    private static StressOptions options() {
        return Stress.options().actorsPerThread(4).actorsBefore(0).actorsAfter(0);
    }

    @Test
    void countsAreThoseOfSomeOrderAndNoBellIsForgotten() {
        options().check(RunsOperations.class);
    }

    @Test
    void aRunIsBegunOrWithdrawnAndEndsOnce() {
        options().check(RunOperations.class);
    }

    /** A loop that only goes on when the bell tells it to, as where no scan comes by itself. */
    @Test
    void aLoopThatWaitsForTheBellIsNeverForgotten() throws Exception {
        Semaphore bell = new Semaphore(0);
        Runs runs = new Runs(
                new Settings.Limits(2, Map.of("narrow", 1), Set.of()),
                new Runs.Bell() {
                    @Override
                    public void room() {
                        bell.release();
                    }

                    @Override
                    public void roomInQueue() {
                        bell.release();
                    }
                },
                ReentrantLock::newCondition);
        BlockingQueue<Integer> handing = new LinkedBlockingQueue<>();
        BlockingQueue<Integer> settling = new LinkedBlockingQueue<>();
        ExecutorService threads = Executors.newFixedThreadPool(3);
        try {
            Future<?> one = threads.submit(() -> handle(runs, handing, settling));
            Future<?> other = threads.submit(() -> handle(runs, handing, settling));
            Future<?> settler = threads.submit(() -> settle(runs, settling));
            for (int next = 0; next < TASKS; next++) {
                String queue = queue(next);
                while (runs.room(0).slots().free(queue) == 0) {
                    assertThat(bell.tryAcquire(20, TimeUnit.SECONDS))
                            .as("the bell rang before task %s", next)
                            .isTrue();
                }
                assertThat(runs.add(run(next))).isTrue();
                handing.add(next);
            }
            handing.addAll(List.of(END, END));
            one.get(20, TimeUnit.SECONDS);
            other.get(20, TimeUnit.SECONDS);
            settling.add(END);
            settler.get(20, TimeUnit.SECONDS);
            assertThat(runs.count()).isEqualTo(new Runs.Count(0, 0, 0, 0));
        } finally {
            threads.shutdownNow();
        }
    }

    private static String queue(int task) {
        return task % 3 == 0 ? "wide" : "narrow";
    }

    private static Run run(int task) {
        return RunsOperations.run(task, queue(task), new RunsOperations.Nobody());
    }

    /** A thread of a handler; every fifth run is withdrawn before it begins. */
    private static int handle(Runs runs, BlockingQueue<Integer> handing, BlockingQueue<Integer> settling)
            throws InterruptedException {
        int handled = 0;
        for (int next = handing.take(); next != END; next = handing.take()) {
            Run run = runs.of(run(next).claim()).orElseThrow();
            if (next % 5 == 0) {
                runs.withdrawn(run);
                settling.add(next);
            } else {
                runs.begin(run);
                settling.add(next);
                runs.isOver(run);
            }
            handled++;
        }
        return handled;
    }

    private static int settle(Runs runs, BlockingQueue<Integer> settling) throws InterruptedException {
        int settled = 0;
        for (int next = settling.take(); next != END; next = settling.take()) {
            runs.settled(List.of(run(next).claim()));
            settled++;
        }
        return settled;
    }
}
