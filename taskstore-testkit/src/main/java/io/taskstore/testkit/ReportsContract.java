package io.taskstore.testkit;

import static io.taskstore.testkit.Fixtures.OTHER_WORK;
import static io.taskstore.testkit.Fixtures.draft;
import static io.taskstore.testkit.Fixtures.newTask;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.Execution;
import io.taskstore.NewTask;
import io.taskstore.Reports;
import io.taskstore.Reports.Durations;
import io.taskstore.Reports.Failures;
import io.taskstore.Reports.Statistics;
import io.taskstore.Task;
import io.taskstore.TaskError;
import io.taskstore.TaskFilter;
import io.taskstore.TaskStatus;
import io.taskstore.TimeRange;
import io.taskstore.spi.Claim;
import io.taskstore.spi.Settlement;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What is read from many tasks: counts, and how their runs went. */
abstract class ReportsContract extends PortContract {

    ReportsContract(StorageContract contract) {
        super(contract);
    }

    private Reports reports() {
        return storage().reports();
    }

    @Test
    void statisticsCountWhatWasStoredWithinTheRange() {
        create(newTask().submittedBy("ada"));
        clock.advance(Duration.ofHours(1));
        Instant from = clock.instant();
        create(newTask().submittedBy("ada").queue("mail"));
        create(NewTask.of(OTHER_WORK, new Fixtures.Work("other", 2)));
        createIn(TaskStatus.FAILED);
        clock.advance(Duration.ofHours(1));
        Instant to = clock.instant();
        create();

        Statistics statistics = reports().statistics(TimeRange.between(from, to));

        assertThat(statistics.byStatus()).isEqualTo(Map.of(TaskStatus.PENDING, 2L, TaskStatus.FAILED, 1L));
        assertThat(statistics.byType()).isEqualTo(Map.of("work", 2L, "other-work", 1L));
        assertThat(statistics.byQueue()).isEqualTo(Map.of("mail", 1L, "default", 2L));
        assertThat(statistics.bySubmitter()).isEqualTo(Map.of("ada", 1L));
    }

    /** The values of 6,000 tasks: as many as are counted in other ways than a few are. */
    @Test
    void statisticsOfManyTasksCountThemAll() {
        create(newTask().submittedBy("ada").queue("old"));
        clock.advance(Duration.ofHours(1));
        Instant from = clock.instant();
        for (int first = 0; first < 6_000; first += 3_000) {
            tasks().createAll(IntStream.range(first, first + 3_000)
                    .mapToObj(i -> draft(newTask().queue("queue-" + i % 7).submittedBy("user-" + i % 1_500)))
                    .toList());
        }
        List<Task> claimed = claim(worker(), 30); // the first of them is the old one
        claimed.subList(0, 10).forEach(this::complete);
        claimed.subList(10, 15).forEach(this::fail);
        createIn(TaskStatus.WAITING);
        createIn(TaskStatus.CANCELLED, NewTask.of(OTHER_WORK, new Fixtures.Work("other", 2)));

        Statistics statistics = reports().statistics(TimeRange.since(from));

        assertThat(statistics.byStatus())
                .isEqualTo(Map.of(
                        TaskStatus.WAITING, 1L,
                        TaskStatus.PENDING, 5_972L,
                        TaskStatus.RUNNING, 15L,
                        TaskStatus.COMPLETED, 9L,
                        TaskStatus.FAILED, 5L,
                        TaskStatus.CANCELLED, 1L));
        assertThat(statistics.byType()).isEqualTo(Map.of("work", 6_002L, "other-work", 1L));
        assertThat(statistics.byQueue())
                .hasSize(8)
                .containsEntry("queue-0", 858L)
                .containsEntry("queue-6", 857L)
                .containsEntry("default", 3L);
        assertThat(statistics.bySubmitter())
                .hasSize(1_500)
                .allSatisfy((user, count) -> assertThat(count).isEqualTo(4));
        Statistics all = reports().statistics(TimeRange.always());
        assertThat(all.byType()).containsEntry("work", 6_003L);
        assertThat(all.byQueue()).hasSize(9).containsEntry("old", 1L);
        assertThat(all.bySubmitter()).hasSize(1_501).containsEntry("ada", 1L);
        assertThat(all.byStatus()).containsEntry(TaskStatus.COMPLETED, 10L).containsEntry(TaskStatus.PENDING, 5_972L);
    }

    @Test
    void anEmptyStorageHasEmptyReports() {
        Statistics nothing = new Statistics(Map.of(), Map.of(), Map.of(), Map.of());
        assertThat(reports().statistics(TimeRange.always())).isEqualTo(nothing);
        assertThat(reports().running(10)).isEmpty();
        assertThat(reports().slowest(TimeRange.always(), 10)).isEmpty();
        assertThat(reports().failing(TimeRange.always(), 10)).isEmpty();
        assertThat(reports().durations(TimeRange.always())).isEmpty();
        assertThat(reports().waits(TimeRange.always())).isEmpty();
        assertThat(reports().throughput(TimeRange.between(clock.instant(), clock.instant()), Duration.ofHours(1)))
                .isEmpty();
    }

    @Test
    void theRunsGoingOnNowComeTheLongestFirst() {
        Task first = claim(worker(), create());
        clock.advance(Duration.ofSeconds(1));
        Task second = claim(worker(), create());
        createIn(TaskStatus.COMPLETED);

        assertThat(reports().running(10)).extracting(Execution::taskId).containsExactly(first.id(), second.id());
        assertThat(reports().running(1)).extracting(Execution::taskId).containsExactly(first.id());
    }

    /** Ends a run of a new task that took so long in its handler. */
    private Task ran(NewTask wanted, Duration ran, Optional<TaskError> error) {
        Task running = claim(worker(), create(wanted));
        Claim claim = Claim.of(running);
        settle(
                error.isPresent()
                        ? new Settlement.Retried(claim, Optional.of(ran), error.get(), Duration.ofDays(1))
                        : new Settlement.Completed(claim, Optional.of(ran), Optional.empty()));
        return running;
    }

    @Test
    void theSlowestRunsAreThoseThatTookLongestInTheirHandlers() {
        Task slow = ran(newTask(), Duration.ofSeconds(9), Optional.empty());
        Task quick = ran(newTask(), Duration.ofMillis(1), Optional.empty());
        Task middling = ran(newTask(), Duration.ofSeconds(2), Optional.of(new TaskError("Broken", "it broke")));
        clock.advance(Duration.ofHours(1));
        Instant later = clock.instant();
        ran(newTask(), Duration.ofSeconds(99), Optional.empty());

        TimeRange before = TimeRange.before(later);
        assertThat(reports().slowest(before, 10))
                .extracting(Execution::taskId)
                .containsExactly(slow.id(), middling.id(), quick.id());
        assertThat(reports().slowest(before, 1))
                .singleElement()
                .satisfies(run -> assertThat(run.duration()).contains(Duration.ofSeconds(9)));
    }

    @Test
    void runsThatTookAsLongComeByIdAndInTheirOrder() {
        Duration second = Duration.ofSeconds(1);
        Task twice = create();
        for (int run = 0; run < 2; run++) {
            Claim claim = Claim.of(claim(worker(), read(twice.id())));
            settle(new Settlement.Retried(
                    claim, Optional.of(second), new TaskError("Broken", "it broke"), Duration.ZERO));
        }
        Task other = ran(newTask(), second, Optional.empty());
        List<Task> sorted = Stream.of(twice, other)
                .sorted(Comparator.comparing(task -> task.id().toString()))
                .toList();

        List<Execution> slowest = reports().slowest(TimeRange.always(), 10);

        List<Execution> expected = sorted.stream()
                .flatMap(task -> history(task.id()).executions().stream())
                .toList();
        assertThat(slowest).hasSize(3).isEqualTo(expected);
        assertThat(reports().slowest(TimeRange.always(), 2)).isEqualTo(expected.subList(0, 2));
    }

    @Test
    void aRunThatNoHandlerTimedTookAsLongAsBetweenItsChanges() {
        Task own = run(create());
        Task back = run(create());
        clock.advance(Duration.ofSeconds(3));
        tasks().transition(own.id(), own.version(), TaskStatus.COMPLETED, null);
        clock.advance(Duration.ofSeconds(-10));
        tasks().transition(back.id(), back.version(), TaskStatus.COMPLETED, null);
        Task timed = ran(newTask(), Duration.ofSeconds(2), Optional.empty());

        assertThat(reports().slowest(TimeRange.always(), 10))
                .extracting(Execution::taskId)
                .containsExactly(own.id(), timed.id(), back.id());
        assertThat(reports().durations(TimeRange.always()))
                .isEqualTo(Map.of(
                        "work",
                        new Durations(
                                3,
                                Duration.ofSeconds(2),
                                Duration.ofSeconds(3),
                                Duration.ofSeconds(3),
                                Duration.ofSeconds(3))));
    }

    @Test
    void aRunThatNobodyKnowsTheLengthOfIsLeftOut() {
        Task lost = claim(worker(), create());
        clock.advance(Duration.ofHours(60));
        kill(lost.worker().orElseThrow());
        assertThat(claims().recover()).hasSize(1);
        Task back = claim(worker(), create());
        clock.advance(Duration.ofHours(1));
        claims().settle(List.of(new Settlement.Released(Claim.of(back), Optional.empty(), "never begun")));

        assertThat(reports().slowest(TimeRange.always(), 10)).isEmpty();
        assertThat(reports().durations(TimeRange.always())).isEmpty();

        Task timed = ran(newTask(), Duration.ofSeconds(2), Optional.empty());
        assertThat(reports().slowest(TimeRange.always(), 10))
                .extracting(Execution::taskId)
                .containsExactly(timed.id());
        Duration two = Duration.ofSeconds(2);
        assertThat(reports().durations(TimeRange.always()))
                .isEqualTo(Map.of("work", new Durations(1, two, two, two, two)));
    }

    @Test
    void theTypesThatFailMostComeFirstWithTheLastError() {
        NewTask other = NewTask.of(OTHER_WORK, new Fixtures.Work("other", 2));
        ran(newTask(), Duration.ofMillis(1), Optional.of(new TaskError("Broken", "first")));
        clock.advance(Duration.ofSeconds(1));
        ran(newTask(), Duration.ofMillis(1), Optional.of(new TaskError("Broken", "last")));
        ran(newTask(), Duration.ofMillis(1), Optional.empty());
        ran(other, Duration.ofMillis(1), Optional.of(new TaskError("Broken", "other")));

        assertThat(reports().failing(TimeRange.always(), 10))
                .containsExactly(
                        new Failures("work", 2, 3, new TaskError("Broken", "last")),
                        new Failures("other-work", 1, 1, new TaskError("Broken", "other")));
        assertThat(reports().failing(TimeRange.always(), 1)).hasSize(1);
        assertThat(reports().failing(TimeRange.before(clock.instant().minusSeconds(1)), 10))
                .isEmpty();
    }

    @Test
    void ofFailuresAtOneTimeTheLastIsThatOfTheGreatestId() {
        List<Task> running = List.of(claim(worker(), create()), claim(worker(), create()), claim(worker(), create()));
        claims().settle(running.stream()
                .map(task -> (Settlement) new Settlement.Failed(
                        Claim.of(task),
                        Optional.empty(),
                        new TaskError("Broken", task.id().toString())))
                .toList());
        ran(
                NewTask.of(OTHER_WORK, new Fixtures.Work("other", 2)),
                Duration.ofMillis(1),
                Optional.of(new TaskError("Broken", "other")));

        String greatest = running.stream()
                .map(task -> task.id().toString())
                .max(Comparator.naturalOrder())
                .orElseThrow();
        assertThat(reports().failing(TimeRange.always(), 1))
                .containsExactly(new Failures("work", 3, 3, new TaskError("Broken", greatest)));
    }

    @Test
    void durationsAreThePercentilesOfEachType() {
        for (int i = 1; i <= 100; i++) {
            ran(newTask(), Duration.ofMillis(i), Optional.empty());
        }
        ran(NewTask.of(OTHER_WORK, new Fixtures.Work("other", 2)), Duration.ofMillis(7), Optional.empty());

        Duration seven = Duration.ofMillis(7);
        assertThat(reports().durations(TimeRange.always()))
                .isEqualTo(Map.of(
                        "work",
                                new Durations(
                                        100,
                                        Duration.ofMillis(50),
                                        Duration.ofMillis(95),
                                        Duration.ofMillis(99),
                                        Duration.ofMillis(100)),
                        "other-work", new Durations(1, seven, seven, seven, seven)));
    }

    @Test
    void aPercentileIsADurationThatWasMeasured() {
        for (int i = 1; i <= 3; i++) {
            ran(newTask(), Duration.ofMillis(i), Optional.empty());
        }

        Durations durations = reports().durations(TimeRange.always()).get("work");

        Duration three = Duration.ofMillis(3);
        assertThat(durations).isEqualTo(new Durations(3, Duration.ofMillis(2), three, three, three));
    }

    @Test
    void aTaskThatWasDeletedIsInNoReport() {
        Task task = ran(newTask(), Duration.ofMillis(5), Optional.empty());

        tasks().delete(TaskFilter.all().id(task.id()));

        assertThat(reports().slowest(TimeRange.always(), 10)).isEmpty();
        assertThat(reports().statistics(TimeRange.always()).byStatus()).isEmpty();
    }
}
