package io.taskstore.testkit;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Calls that begin together, each on a thread of its own. */
final class Together {

    private static final int LONGEST_SECONDS = 60;

    private Together() {}

    /** {@return what so many calls answered that began together} */
    static <R> List<R> call(int number, Callable<R> call)
            throws InterruptedException, ExecutionException, TimeoutException {
        return call(Collections.nCopies(number, call));
    }

    /** {@return what the calls answered that began together, in their order} It throws what the first one threw that did. */
    static <R> List<R> call(List<Callable<R>> calls) throws InterruptedException, ExecutionException, TimeoutException {
        ExecutorService threads = Executors.newFixedThreadPool(calls.size());
        try {
            CountDownLatch missing = new CountDownLatch(calls.size());
            List<Future<R>> futures = new ArrayList<>();
            for (Callable<R> call : calls) {
                futures.add(threads.submit(() -> {
                    missing.countDown();
                    missing.await();
                    return call.call();
                }));
            }
            List<R> answers = new ArrayList<>();
            for (Future<R> future : futures) {
                answers.add(future.get(LONGEST_SECONDS, TimeUnit.SECONDS));
            }
            return answers;
        } finally {
            threads.shutdownNow();
        }
    }
}
