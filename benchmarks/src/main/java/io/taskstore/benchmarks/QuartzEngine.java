package io.taskstore.benchmarks;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import java.util.function.LongConsumer;
import org.quartz.Job;
import org.quartz.JobBuilder;
import org.quartz.JobDetail;
import org.quartz.JobExecutionContext;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.Trigger;
import org.quartz.TriggerBuilder;
import org.quartz.impl.StdSchedulerFactory;
import org.quartz.impl.jdbcjobstore.JobStoreTX;
import org.quartz.impl.jdbcjobstore.PostgreSQLDelegate;
import org.quartz.impl.jdbcjobstore.UpdateLockRowSemaphore;
import org.quartz.simpl.SimpleThreadPool;

/**
 * Quartz, with a job and a trigger for each task in its tables. Tuned: as many triggers are acquired at once as there are threads. Its
 * tables for PostgreSQL do for SQLite too.
 */
final class QuartzEngine implements Engine {

    private static volatile LongConsumer handler = number -> {};

    /** What is run. */
    public static final class NumberJob implements Job {

        /** Made by Quartz. */
        public NumberJob() {}

        @Override
        public void execute(JobExecutionContext context) {
            handler.accept(context.getMergedJobDataMap().getLongValue("number"));
        }
    }

    private final Scratch scratch;
    private final boolean tuned;
    private final String name = "bench-" + UUID.randomUUID();
    private Scheduler scheduler;

    QuartzEngine(Scratch scratch, boolean tuned) throws Exception {
        this.scratch = scratch;
        this.tuned = tuned;
        try (InputStream script =
                Scheduler.class.getResourceAsStream("/org/quartz/impl/jdbcjobstore/tables_postgres.sql")) {
            String sql = new String(Objects.requireNonNull(script).readAllBytes(), StandardCharsets.UTF_8)
                    .replaceAll("(?m)--.*$", "");
            for (String statement : sql.split(";", -1)) {
                if (!statement.isBlank() && !statement.strip().equalsIgnoreCase("COMMIT")) {
                    scratch.execute(statement);
                }
            }
        }
        scheduler = scheduler(1);
    }

    private Scheduler scheduler(int threads) throws SchedulerException {
        Properties properties = new Properties();
        properties.put("org.quartz.scheduler.instanceName", name);
        properties.put("org.quartz.scheduler.skipUpdateCheck", "true");
        properties.put("org.quartz.threadPool.class", SimpleThreadPool.class.getName());
        properties.put("org.quartz.threadPool.threadCount", String.valueOf(threads));
        properties.put("org.quartz.jobStore.class", JobStoreTX.class.getName());
        properties.put("org.quartz.jobStore.driverDelegateClass", PostgreSQLDelegate.class.getName());
        properties.put("org.quartz.jobStore.useProperties", "true");
        properties.put("org.quartz.jobStore.dataSource", "bench");
        if (scratch.isSqlite()) {
            properties.put("org.quartz.jobStore.lockHandler.class", UpdateLockRowSemaphore.class.getName());
        }
        if (tuned) {
            properties.put("org.quartz.scheduler.batchTriggerAcquisitionMaxCount", String.valueOf(threads));
            properties.put("org.quartz.jobStore.acquireTriggersWithinLock", "true");
        }
        properties.put("org.quartz.dataSource.bench.provider", "hikaricp");
        properties.put("org.quartz.dataSource.bench.driver", scratch.driver());
        properties.put("org.quartz.dataSource.bench.URL", scratch.url());
        properties.put(
                "org.quartz.dataSource.bench.maxConnections", String.valueOf(scratch.isSqlite() ? 1 : Scratch.POOL));
        return new StdSchedulerFactory(properties).getScheduler();
    }

    @Override
    public String settings() {
        return tuned
                ? "as many triggers at once as threads, pool of " + (scratch.isSqlite() ? 1 : Scratch.POOL)
                : "defaults";
    }

    private static JobDetail job(long number) {
        return JobBuilder.newJob(NumberJob.class)
                .withIdentity(UUID.randomUUID().toString())
                .usingJobData("number", String.valueOf(number))
                .build();
    }

    private static Trigger now() {
        return TriggerBuilder.newTrigger()
                .withIdentity(UUID.randomUUID().toString())
                .startNow()
                .build();
    }

    @Override
    public void submit(long number) throws SchedulerException {
        scheduler.scheduleJob(job(number), now());
    }

    @Override
    public void submitAll(List<Long> numbers) throws SchedulerException {
        Map<JobDetail, Set<? extends Trigger>> jobs = new HashMap<>();
        numbers.forEach(number -> jobs.put(job(number), Set.of(now())));
        scheduler.scheduleJobs(jobs, false);
    }

    @Override
    public void start(int threads, LongConsumer wanted) throws Exception {
        handler = wanted;
        scheduler.shutdown(true);
        if (!scratch.isSqlite()) {
            // a server that still takes the tables for empty would make plans that read all of them
            scratch.execute("ANALYZE");
        }
        scheduler = scheduler(threads);
        scheduler.start();
    }

    @Override
    public long left() throws Exception {
        return scratch.number("SELECT count(*) FROM qrtz_triggers");
    }

    @Override
    public void stop() throws SchedulerException {
        scheduler.shutdown(true);
    }
}
