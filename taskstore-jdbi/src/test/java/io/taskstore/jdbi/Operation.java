package io.taskstore.jdbi;

import static io.taskstore.testkit.Fixtures.draft;
import static io.taskstore.testkit.Fixtures.newTask;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.LogEntry;
import io.taskstore.LogLevel;
import io.taskstore.Metadata;
import io.taskstore.MetricSample;
import io.taskstore.NewTask.IfKeyTaken;
import io.taskstore.NewWorkflow;
import io.taskstore.PageRequest;
import io.taskstore.Progress;
import io.taskstore.Slots;
import io.taskstore.Task;
import io.taskstore.TaskDraft;
import io.taskstore.TaskEdit;
import io.taskstore.TaskError;
import io.taskstore.TaskFilter;
import io.taskstore.TaskStatus;
import io.taskstore.TimeRange;
import io.taskstore.WorkerId;
import io.taskstore.WorkerProfile;
import io.taskstore.WorkflowDraft;
import io.taskstore.WorkflowFilter;
import io.taskstore.spi.Claim;
import io.taskstore.spi.ClaimRequest;
import io.taskstore.spi.Settled;
import io.taskstore.spi.SettledAndClaimed;
import io.taskstore.spi.Settlement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;

/**
 * One call of a port, for tests of what happens when it fails.
 *
 * @param name the call
 * @param isOneTransaction whether it does all or nothing
 * @param stage makes what the call needs, and answers with the call, which may be made again
 */
record Operation(String name, boolean isOneTransaction, Function<TaskDatabase, Runnable> stage) {

    private static final Set<String> TYPES = Set.of("work", "other-work");
    private static final Optional<Duration> RAN = Optional.of(Duration.ofMillis(5));
    private static final TaskError BROKEN = new TaskError("Broken", "it broke");
    private static final Duration LONG = Duration.ofHours(1);
    private static final Instant LATER = Instant.parse("2030-01-01T00:00:00Z");

    static final List<Operation> WRITING = List.of(
            one("create", database -> {
                TaskDraft draft = draft(newTask().metadata("color", "red").uniqueKey("key"));
                return () -> database.tasks().create(draft, null);
            }),
            one("create where a key is held", database -> {
                database.tasks().create(draft(newTask().uniqueKey("key")), null);
                TaskDraft second = draft(newTask().uniqueKey("key", IfKeyTaken.ANSWER_EXISTING));
                return () -> database.tasks().create(second, null);
            }),
            one("create for a worker", database -> {
                WorkerId worker = worker(database);
                TaskDraft draft = draft();
                return () -> database.tasks().create(draft, worker);
            }),
            one("createAll", database -> {
                List<TaskDraft> drafts = List.of(draft(newTask().metadata("size", 3)), draft(), draft());
                return () -> database.tasks().createAll(drafts);
            }),
            one("update", database -> {
                Task task = create(database);
                TaskEdit edit = TaskEdit.nothing()
                        .title("another")
                        .metadata(Metadata.empty().with("a", "b"));
                return () -> database.tasks().update(task.id(), task.version(), edit);
            }),
            one("transition to RUNNING", database -> {
                Task task = create(database);
                return () -> database.tasks().transition(task.id(), task.version(), TaskStatus.RUNNING, null);
            }),
            one("transition to COMPLETED in a workflow", database -> {
                Task first = workflow(database).get(0);
                Task running = database.tasks().transition(first.id(), first.version(), TaskStatus.RUNNING, null);
                return () -> database.tasks().transition(first.id(), running.version(), TaskStatus.COMPLETED, "done");
            }),
            one("cancel", database -> {
                create(database);
                running(database);
                workflow(database);
                return () -> database.tasks().cancel(TaskFilter.all(), "not wanted");
            }),
            one("requeue", database -> {
                create(database);
                workflow(database);
                database.tasks().cancel(TaskFilter.all(), null);
                return () -> database.tasks().requeue(TaskFilter.all(), "again");
            }),
            one("delete", database -> {
                create(database);
                create(database);
                return () -> database.tasks().delete(TaskFilter.all());
            }),
            several("purge", database -> {
                create(database);
                workflow(database);
                database.tasks().cancel(TaskFilter.all(), null);
                return () -> database.tasks().purge(LATER, 100);
            }),
            one("create a workflow", database -> {
                WorkflowDraft draft = draft(threeSteps());
                return () -> database.workflows().create(draft);
            }),
            one("rename a workflow", database -> {
                UUID id = workflow(database).get(0).workflowId().orElseThrow();
                return () -> database.workflows().rename(id, "another name");
            }),
            one("delete a workflow", database -> {
                UUID id = workflow(database).get(0).workflowId().orElseThrow();
                database.tasks().cancel(TaskFilter.all(), null);
                return () -> database.workflows().delete(id);
            }),
            one("pause", database -> () -> database.queues().pause("default")),
            one("resume", database -> {
                database.queues().pause("default");
                return () -> database.queues().resume("default");
            }),
            one("take a turn", database -> {
                UUID holder = UUID.randomUUID();
                String duty = holder.toString();
                return () -> assertThat(database.takeTurn(duty, holder, LONG)).isTrue();
            }),
            one("register", database -> () -> worker(database)),
            one("heartbeat", database -> {
                WorkerId worker = worker(database);
                return () -> database.claims().heartbeat(worker);
            }),
            one("retire", database -> {
                WorkerId worker = running(database).worker().orElseThrow();
                return () -> database.claims().retire(worker);
            }),
            one("claim", database -> {
                create(database);
                create(database);
                WorkerId worker = worker(database);
                return () -> database.claims().claim(ClaimRequest.due(worker, TYPES, Slots.of(5)));
            }),
            settle("completed", claim -> new Settlement.Completed(claim, RAN, Optional.of("{\"a\":1}"))),
            settle("failed", claim -> new Settlement.Failed(claim, RAN, BROKEN)),
            settle("retried", claim -> new Settlement.Retried(claim, RAN, BROKEN, Duration.ofMinutes(1))),
            settle("snoozed", claim -> new Settlement.Snoozed(claim, RAN, Duration.ofMinutes(1))),
            settle("cancelled", claim -> new Settlement.Cancelled(claim, RAN, "not wanted")),
            settle("released", claim -> new Settlement.Released(claim, Optional.empty(), "closing")),
            one("settle in a workflow", database -> {
                workflow(database);
                Claim claim = Claim.of(claimed(database));
                Settlement completed = new Settlement.Completed(claim, RAN, Optional.empty());
                return () -> database.claims().settle(List.of(completed));
            }),
            several("settle alone and in a workflow", database -> {
                Claim alone = Claim.of(running(database));
                workflow(database);
                Claim inWorkflow = Claim.of(claimed(database));
                List<Settlement> both = List.of(
                        new Settlement.Completed(alone, RAN, Optional.empty()),
                        new Settlement.Failed(inWorkflow, RAN, BROKEN));
                return () -> database.claims().settle(both);
            }),
            one("settle and claim", database -> {
                workflow(database);
                Task first = claimed(database);
                Settlement completed = new Settlement.Completed(Claim.of(first), RAN, Optional.of("1"));
                return () -> settleAndClaim(database, first.worker().orElseThrow(), List.of(completed));
            }),
            one("settle alone and in a workflow, and claim", database -> {
                Claim alone = Claim.of(running(database));
                workflow(database);
                Task first = claimed(database);
                Task second = settleAndClaim(
                        database,
                        first.worker().orElseThrow(),
                        List.of(new Settlement.Completed(Claim.of(first), RAN, Optional.empty())));
                List<Settlement> both = List.of(
                        new Settlement.Completed(alone, RAN, Optional.empty()),
                        new Settlement.Failed(Claim.of(second), RAN, BROKEN));
                return () -> settleAndClaim(database, first.worker().orElseThrow(), both);
            }),
            several("recover", database -> {
                database.kill(running(database).worker().orElseThrow());
                database.kill(running(database).worker().orElseThrow());
                return () -> database.claims().recover();
            }),
            one("log", database -> {
                Task task = running(database);
                List<LogEntry> lines = List.of(line(task, 1), line(task, 2));
                return () -> database.runLog().append(lines);
            }),
            one("progress", database -> {
                Claim claim = Claim.of(running(database));
                return () -> database.runLog().progress(Map.of(claim, new Progress(50, "half-way")));
            }),
            one("record metrics", database -> {
                List<MetricSample> samples = List.of(sample("a"), sample("b"));
                return () -> database.metrics().record(samples);
            }),
            one("purge metrics", database -> {
                database.metrics().record(List.of(sample("a"), sample("b")));
                return () -> database.metrics().purge(LATER);
            }),
            one("complete", database -> {
                Task task = running(database);
                return () -> database.complete(new RunOf(task), "{}", handle -> {});
            }));

    static final List<Operation> READING = List.of(
            one("find", database -> {
                UUID id = create(database).id();
                return () -> assertThat(database.tasks().find(id)).isPresent();
            }),
            one("list", database -> {
                create(database);
                return () -> database.tasks().list(TaskFilter.all(), PageRequest.first(10));
            }),
            one("count", database -> () -> database.tasks().count(TaskFilter.all(), 10)),
            one("history", database -> {
                UUID id = create(database).id();
                return () -> assertThat(database.tasks().history(id)).isPresent();
            }),
            one("situation", database -> {
                UUID id = workflow(database).get(1).id();
                return () -> assertThat(database.tasks().situation(id)).isPresent();
            }),
            one("workflows", database -> {
                UUID id = workflow(database).get(0).workflowId().orElseThrow();
                return () -> {
                    assertThat(database.workflows().find(id)).isPresent();
                    database.workflows().list(WorkflowFilter.all(), null, 10);
                    database.workflows().dependencies(id);
                };
            }),
            one("paused", database -> () -> database.queues().paused()),
            one("held", database -> {
                WorkerId worker = running(database).worker().orElseThrow();
                return () -> database.claims().held(worker);
            }),
            one("reports", database -> {
                Task task = running(database);
                return () -> {
                    database.reports().statistics(TimeRange.always());
                    database.reports().running(10);
                    database.reports().slowest(TimeRange.always(), 10);
                    database.reports().failing(TimeRange.always(), 10);
                    database.reports().durations(TimeRange.always());
                    database.reports().waits(TimeRange.always());
                    database.reports().throughput(TimeRange.between(LATER, LATER), Duration.ofHours(1));
                    database.reports().logs(task.id(), 1, LogLevel.INFO, null, 10);
                };
            }),
            one("series", database -> () -> database.metrics().series("a", TimeRange.always(), Duration.ofHours(1))),
            one("health", database -> () -> database.health()));

    private static Operation one(String name, Function<TaskDatabase, Runnable> stage) {
        return new Operation(name, true, stage);
    }

    private static Operation several(String name, Function<TaskDatabase, Runnable> stage) {
        return new Operation(name, false, stage);
    }

    private static Operation settle(String how, Function<Claim, Settlement> settlement) {
        return one("settle as " + how, database -> {
            Settlement end = settlement.apply(Claim.of(running(database)));
            return () -> {
                if (database.claims().settle(List.of(end)).get(0).isLost()) {
                    throw new AssertionError("the claim is said to be lost");
                }
            };
        });
    }

    /** {@return the one task that goes on through these ends, which the worker has claimed with them} */
    private static Task settleAndClaim(TaskDatabase database, WorkerId worker, List<Settlement> ends) {
        SettledAndClaimed answer = database.claims().settleAndClaim(ends, ClaimRequest.due(worker, TYPES, Slots.of(5)));
        assertThat(answer.settled()).noneMatch(Settled::isLost);
        assertThat(answer.claimed()).hasSize(1);
        return answer.claimed().get(0);
    }

    static WorkerId worker(TaskDatabase database) {
        return database.claims().register(new WorkerProfile("a worker", TYPES, Set.of()));
    }

    static Task create(TaskDatabase database) {
        return database.tasks().create(draft(), null).task();
    }

    /** {@return a new task that a new worker has claimed} */
    static Task running(TaskDatabase database) {
        Task task = create(database);
        WorkerId worker = worker(database);
        return database.claims()
                .claim(ClaimRequest.due(worker, TYPES, Slots.of(1)).hinted(Set.of(task.id())))
                .tasks()
                .get(0);
    }

    /** {@return the only task that is due, claimed by a new worker} */
    private static Task claimed(TaskDatabase database) {
        return database.claims()
                .claim(ClaimRequest.due(worker(database), TYPES, Slots.of(1)))
                .tasks()
                .get(0);
    }

    private static List<Task> workflow(TaskDatabase database) {
        WorkflowDraft draft = draft(threeSteps());
        database.workflows().create(draft);
        return draft.tasks().stream()
                .map(task -> database.tasks().find(task.id()).orElseThrow())
                .toList();
    }

    private static NewWorkflow threeSteps() {
        return NewWorkflow.of("a workflow")
                .task("first", newTask())
                .task("second", newTask())
                .after("first")
                .task("third", newTask())
                .afterEnded("second");
    }

    private static LogEntry line(Task task, int number) {
        return new LogEntry(task.id(), task.attempt(), number, LATER, LogLevel.INFO, "a line");
    }

    private static MetricSample sample(String name) {
        return new MetricSample(name, MetricSample.Kind.COUNTER, Instant.parse("2026-01-01T00:00:00Z"), 1.5);
    }

    @Override
    public String toString() {
        return name;
    }
}
