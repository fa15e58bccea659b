package io.taskstore.benchmarks;

import io.taskstore.NewTask;
import io.taskstore.Task;
import io.taskstore.TaskService;
import io.taskstore.TaskType;
import io.taskstore.inmemory.InMemoryTaskQueue;
import io.taskstore.jdbi.TaskDatabase;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The hand-over of a submit to the writer of a database in memory, where no disk is waited for, in microseconds:
 * {@code benchmarks/jmh GroupCommit}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class GroupCommit {

    private static final TaskType<Long> NUMBER = TaskType.of("number", Long.class);

    private @Nullable TaskDatabase database;
    private @Nullable TaskService tasks;

    /** Opens a new database, so that none grows large. */
    @Setup(Level.Iteration)
    public void open() {
        TaskDatabase opened = TaskDatabase.open("jdbc:sqlite::memory:");
        database = opened;
        tasks = new TaskService(opened.tasks(), new InMemoryTaskQueue());
    }

    /** Submits of one caller: every one is a group. */
    @Benchmark
    @Threads(1)
    public @Nullable Task alone() {
        return submit();
    }

    /** Submits of eight callers: what waits while one group is written is the next. */
    @Benchmark
    @Threads(8)
    public @Nullable Task ofEight() {
        return submit();
    }

    private @Nullable Task submit() {
        return tasks == null ? null : tasks.submit(NewTask.of(NUMBER, 1L));
    }

    /** Closes the database. */
    @TearDown(Level.Iteration)
    public void close() {
        if (database != null) {
            database.close();
        }
    }
}
