package io.taskstore.testkit;

import static io.taskstore.testkit.Fixtures.OTHER_WORK;
import static io.taskstore.testkit.Fixtures.draft;
import static io.taskstore.testkit.Fixtures.newTask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskstore.InvalidInputException;
import io.taskstore.NewTask;
import io.taskstore.NewWorkflow;
import io.taskstore.Reports.Durations;
import io.taskstore.Reports.Throughput;
import io.taskstore.Task;
import io.taskstore.TaskError;
import io.taskstore.TaskFilter;
import io.taskstore.TaskStatus;
import io.taskstore.TimeRange;
import io.taskstore.WorkerId;
import io.taskstore.spi.Claim;
import io.taskstore.spi.Settlement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How tasks flow: how long they waited for their runs, how many came and how many went. */
abstract class FlowContract extends PortContract {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    FlowContract(StorageContract contract) {
        super(contract);
    }

    private Map<String, Durations> waits() {
        return storage().reports().waits(TimeRange.always());
    }

    private static Durations once(Duration wait) {
        return new Durations(1, wait, wait, wait, wait);
    }

    private void seconds(int seconds) {
        clock.advance(Duration.ofSeconds(seconds));
    }

    /** Claims the task and completes it a second later. */
    private void runs(Task task) {
        Task running = claim(worker(), read(task.id()));
        seconds(1);
        complete(running);
    }

    /** Claims the task, and lets its run fail, to be tried again. */
    private void fails(Task task, Duration delay) {
        Claim claim = Claim.of(claim(worker(), read(task.id())));
        settle(new Settlement.Retried(claim, Optional.empty(), new TaskError("Broken", "it broke"), delay));
    }

    @Test
    void aTaskWaitsFromItsSubmitToItsRun() {
        Task task = create();
        seconds(3);
        runs(task);

        assertThat(waits()).isEqualTo(Map.of("work", once(Duration.ofSeconds(3))));
    }

    @Test
    void aScheduledTaskWaitsFromItsTime() {
        Task task = create(newTask().runAt(clock.instant().plusSeconds(60)));
        seconds(62);
        runs(task);

        assertThat(waits()).isEqualTo(Map.of("work", once(Duration.ofSeconds(2))));
    }

    @Test
    void aTimeToRunAtThatWasPastBeganNoWait() {
        Task task = create(newTask().runAt(clock.instant().minusSeconds(60)));
        seconds(3);
        runs(task);

        assertThat(waits()).isEqualTo(Map.of("work", once(Duration.ofSeconds(3))));
    }

    @Test
    void aTimeToRunAtThatHadNotComeDoesNotCount() {
        Task task = create(newTask().runAt(clock.instant().plusSeconds(60)));
        seconds(5);
        Task running = run(task);
        tasks().transition(running.id(), running.version(), TaskStatus.COMPLETED, null);

        assertThat(waits()).isEqualTo(Map.of("work", once(Duration.ofSeconds(5))));
    }

    @Test
    void aTaskThatWasHandedOverWaitedForNothing() {
        Task running = tasks().create(draft(newTask().runAt(clock.instant())), worker())
                .task();
        seconds(7);
        complete(running);

        assertThat(waits()).isEqualTo(Map.of("work", once(Duration.ZERO)));
    }

    @Test
    void onlyTheWaitForTheLastRunCounts() {
        Task task = create();
        seconds(100);
        fails(task, Duration.ofSeconds(10));
        seconds(14);
        assertThat(waits()).isEmpty();
        runs(task);

        assertThat(waits()).isEqualTo(Map.of("work", once(Duration.ofSeconds(4))));
    }

    @Test
    void aTaskThatWasGivenBackWaitsAnew() {
        Task task = create(newTask().runAt(clock.instant().plusSeconds(1)));
        seconds(50);
        Claim claim = Claim.of(claim(worker(), task));
        seconds(50);
        settle(new Settlement.Released(claim, Optional.empty(), "the worker closes"));
        seconds(5);
        runs(task);

        assertThat(waits()).isEqualTo(Map.of("work", once(Duration.ofSeconds(5))));
    }

    @Test
    void aTaskWhoseWorkerDiedWaitsFromItsRecovery() {
        Task task = create();
        WorkerId dead = worker();
        claim(dead, task);
        seconds(50);
        kill(dead);
        claims().recover();
        seconds(6);
        runs(task);

        assertThat(waits()).isEqualTo(Map.of("work", once(Duration.ofSeconds(6))));
    }

    @Test
    void aTaskThatWasRequeuedWaitsAnewAndCountsOnceItHasEnded() {
        Task task = create();
        seconds(1);
        fail(claim(worker(), task));
        assertThat(waits()).isEqualTo(Map.of("work", once(Duration.ofSeconds(1))));

        tasks().requeue(TaskFilter.all().id(task.id()), null);
        assertThat(waits()).isEmpty();
        seconds(8);
        runs(task);

        assertThat(waits()).isEqualTo(Map.of("work", once(Duration.ofSeconds(8))));
    }

    @Test
    void aTaskOfAWorkflowWaitsFromWhenItsTurnHasCome() {
        List<Task> steps = createWorkflow(NewWorkflow.of("a workflow")
                .task("first", newTask())
                .task("then", NewTask.of(OTHER_WORK, new Fixtures.Work("other", 2)))
                .after("first"));
        seconds(10);
        runs(steps.get(0));
        seconds(2);
        runs(steps.get(1));

        assertThat(waits())
                .isEqualTo(Map.of(
                        "work", once(Duration.ofSeconds(10)),
                        "other-work", once(Duration.ofSeconds(2))));
    }

    @Test
    void aTaskThatEndedWithoutARunIsLeftOut() {
        createIn(TaskStatus.CANCELLED);
        Task tried = create();
        fails(tried, Duration.ofSeconds(1));
        tasks().cancel(TaskFilter.all().id(tried.id()), null);

        assertThat(waits()).isEmpty();
    }

    @Test
    void aWaitIsNeverBelowZero() {
        Task task = create();
        seconds(-30);
        runs(task);

        assertThat(waits()).isEqualTo(Map.of("work", once(Duration.ZERO)));
    }

    @Test
    void waitsAreThePercentilesOfTheTasksThatEndedWithinTheRange() {
        runs(create());
        seconds(1);
        Instant from = clock.instant();
        for (int wait = 1; wait <= 20; wait++) {
            Task task = create();
            seconds(wait);
            runs(task);
        }
        Instant last = clock.instant();

        TimeRange range = TimeRange.between(from, last);
        assertThat(storage().reports().waits(range))
                .isEqualTo(Map.of(
                        "work",
                        new Durations(
                                19,
                                Duration.ofSeconds(10),
                                Duration.ofSeconds(19),
                                Duration.ofSeconds(19),
                                Duration.ofSeconds(19))));
        assertThat(storage().reports().waits(TimeRange.since(from)))
                .isEqualTo(Map.of(
                        "work",
                        new Durations(
                                20,
                                Duration.ofSeconds(10),
                                Duration.ofSeconds(19),
                                Duration.ofSeconds(20),
                                Duration.ofSeconds(20))));
    }

    private List<Throughput> throughput(String from, String to, Duration bucket) {
        return storage().reports().throughput(TimeRange.between(Instant.parse(from), Instant.parse(to)), bucket);
    }

    @Test
    void throughputCountsWhatCameAndWentInBucketsThatBeginAtWholeMultiples() {
        clock.set(Instant.parse("2026-01-15T09:00:59.999999Z"));
        Task slow = create();
        createIn(TaskStatus.FAILED);
        clock.set(Instant.parse("2026-01-15T09:01:00Z"));
        createIn(TaskStatus.CANCELLED);
        createIn(TaskStatus.COMPLETED);
        create();
        clock.set(Instant.parse("2026-01-15T09:05:30Z"));
        complete(claim(worker(), slow));

        assertThat(throughput("2026-01-15T00:00:00Z", "2026-01-16T00:00:00Z", MINUTE))
                .containsExactly(
                        new Throughput(Instant.parse("2026-01-15T09:00:00Z"), 2, 0, 1, 0),
                        new Throughput(Instant.parse("2026-01-15T09:01:00Z"), 3, 1, 0, 1),
                        new Throughput(Instant.parse("2026-01-15T09:05:00Z"), 0, 1, 0, 0));
    }

    @Test
    void throughputCountsOnlyWhatHappenedWithinTheRange() {
        for (String at : List.of("09:00:29.999999", "09:00:30", "09:01:29.999999", "09:01:30")) {
            clock.set(Instant.parse("2026-01-15T" + at + "Z"));
            createIn(TaskStatus.COMPLETED);
        }

        assertThat(throughput("2026-01-15T09:00:30Z", "2026-01-15T09:01:30Z", MINUTE))
                .containsExactly(
                        new Throughput(Instant.parse("2026-01-15T09:00:00Z"), 1, 1, 0, 0),
                        new Throughput(Instant.parse("2026-01-15T09:01:00Z"), 1, 1, 0, 0));
        assertThat(throughput("2026-01-15T09:00:30Z", "2026-01-15T09:01:00Z", MINUTE))
                .containsExactly(new Throughput(Instant.parse("2026-01-15T09:00:00Z"), 1, 1, 0, 0));
        assertThat(throughput("2026-01-15T09:00:30Z", "2026-01-15T09:00:30Z", MINUTE))
                .isEmpty();
    }

    @Test
    void throughputHasBucketsBefore1970() {
        clock.set(Instant.parse("1969-12-31T23:59:47Z"));
        create();
        clock.set(Instant.parse("1969-12-31T23:59:59.5Z"));
        create();

        assertThat(throughput("1969-12-31T23:59:45Z", "1970-01-02T00:00:00Z", Duration.ofSeconds(10)))
                .containsExactly(
                        new Throughput(Instant.parse("1969-12-31T23:59:40Z"), 1, 0, 0, 0),
                        new Throughput(Instant.parse("1969-12-31T23:59:50Z"), 1, 0, 0, 0));
    }

    @Test
    void throughputTellsHowTasksAreNow() {
        Task requeued = createIn(TaskStatus.FAILED);
        Task deleted = createIn(TaskStatus.COMPLETED);
        tasks().delete(TaskFilter.all().id(deleted.id()));
        tasks().requeue(TaskFilter.all().id(requeued.id()), null);

        assertThat(throughput("2026-01-15T09:00:00Z", "2026-01-15T10:00:00Z", MINUTE))
                .containsExactly(new Throughput(Instant.parse("2026-01-15T09:00:00Z"), 1, 0, 0, 0));

        seconds(60);
        complete(claim(worker(), read(requeued.id())));

        assertThat(throughput("2026-01-15T09:00:00Z", "2026-01-15T10:00:00Z", MINUTE))
                .containsExactly(
                        new Throughput(Instant.parse("2026-01-15T09:00:00Z"), 1, 0, 0, 0),
                        new Throughput(Instant.parse("2026-01-15T09:01:00Z"), 0, 1, 0, 0));
    }

    @Test
    void throughputHasAtMostTenThousandBuckets() {
        Instant start = Instant.parse("2026-01-15T09:00:00.5Z");
        Instant end = start.plusSeconds(9_999);
        clock.set(end.minusNanos(1_000));
        create();

        assertThat(storage().reports().throughput(TimeRange.between(start, end), Duration.ofSeconds(1)))
                .containsExactly(new Throughput(start.plusSeconds(9_998).plusMillis(500), 1, 0, 0, 0));
        refuses(TimeRange.between(start, end.plusSeconds(1)), Duration.ofSeconds(1));
    }

    @Test
    void throughputWantsARangeWithBothEndsAndWholeSeconds() {
        refuses(TimeRange.since(clock.instant()), MINUTE);
        refuses(TimeRange.before(clock.instant()), MINUTE);
        TimeRange hour = TimeRange.between(clock.instant(), clock.instant().plusSeconds(3_600));
        refuses(hour, Duration.ofMillis(999));
        refuses(hour, Duration.ofMillis(1_500));
        refuses(hour, Duration.ofMinutes(-1));
    }

    private void refuses(TimeRange range, Duration bucket) {
        assertThatThrownBy(() -> storage().reports().throughput(range, bucket))
                .isInstanceOf(InvalidInputException.class);
    }
}
