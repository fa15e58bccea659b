package io.taskstore.jdbi;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Several threads for a test. */
final class Threads {

    private static final int LIMIT_SECONDS = 30;

    private Threads() {}

    /** {@return what the work answered in each of so many threads, which begin it together} */
    static <T> List<T> together(int number, Callable<T> work) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(number);
        try {
            CyclicBarrier start = new CyclicBarrier(number);
            List<Future<T>> running = new ArrayList<>();
            for (int i = 0; i < number; i++) {
                running.add(threads.submit(() -> {
                    start.await();
                    return work.call();
                }));
            }
            List<T> answers = new ArrayList<>();
            for (Future<T> each : running) {
                answers.add(each.get(LIMIT_SECONDS, TimeUnit.SECONDS));
            }
            return answers;
        } finally {
            threads.shutdownNow();
        }
    }
}
