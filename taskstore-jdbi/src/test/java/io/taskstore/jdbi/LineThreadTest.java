package io.taskstore.jdbi;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.DriverManager;
import java.sql.SQLNonTransientConnectionException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** How soon another line is opened after one that fails. */
final class LineThreadTest {

    private static final Duration SERVING = Duration.ofMillis(250);
    private static final int LINES = 9;

    /** After lines that never served, the last pauses alone would take ten seconds. */
    @Test
    void afterALineThatServedTheNextIsOpenedSoonHoweverManyHaveFailed() throws Exception {
        // starts the server, if this test is the first
        String url = TestPostgres.url();
        CountDownLatch lines = new CountDownLatch(LINES);
        List<Throwable> failures = new ArrayList<>();
        LineThread thread = new LineThread(
                "lines", () -> DriverManager.getConnection(url), Duration.ofSeconds(20), new LineThread.Work() {
                    @Override
                    public void on(Line line) throws SQLNonTransientConnectionException {
                        line.proves();
                        long end = System.nanoTime() + SERVING.toNanos();
                        while (System.nanoTime() < end) {
                            LockSupport.parkNanos(end - System.nanoTime());
                        }
                        throw new SQLNonTransientConnectionException("cut");
                    }

                    @Override
                    public void failed(Throwable failure) {
                        failures.add(failure);
                        lines.countDown();
                    }
                });
        thread.start();
        boolean soon = lines.await(10, TimeUnit.SECONDS);
        thread.end(Duration.ofSeconds(5));
        assertThat(soon)
                .as("lines within ten seconds, of which %s are missing", lines.getCount())
                .isTrue();
        assertThat(failures)
                .allMatch(failure -> String.valueOf(failure.getMessage()).equals("cut"));
    }

    /** Whoever is interrupted does not park. */
    @Test
    void anInterruptDoesNotHaveItOpenLinesWithoutAPause() throws Exception {
        CountDownLatch attempts = new CountDownLatch(4);
        LineThread thread = new LineThread(
                "lines",
                () -> {
                    attempts.countDown();
                    Thread.currentThread().interrupt();
                    throw new SQLNonTransientConnectionException("away");
                },
                Duration.ofSeconds(20),
                new LineThread.Work() {
                    @Override
                    public void on(Line line) {}

                    @Override
                    public void failed(Throwable failure) {}
                });
        long start = System.nanoTime();
        thread.start();
        boolean tried = attempts.await(10, TimeUnit.SECONDS);
        thread.end(Duration.ofSeconds(5));
        assertThat(tried).isTrue();
        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .as("with pauses of 100, 200 and 400 ms")
                .isGreaterThan(Duration.ofMillis(500));
    }
}
