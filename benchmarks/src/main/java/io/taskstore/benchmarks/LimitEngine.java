package io.taskstore.benchmarks;

import io.taskstore.TaskIds;
import io.taskstore.benchmarks.StorageSpeed.Side;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;

/**
 * JDBC written by hand: the floor that nobody can be under who writes the same rows. It claims 500 tasks, runs them and settles
 * them, in one thread for SQLite, which has one writer, and in two for PostgreSQL. Handlers are called one after the other: it is
 * meant for those that do nothing.
 */
final class LimitEngine implements Engine {

    private static final int BATCH = 500;
    private static final long IDLE_NANOS = 100_000;

    private final Scratch scratch;
    private final boolean thin;
    private final Side side;
    private final List<Side> sides = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean closed;

    /**
     * Begins with an empty database.
     *
     * @param thin whether it has the thinnest tables that could do, and not those of the library
     */
    LimitEngine(Scratch scratch, boolean thin) throws Exception {
        this.scratch = scratch;
        this.thin = thin;
        if (!thin) {
            scratch.migrated().close();
        }
        side = side();
    }

    private Side side() throws SQLException {
        return thin ? scratch.thin() : scratch.side();
    }

    @Override
    public String settings() {
        return (thin ? "thin tables" : "the same tables") + ", batches of " + BATCH;
    }

    @Override
    public void submit(long number) throws Exception {
        side.create(TaskIds.standard().get());
    }

    @Override
    public void submitAll(List<Long> numbers) throws Exception {
        List<UUID> ids =
                numbers.stream().map(number -> TaskIds.standard().get()).toList();
        side.prepare(ids);
        side.createPrepared();
    }

    @Override
    public void start(int unused, LongConsumer handler) throws Exception {
        for (int i = 0; i < (scratch.isSqlite() ? 1 : 2); i++) {
            Side own = side();
            sides.add(own);
            Thread thread = new Thread(() -> work(own, handler), "limit-" + i);
            threads.add(thread);
        }
        threads.forEach(Thread::start);
    }

    private void work(Side own, LongConsumer handler) {
        try {
            while (!closed) {
                int claimed = own.claim(BATCH);
                for (int i = 0; i < claimed; i++) {
                    handler.accept(i);
                }
                if (claimed > 0) {
                    own.settle();
                } else {
                    LockSupport.parkNanos(IDLE_NANOS);
                }
            }
        } catch (Exception e) {
            throw new IllegalStateException("the limit stopped", e);
        }
    }

    @Override
    public long left() throws Exception {
        return scratch.number(
                thin
                        ? "SELECT count(*) FROM task WHERE status < 2"
                        : "SELECT count(*) FROM taskstore_task WHERE status IN ('PENDING', 'RUNNING')");
    }

    @Override
    public void stop() throws Exception {
        closed = true;
        for (Thread thread : threads) {
            thread.join();
        }
        for (Side own : sides) {
            own.close();
        }
        side.close();
    }
}
