package io.taskstore.benchmarks;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerBuilder;
import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.zaxxer.hikari.HikariDataSource;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * db-scheduler. Tuned: on PostgreSQL it locks and fetches, with the high thresholds that its guide names for throughput; on SQLite,
 * where that does not exist, it fetches; in both cases a task may be run by the process that stored it without waiting for the poll.
 */
final class DbSchedulerEngine implements Engine {

    private static final String TABLE = """
            CREATE TABLE scheduled_tasks (
                task_name text NOT NULL,
                task_instance text NOT NULL,
                task_data %1$s,
                execution_time %2$s NOT NULL,
                picked boolean NOT NULL,
                picked_by text,
                last_success %2$s,
                last_failure %2$s,
                consecutive_failures integer,
                last_heartbeat %2$s,
                version bigint NOT NULL,
                priority smallint,
                PRIMARY KEY (task_name, task_instance))""";

    private final boolean tuned;
    private final Scratch scratch;
    private final HikariDataSource pool;
    private volatile LongConsumer handler = number -> {};
    private final OneTimeTask<Long> task =
            Tasks.oneTime("number", Long.class).execute((instance, context) -> handler.accept(instance.getData()));
    private final SchedulerClient client;
    private @Nullable Scheduler scheduler;

    DbSchedulerEngine(Scratch scratch, boolean tuned) throws Exception {
        this.scratch = scratch;
        this.tuned = tuned;
        this.pool = scratch.pool(1);
        scratch.execute(
                scratch.isSqlite()
                        ? TABLE.formatted("blob", "timestamp")
                        : TABLE.formatted("bytea", "timestamp with time zone"));
        scratch.execute("CREATE INDEX execution_time_idx ON scheduled_tasks (execution_time)");
        scratch.execute("CREATE INDEX last_heartbeat_idx ON scheduled_tasks (last_heartbeat)");
        this.client = SchedulerClient.Builder.create(pool, task).build();
    }

    @Override
    public String settings() {
        if (!tuned) {
            return "defaults";
        }
        return scratch.isSqlite()
                ? "immediate execution, fetch, poll 1 s, pool of 1"
                : "immediate execution, lock and fetch 4.0 and 20.0, poll 1 s, pool of " + Scratch.POOL;
    }

    private SchedulerClient client() {
        return scheduler == null ? client : scheduler;
    }

    @Override
    public void submit(long number) {
        client().scheduleIfNotExists(task.instance(UUID.randomUUID().toString(), number), Instant.now());
    }

    @Override
    public void submitAll(List<Long> numbers) {
        client().scheduleBatch(
                        numbers.stream()
                                .map(number -> task.instance(UUID.randomUUID().toString(), number)),
                        Instant.now());
    }

    @Override
    public void start(int threads, LongConsumer wanted) {
        handler = wanted;
        SchedulerBuilder builder = Scheduler.create(pool, task).threads(threads);
        if (tuned) {
            builder.enableImmediateExecution().pollingInterval(Duration.ofSeconds(1));
            if (scratch.isSqlite()) {
                builder.pollUsingFetch(0.5, 20.0);
            } else {
                builder.pollUsingLockAndFetch(4.0, 20.0);
            }
        }
        Scheduler started = builder.build();
        started.start();
        scheduler = started;
    }

    @Override
    public long left() throws Exception {
        return scratch.number("SELECT count(*) FROM scheduled_tasks");
    }

    @Override
    public void stop() {
        if (scheduler != null) {
            scheduler.stop();
        }
        pool.close();
    }
}
