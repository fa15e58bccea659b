package io.taskstore.testkit;

import io.taskstore.Check;
import io.taskstore.Health;
import io.taskstore.MetricRepository;
import io.taskstore.QueueRepository;
import io.taskstore.Reports;
import io.taskstore.TaskIds;
import io.taskstore.TaskRepository;
import io.taskstore.WorkerId;
import io.taskstore.WorkflowRepository;
import io.taskstore.spi.RunLog;
import io.taskstore.spi.Storage;
import io.taskstore.spi.TaskClaims;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * A storage in memory that does what the ports promise and nothing else: it has one lock, keeps whole objects, and looks at
 * every task for every answer. Other storages are compared with it. It is made for tests and small numbers.
 */
public final class ReferenceStorage implements Storage {

    private final State state;
    private final ReferenceTasks tasks;

    /** Opens an empty storage with the system's clock. */
    public ReferenceStorage() {
        this(InstantSource.system());
    }

    /** Opens an empty storage that takes the time from the clock. */
    public ReferenceStorage(InstantSource clock) {
        this(clock, TaskIds.standard());
    }

    /**
     * Opens an empty storage in which nothing is left to chance.
     *
     * @param workerIds gives the ids of the workers that register
     */
    public ReferenceStorage(InstantSource clock, Supplier<UUID> workerIds) {
        this.state = new State(clock, workerIds);
        this.tasks = new ReferenceTasks(state);
    }

    /** Ends the life of a worker as the death of its process would: what it runs stays RUNNING until a recovery. */
    public void kill(WorkerId worker) {
        state.transaction(() -> state.alive.remove(worker));
    }

    @Override
    public TaskRepository tasks() {
        return tasks;
    }

    @Override
    public WorkflowRepository workflows() {
        return new ReferenceWorkflows(state, tasks);
    }

    @Override
    public QueueRepository queues() {
        return new ReferenceQueues();
    }

    @Override
    public TaskClaims claims() {
        return new ReferenceClaims(state);
    }

    @Override
    public RunLog runLog() {
        return new ReferenceRunLog(state);
    }

    @Override
    public Reports reports() {
        return new ReferenceReports(state);
    }

    @Override
    public MetricRepository metrics() {
        return new ReferenceMetrics(state);
    }

    @Override
    public boolean takeTurn(String duty, UUID holder, Duration atMost) {
        Check.name("duty", duty);
        Check.given("holder", holder);
        Duration time = Check.delay("atMost", atMost);
        return state.transaction(() -> {
            Instant now = state.now();
            State.Turn turn = state.turns.getOrDefault(duty, new State.Turn(holder, now));
            boolean free = turn.holder().equals(holder) || !turn.until().isAfter(now);
            if (free) {
                state.turns.put(duty, new State.Turn(holder, now.plus(time)));
            }
            return free;
        });
    }

    @Override
    public InstantSource clock() {
        return state.clock;
    }

    @Override
    public Health health() {
        return tasks.health();
    }

    @Override
    public void close() {
        state.close();
    }

    /** The reference for {@link QueueRepository}. */
    private final class ReferenceQueues implements QueueRepository {

        @Override
        public void pause(String queue) {
            state.transaction(() -> state.paused.add(queue));
        }

        @Override
        public void resume(String queue) {
            state.transaction(() -> state.paused.remove(queue));
        }

        @Override
        public Set<String> paused() {
            return state.transaction(() -> Set.copyOf(state.paused));
        }
    }
}
