package io.taskstore.jdbi;

import io.taskstore.Check;
import java.sql.Connection;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Collects how a {@link TaskDatabase} is to be opened, where the defaults do not fit. */
public final class TaskDatabaseBuilder {

    private final Function<Options, TaskDatabase> opening;
    private Durability durability = Options.DEFAULTS.durability();
    private int poolSize = Options.DEFAULTS.poolSize();
    private Duration acquireTimeout = Options.DEFAULTS.acquireTimeout();
    private Duration busyTimeout = Options.DEFAULTS.busyTimeout();
    private String schema = Options.DEFAULTS.schema();
    private Migration migration = Options.DEFAULTS.migration();
    private Duration slowQuery = Options.DEFAULTS.slowQuery();
    private Optional<InstantSource> clock = Options.DEFAULTS.clock();
    private Duration lease = Options.DEFAULTS.lease();
    private boolean pollingOnly = Options.DEFAULTS.pollingOnly();
    private UnaryOperator<Connection> tap = Options.DEFAULTS.tap();

    TaskDatabaseBuilder(Function<Options, TaskDatabase> opening) {
        this.opening = opening;
    }

    /** Sets what SQLite waits for before a commit returns, in place of {@link Durability#FULL}. */
    public TaskDatabaseBuilder durability(Durability durability) {
        this.durability = durability;
        return this;
    }

    /**
     * Sets how many connections are kept at most, in place of 10; on SQLite beside the one that writes, on PostgreSQL beside
     * the one for heartbeats.
     */
    public TaskDatabaseBuilder poolSize(int poolSize) {
        this.poolSize = poolSize;
        return this;
    }

    /** Sets how long a call waits for a connection, in place of 5 seconds; 1 ms to 10 minutes. */
    public TaskDatabaseBuilder acquireTimeout(Duration acquireTimeout) {
        this.acquireTimeout = acquireTimeout;
        return this;
    }

    /** Sets how long a call waits for others to release a SQLite file, in place of 5 seconds; 1 ms to 10 minutes. */
    public TaskDatabaseBuilder busyTimeout(Duration busyTimeout) {
        this.busyTimeout = busyTimeout;
        return this;
    }

    /** Sets the schema on PostgreSQL, in place of {@code taskstore}; it is created unless it exists. */
    public TaskDatabaseBuilder schema(String schema) {
        this.schema = schema;
        return this;
    }

    /** Sets what is done about the schema, in place of {@link Migration#APPLY}. */
    public TaskDatabaseBuilder migration(Migration migration) {
        this.migration = migration;
        return this;
    }

    /** Sets from which time on a statement is told at WARN, in place of 1 second; 1 ms to 10 minutes. */
    public TaskDatabaseBuilder slowQuery(Duration slowQuery) {
        this.slowQuery = slowQuery;
        return this;
    }

    /**
     * Sets the clock by which tasks are due and changes are dated, in place of the database's own on PostgreSQL and the
     * system's on SQLite. Whether workers are alive is never decided by it.
     */
    public TaskDatabaseBuilder clock(InstantSource clock) {
        this.clock = Optional.of(Check.given("clock", clock));
        return this;
    }

    /**
     * Sets how long a worker lives without being heard of, in place of 15 seconds; 1 second to an hour. On PostgreSQL what a dead
     * process held is taken over after that and a third of it; a process that is paused or cut off for longer loses its runs.
     * On SQLite it counts only where the lock file of a process is missing.
     */
    public TaskDatabaseBuilder lease(Duration lease) {
        this.lease = lease;
        return this;
    }

    /**
     * Has {@link TaskDatabase#shared} leave it to polling that processes find tasks of each other. Needed on PostgreSQL behind a
     * pooler that gives a session to each transaction only, as PgBouncer may be set to, since nobody can listen through it.
     */
    public TaskDatabaseBuilder pollingOnly() {
        this.pollingOnly = true;
        return this;
    }

    /** Puts something between the library and the connections that write to SQLite. */
    TaskDatabaseBuilder tap(UnaryOperator<Connection> tap) {
        this.tap = tap;
        return this;
    }

    /**
     * {@return the open database, with folders, file and schema as they have to be}
     *
     * @throws io.taskstore.StorageUnavailableException if it cannot be reached, or its driver is missing
     * @throws io.taskstore.StorageFailedException if it is no database that this library can use
     */
    public TaskDatabase open() {
        return opening.apply(new Options(
                durability,
                poolSize,
                acquireTimeout,
                busyTimeout,
                schema,
                migration,
                slowQuery,
                clock,
                lease,
                pollingOnly,
                tap));
    }
}
