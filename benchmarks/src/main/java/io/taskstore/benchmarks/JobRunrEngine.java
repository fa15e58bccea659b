package io.taskstore.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import java.util.List;
import java.util.function.LongConsumer;
import org.jobrunr.configuration.JobRunr;
import org.jobrunr.jobs.lambdas.JobRequest;
import org.jobrunr.jobs.lambdas.JobRequestHandler;
import org.jobrunr.scheduling.BackgroundJobRequest;
import org.jobrunr.server.BackgroundJobServerConfiguration;
import org.jobrunr.storage.StorageProvider;
import org.jobrunr.storage.sql.common.SqlStorageProviderFactory;

/**
 * JobRunr. Tuned: the shortest poll interval that it allows, five seconds. On SQLite it has one connection, but for its migrations,
 * which need two: with more, its reads of new work fail now and then, and the next poll finds it.
 */
final class JobRunrEngine implements Engine {

    private static volatile LongConsumer handler = number -> {};

    /**
     * A job.
     *
     * @param number what it carries
     */
    public record Numbered(long number) implements JobRequest {

        @Override
        public Class<NumberHandler> getJobRequestHandler() {
            return NumberHandler.class;
        }
    }

    /** Runs jobs. */
    public static final class NumberHandler implements JobRequestHandler<Numbered> {

        /** Made by JobRunr. */
        public NumberHandler() {}

        @Override
        public void run(Numbered job) {
            handler.accept(job.number());
        }
    }

    private final Scratch scratch;
    private final boolean tuned;
    private final HikariDataSource pool;
    private final StorageProvider storage;

    JobRunrEngine(Scratch scratch, boolean tuned) {
        this.scratch = scratch;
        this.tuned = tuned;
        this.pool = scratch.pool(2);
        this.storage = SqlStorageProviderFactory.using(pool, scratch.isSqlite() ? "" : Scratch.schema() + ".");
        if (scratch.isSqlite()) {
            pool.setMaximumPoolSize(1);
            pool.getHikariPoolMXBean().softEvictConnections();
        }
        JobRunr.configure().useStorageProvider(storage).initialize();
    }

    @Override
    public String settings() {
        return tuned ? "poll 5 s, pool of " + (scratch.isSqlite() ? 1 : Scratch.POOL) : "defaults";
    }

    @Override
    public void submit(long number) {
        BackgroundJobRequest.enqueue(new Numbered(number));
    }

    @Override
    public void submitAll(List<Long> numbers) {
        BackgroundJobRequest.enqueue(numbers.stream().map(Numbered::new));
    }

    @Override
    public void start(int threads, LongConsumer wanted) {
        handler = wanted;
        BackgroundJobServerConfiguration server =
                BackgroundJobServerConfiguration.usingStandardBackgroundJobServerConfiguration()
                        .andWorkerCount(threads);
        if (tuned) {
            server.andPollInterval(Duration.ofSeconds(5));
        }
        JobRunr.configure()
                .useStorageProvider(storage)
                .useBackgroundJobServer(server)
                .initialize();
    }

    @Override
    public long left() throws Exception {
        return scratch.number("SELECT count(*) FROM jobrunr_jobs WHERE state IN ('ENQUEUED', 'PROCESSING', 'FAILED')");
    }

    @Override
    public void stop() {
        JobRunr.destroy();
        pool.close();
    }
}
