package io.taskstore.jdbi;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.StorageUnavailableException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever waits for a connection while the storage is closed hears of that, and not that others hold all connections. */
final class ClosingTest {

    /** More than any pool of ours has connections. */
    private static final int CALLERS = 40;

    /** Long enough for all to begin to wait, however busy the machine is; so long they do. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final Call CALL = Call.of("look");

    private final CountDownLatch end = new CountDownLatch(1);
    private final AtomicInteger inside = new AtomicInteger();
    private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

    @Test
    void onAFile(@TempDir Path folder) throws Exception {
        check(TaskDatabase.builder("jdbc:sqlite:" + folder.resolve("tasks.db")));
    }

    @Test
    void onPostgres() throws Exception {
        check(TaskDatabase.builder(TestPostgres.url()).schema(TestPostgres.schema()));
    }

    private void check(TaskDatabaseBuilder builder) throws Exception {
        TaskDatabase database = builder.acquireTimeout(PATIENCE).open();
        try {
            closeWhileOthersWait(database);
        } finally {
            end.countDown();
            database.close();
        }

        assertThat(failures)
                .isNotEmpty()
                .allSatisfy(thrown -> assertThat(thrown)
                        .isInstanceOf(StorageUnavailableException.class)
                        .hasMessage("look failed: the storage is closed; open another one"));
    }

    private void closeWhileOthersWait(TaskDatabase database) throws Exception {
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            Thread caller = new Thread(() -> database.transactions().read(CALL, this::stay));
            caller.setDaemon(true);
            caller.setUncaughtExceptionHandler((in, thrown) -> failures.add(thrown));
            caller.start();
            callers.add(caller);
        }
        Await.until(
                "all wait, for a connection or inside",
                () -> inside.get() > 0
                        && callers.stream()
                                .map(Thread::getState)
                                .allMatch(
                                        state -> state == Thread.State.WAITING || state == Thread.State.TIMED_WAITING));
        Thread closing = new Thread(database::close);
        closing.start();
        Await.until("nobody waits for a connection", () -> failures.size() + inside.get() == CALLERS);
        end.countDown();
        for (Thread caller : callers) {
            caller.join();
        }
        closing.join();
    }

    private int stay(Session session) {
        inside.incrementAndGet();
        try {
            end.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return session.hashCode();
    }
}
