package io.taskstore.benchmarks;

import com.gruelbox.transactionoutbox.Dialect;
import com.gruelbox.transactionoutbox.Instantiator;
import com.gruelbox.transactionoutbox.Persistor;
import com.gruelbox.transactionoutbox.Submitter;
import com.gruelbox.transactionoutbox.ThreadLocalContextTransactionManager;
import com.gruelbox.transactionoutbox.TransactionManager;
import com.gruelbox.transactionoutbox.TransactionOutbox;
import com.zaxxer.hikari.HikariDataSource;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Transaction Outbox, which does not know SQLite. What a process has stored goes to its threads at once, the rest is found by the
 * background thread of its guide: once a minute, or, tuned, each second.
 */
final class TransactionOutboxEngine implements Engine {

    private static final int QUEUE = 16_384;

    /** The default. */
    private static final Duration BETWEEN_ATTEMPTS = Duration.ofMinutes(2);

    /** What is called. */
    public interface Numbers {

        /** Takes the number of a task. */
        void take(long number);
    }

    private final boolean tuned;
    private final Scratch scratch;
    private final HikariDataSource pool;
    private final ThreadLocalContextTransactionManager transactions;
    private final ScheduledExecutorService background = Executors.newSingleThreadScheduledExecutor();
    private volatile TransactionOutbox outbox;
    private volatile boolean stopped;
    private @Nullable ExecutorService threads;
    private @Nullable Future<?> flushing;

    TransactionOutboxEngine(Scratch scratch, boolean tuned) {
        if (scratch.isSqlite()) {
            throw new IllegalArgumentException("transaction-outbox does not know SQLite");
        }
        this.scratch = scratch;
        this.tuned = tuned;
        this.pool = scratch.pool(1);
        this.transactions = TransactionManager.fromDataSource(pool);
        this.outbox = outbox(Clock.systemUTC(), (entry, work) -> {}, number -> {});
    }

    private TransactionOutbox outbox(Clock clock, Submitter submitter, LongConsumer handler) {
        Numbers numbers = handler::accept;
        return TransactionOutbox.builder()
                .transactionManager(transactions)
                .persistor(Persistor.forDialect(Dialect.POSTGRESQL_9))
                .instantiator(Instantiator.using(type -> numbers))
                .submitter(submitter)
                .attemptFrequency(BETWEEN_ATTEMPTS)
                .clockProvider(() -> clock)
                .build();
    }

    @Override
    public String settings() {
        return (tuned ? "flush each second" : "flush each minute") + ", pool of " + Scratch.POOL;
    }

    @Override
    public void submit(long number) {
        submitAll(List.of(number));
    }

    @Override
    public void submitAll(List<Long> numbers) {
        transactions.inTransaction(() -> {
            Numbers scheduled = outbox.schedule(Numbers.class);
            numbers.forEach(scheduled::take);
        });
    }

    @Override
    public void start(int number, LongConsumer handler) {
        ExecutorService started = new ThreadPoolExecutor(
                number,
                number,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(QUEUE),
                new ThreadPoolExecutor.CallerRunsPolicy());
        threads = started;
        // what was stored by a process that did not run it is due only then
        Clock later = Clock.offset(Clock.systemUTC(), BETWEEN_ATTEMPTS);
        outbox = outbox(later, Submitter.withExecutor(started), handler);
        Duration pause = tuned ? Duration.ofSeconds(1) : Duration.ofMinutes(1);
        flushing = background.scheduleWithFixedDelay(this::flush, 0, pause.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void flush() {
        boolean more = true;
        while (more && !stopped) {
            more = outbox.flush();
        }
    }

    @Override
    public long left() throws Exception {
        return scratch.number("SELECT count(*) FROM txno_outbox");
    }

    @Override
    public void stop() throws InterruptedException {
        stopped = true;
        if (flushing != null) {
            flushing.cancel(false);
        }
        background.shutdown();
        background.awaitTermination(1, TimeUnit.MINUTES);
        if (threads != null) {
            threads.shutdown();
            threads.awaitTermination(1, TimeUnit.MINUTES);
        }
        pool.close();
    }
}
