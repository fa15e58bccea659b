package io.taskstore.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.Changed;
import io.taskstore.NewTask;
import io.taskstore.Progress;
import io.taskstore.Slots;
import io.taskstore.StatusChange;
import io.taskstore.StatusHistory;
import io.taskstore.Task;
import io.taskstore.TaskError;
import io.taskstore.TaskFilter;
import io.taskstore.TaskStatus;
import io.taskstore.TaskType;
import io.taskstore.WorkerId;
import io.taskstore.spi.Claim;
import io.taskstore.spi.ClaimRequest;
import io.taskstore.spi.Settled;
import io.taskstore.spi.Settlement;
import io.taskstore.testkit.Fixtures.Work;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/** A group of contract tests about runs, with the ways in which they begin and end. */
abstract class RunContract extends PortContract {

    static final Duration RAN = Duration.ofMillis(5);
    static final Duration DELAY = Duration.ofMinutes(1);
    static final TaskError BROKEN = new TaskError("Broken", "it broke");
    static final String RESULT = "{\"made\": [1,  2]}";
    static final String NOTE = "by Ada";
    static final Progress HALF = new Progress(50, "half");

    RunContract(StorageContract contract) {
        super(contract);
    }

    static Settlement completed(Task running) {
        return completed(Claim.of(running));
    }

    static Settlement completed(Claim claim) {
        return new Settlement.Completed(claim, Optional.of(RAN), Optional.of(RESULT));
    }

    static Settlement retried(Task running) {
        return retried(running, DELAY);
    }

    static Settlement retried(Task running, Duration delay) {
        return new Settlement.Retried(Claim.of(running), Optional.of(RAN), BROKEN, delay);
    }

    static Settlement snoozed(Task running) {
        return snoozed(running, DELAY);
    }

    static Settlement snoozed(Task running, Duration delay) {
        return new Settlement.Snoozed(Claim.of(running), Optional.of(RAN), delay);
    }

    static Settlement failed(Task running) {
        return new Settlement.Failed(Claim.of(running), Optional.of(RAN), BROKEN);
    }

    static Settlement cancelled(Task running) {
        return new Settlement.Cancelled(Claim.of(running), Optional.of(RAN), NOTE);
    }

    static Settlement released(Task running) {
        return new Settlement.Released(Claim.of(running), Optional.empty(), NOTE);
    }

    /** {@return every way in which the run can be said to have ended} */
    static List<Settlement> everyEnd(Claim claim) {
        return List.of(
                completed(claim),
                new Settlement.Retried(claim, Optional.of(RAN), BROKEN, DELAY),
                new Settlement.Snoozed(claim, Optional.of(RAN), DELAY),
                new Settlement.Failed(claim, Optional.of(RAN), BROKEN),
                new Settlement.Cancelled(claim, Optional.of(RAN), NOTE),
                new Settlement.Released(claim, Optional.empty(), NOTE));
    }

    static NewTask of(TaskType<Work> type) {
        return NewTask.of(type, new Work("some work", 1));
    }

    static ClaimRequest due(WorkerId worker, int slots) {
        return due(worker, Slots.of(slots));
    }

    static ClaimRequest due(WorkerId worker, Slots slots) {
        return ClaimRequest.due(worker, TYPES, slots);
    }

    /** {@return an id that begins with the hexadecimal digit} */
    static UUID id(String digit) {
        return UUID.fromString(digit + "0000000-0000-7000-8000-000000000001");
    }

    static List<UUID> ids(List<Task> tasks) {
        return tasks.stream().map(Task::id).toList();
    }

    static Taken taken(Task running, TaskStatus status) {
        return new Taken(Claim.of(running), status);
    }

    /** {@return the answer to a settlement that was recorded} */
    static Settled became(Task running, TaskStatus status) {
        return new Settled(Claim.of(running), Optional.of(status));
    }

    /** {@return the answer to a settlement that was not} */
    static Settled lost(Task running) {
        return new Settled(Claim.of(running), Optional.empty());
    }

    static TaskFilter only(Task... tasks) {
        return TaskFilter.all().ids(Stream.of(tasks).map(Task::id).toList());
    }

    static WorkerId workerOf(Task running) {
        return running.worker().orElseThrow();
    }

    Instant now() {
        return clock.instant();
    }

    /** {@return a new task that a new worker runs} */
    Task running() {
        return running(Fixtures.newTask());
    }

    /** {@return the new task, which a new worker runs} */
    Task running(NewTask task) {
        return claim(worker(), create(task));
    }

    /** {@return a new task that the host drives} */
    Task drivenByTheHost() {
        Task task = create();
        return tasks().transition(task.id(), task.version(), TaskStatus.RUNNING, null);
    }

    Changed cancel(Task... tasks) {
        return tasks().cancel(only(tasks), NOTE);
    }

    Changed requeue(Task... tasks) {
        return tasks().requeue(only(tasks), NOTE);
    }

    /** Lets the worker that runs the task die, and sweeps. */
    List<Taken> crash(Task running) {
        kill(workerOf(running));
        return recover();
    }

    List<Taken> recover() {
        return Taken.of(claims().recover());
    }

    List<Taken> retire(WorkerId worker) {
        return Taken.of(claims().retire(worker));
    }

    /** {@return the task after so many more workers ran it and died of it} */
    Task crashed(Task task, int times) {
        for (int i = 0; i < times; i++) {
            crash(claim(worker(), task));
        }
        return read(task.id());
    }

    /** {@return the claim if it is lost, else nothing} */
    Set<Claim> progress(Task running, Progress progress) {
        return storage().runLog().progress(Map.of(Claim.of(running), progress));
    }

    StatusChange lastChange(Task task) {
        return history(task.id()).last();
    }

    /** Asserts that the task is what it is said to be in everything that callers can see. */
    void assertStored(Task expected) {
        assertThat(read(expected.id())).usingRecursiveComparison().isEqualTo(expected);
    }

    /** Asserts that the steps leave the task and its history as they are. */
    void assertUnchangedBy(Task task, Runnable steps) {
        Task before = read(task.id());
        StatusHistory history = history(task.id());
        steps.run();
        assertStored(before);
        assertThat(history(task.id())).isEqualTo(history);
    }

    /** Asserts that every settlement of the claim is lost, and that none changes the task. */
    void assertLost(Claim claim) {
        Task task = read(claim.taskId());
        assertUnchangedBy(
                task,
                () -> assertThat(claims().settle(everyEnd(claim)))
                        .hasSameSizeAs(everyEnd(claim))
                        .allMatch(settled -> settled.isLost() && settled.claim().equals(claim)));
    }
}
