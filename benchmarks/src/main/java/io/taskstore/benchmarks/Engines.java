package io.taskstore.benchmarks;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.gruelbox.transactionoutbox.TransactionOutbox;
import io.taskstore.jdbi.TaskDatabase;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Locale;
import java.util.Properties;
import org.jobrunr.configuration.JobRunr;
import org.jspecify.annotations.Nullable;

/** What can be measured. */
enum Engines {
    /** This library. */
    TASKSTORE(TaskDatabase.class, "io.taskstore/taskstore-jdbi"),
    /** JDBC written by hand, which writes the same rows into the same schema. */
    LIMIT(null, ""),
    /** JDBC written by hand, with the thinnest tables that could do. */
    THIN_LIMIT(null, ""),
    /** db-scheduler. */
    DB_SCHEDULER(Scheduler.class, "com.github.kagkarlsson/db-scheduler"),
    /** JobRunr. */
    JOBRUNR(JobRunr.class, "org.jobrunr/jobrunr"),
    /** Quartz. */
    QUARTZ(org.quartz.Scheduler.class, "org.quartz-scheduler/quartz"),
    /** Transaction Outbox. */
    TRANSACTION_OUTBOX(TransactionOutbox.class, "com.gruelbox/transactionoutbox-core");

    private final @Nullable Class<?> of;
    private final String artifact;

    Engines(@Nullable Class<?> of, String artifact) {
        this.of = of;
        this.artifact = artifact;
    }

    static Engines named(String name) {
        return Arrays.stream(values())
                .filter(engine -> engine.toString().equals(name))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException("no engine " + name + ", only " + Arrays.toString(values())));
    }

    /**
     * {@return the engine on a database of its own}
     *
     * @param tuned whether it has the best settings found, or its defaults
     */
    Engine open(Scratch scratch, boolean tuned) throws Exception {
        return switch (this) {
            case TASKSTORE -> new TaskStoreEngine(scratch);
            case LIMIT -> new LimitEngine(scratch, false);
            case THIN_LIMIT -> new LimitEngine(scratch, true);
            case DB_SCHEDULER -> new DbSchedulerEngine(scratch, tuned);
            case JOBRUNR -> new JobRunrEngine(scratch, tuned);
            case QUARTZ -> new QuartzEngine(scratch, tuned);
            case TRANSACTION_OUTBOX -> new TransactionOutboxEngine(scratch, tuned);
        };
    }

    /** {@return the version of what is measured, where its artifact or, for this library, who starts the measure says it} */
    String version() throws IOException {
        if (of == null) {
            return "";
        }
        if (this == TASKSTORE) {
            return System.getProperty("taskstore.version", "");
        }
        String packaged = of.getPackage().getImplementationVersion();
        try (InputStream file = of.getResourceAsStream("/META-INF/maven/" + artifact + "/pom.properties")) {
            if (file == null) {
                return packaged == null ? "" : packaged;
            }
            Properties properties = new Properties();
            properties.load(file);
            return properties.getProperty("version", "");
        }
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
