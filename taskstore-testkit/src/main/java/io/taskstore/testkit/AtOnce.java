package io.taskstore.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Steps of a test in threads of their own, which begin together and have ended when the test goes on. */
final class AtOnce {

    private static final long LONGEST_SECONDS = 60;

    /** What two steps answered. */
    record Both<A, B>(A first, B second) {}

    private AtOnce() {}

    /** {@return what the two steps answered} */
    static <A, B> Both<A, B> both(Supplier<A> first, Supplier<B> second) {
        List<A> firsts = new ArrayList<>();
        List<B> seconds = new ArrayList<>();
        List<Supplier<Boolean>> steps = List.of(() -> firsts.add(first.get()), () -> seconds.add(second.get()));
        all(steps);
        return new Both<>(firsts.get(0), seconds.get(0));
    }

    /** {@return what the step answered in each of so many threads} */
    static <T> List<T> times(int threads, Supplier<T> step) {
        return all(IntStream.range(0, threads).mapToObj(i -> step).toList());
    }

    /** {@return what the steps answered, in their order} */
    static <T> List<T> all(List<Supplier<T>> steps) {
        ExecutorService threads = Executors.newFixedThreadPool(steps.size());
        CountDownLatch start = new CountDownLatch(steps.size());
        try {
            List<Future<T>> begun = new ArrayList<>();
            for (Supplier<T> step : steps) {
                begun.add(threads.submit(() -> {
                    start.countDown();
                    start.await();
                    return step.get();
                }));
            }
            List<T> answers = new ArrayList<>();
            for (Future<T> step : begun) {
                answers.add(step.get(LONGEST_SECONDS, TimeUnit.SECONDS));
            }
            return answers;
        } catch (ExecutionException e) {
            throw new AssertionError("one of the steps failed: " + e.getCause(), e.getCause());
        } catch (TimeoutException e) {
            throw new AssertionError("one of the steps did not end within " + LONGEST_SECONDS + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("the test was interrupted", e);
        } finally {
            end(threads);
        }
    }

    private static void end(ExecutorService threads) {
        threads.shutdownNow();
        try {
            if (!threads.awaitTermination(LONGEST_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("one of the steps ignores that it was interrupted");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
