package io.taskstore.embedded;

import io.taskstore.Check;
import io.taskstore.InvalidInputException;
import io.taskstore.JacksonCodec;
import io.taskstore.PayloadCodec;
import io.taskstore.TaskListener;
import io.taskstore.jdbi.Durability;
import io.taskstore.jdbi.TaskDatabase;
import io.taskstore.jdbi.TaskDatabaseBuilder;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Collects how a {@link TaskStore} is to be opened, where the defaults do not fit. Not thread-safe. */
public final class TaskStoreBuilder {

    private static final String URL = "url";
    private static final Duration WEEK = Duration.ofDays(7);

    private final TaskDatabaseBuilder database;
    private final String nameOfUrl;
    private final List<TaskListener> listeners = new ArrayList<>();
    private PayloadCodec codec = JacksonCodec.standard();
    private Optional<Duration> metrics = Optional.empty();
    private Optional<Duration> keepEnded = Optional.empty();
    private Optional<Duration> keepMetrics = Optional.empty();

    TaskStoreBuilder(TaskDatabaseBuilder database) {
        this(database, URL);
    }

    /** Opens a database whose URL is known to the host by another name. */
    TaskStoreBuilder(TaskDatabaseBuilder database, String nameOfUrl) {
        this.database = database;
        this.nameOfUrl = nameOfUrl;
    }

    /** Sets what SQLite waits for before a commit returns, in place of {@link Durability#FULL}. */
    public TaskStoreBuilder durability(Durability durability) {
        database.durability(durability);
        return this;
    }

    /**
     * Sets the clock by which tasks are due, changes are dated and what is old is deleted, in place of the database's own on
     * PostgreSQL and the system's on SQLite.
     */
    public TaskStoreBuilder clock(InstantSource clock) {
        database.clock(clock);
        return this;
    }

    /** Sets whatever else can be said about the database: {@code database(db -> db.schema("jobs").poolSize(20))}. */
    public TaskStoreBuilder database(Consumer<? super TaskDatabaseBuilder> settings) {
        Check.given("settings", settings).accept(database);
        return this;
    }

    /** Sets what turns payloads and results into JSON and back, for callers and all workers; Jackson unless told. */
    public TaskStoreBuilder codec(PayloadCodec codec) {
        this.codec = Check.given("codec", codec);
        return this;
    }

    /** Tells the listener what happens to the runs of all workers of the store. */
    public TaskStoreBuilder listener(TaskListener listener) {
        listeners.add(Check.given("listener", listener));
        return this;
    }

    /**
     * Records what this process does as metrics of the database, which {@link TaskStore#metrics()} reads; nothing is recorded unless
     * told.
     *
     * @param interval from one sample to the next, a second to an hour
     */
    public TaskStoreBuilder metrics(Duration interval) {
        this.metrics = Optional.of(Check.given("interval", interval));
        return this;
    }

    /**
     * Deletes tasks, and whole workflows, that ended longer ago than that, with their histories and logs; nothing is deleted
     * unless told. One process of the database at a time does it, soon after the store is opened and about once an hour.
     *
     * @param age a second to ten years
     */
    public TaskStoreBuilder keepEnded(Duration age) {
        this.keepEnded = Optional.of(Check.delay("keepEnded", age));
        return this;
    }

    /**
     * Deletes metrics that are older than that, as {@link #keepEnded} does tasks; a week if {@linkplain #metrics metrics} are
     * recorded, and never unless told otherwise.
     *
     * @param age a second to ten years
     */
    public TaskStoreBuilder keepMetrics(Duration age) {
        this.keepMetrics = Optional.of(Check.delay("keepMetrics", age));
        return this;
    }

    /**
     * {@return the open store, with folders, file and schema as they have to be}
     *
     * @throws io.taskstore.StorageUnavailableException if the database cannot be reached
     * @throws io.taskstore.StorageFailedException if it is no database that this library can use
     */
    public TaskStore open() {
        return TaskStore.on(openDatabase(), settings());
    }

    Settings settings() {
        return new Settings(
                codec, List.copyOf(listeners), metrics, keepEnded, keepMetrics.or(() -> metrics.map(any -> WEEK)));
    }

    private TaskDatabase openDatabase() {
        try {
            return database.open();
        } catch (InvalidInputException e) {
            throw e.field().equals(URL) && !nameOfUrl.equals(URL) ? e.about(nameOfUrl) : e;
        }
    }
}
