package io.taskstore.testkit;

import static io.taskstore.testkit.Fixtures.OTHER_WORK;
import static io.taskstore.testkit.Fixtures.newTask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.taskstore.Execution;
import io.taskstore.LogEntry;
import io.taskstore.LogLevel;
import io.taskstore.MetricRepository;
import io.taskstore.MetricRepository.Bucket;
import io.taskstore.MetricSample;
import io.taskstore.NewTask;
import io.taskstore.Progress;
import io.taskstore.Reports;
import io.taskstore.Reports.Durations;
import io.taskstore.Reports.Failures;
import io.taskstore.Reports.Statistics;
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
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What is written down beside tasks, and what is read from many of them: logs, progress, reports, metrics. */
abstract class RecordsContract extends PortContract {

    RecordsContract(StorageContract contract) {
        super(contract);
    }

    private Reports reports() {
        return storage().reports();
    }

    private MetricRepository metrics() {
        return storage().metrics();
    }

    private LogEntry line(Task task, int attempt, int line, LogLevel level) {
        return new LogEntry(task.id(), attempt, line, clock.instant(), level, "line " + attempt + "." + line);
    }

    @Test
    void linesOfALogComeInTheOrderOfRunsAndLines() {
        Task task = create();
        LogEntry first = line(task, 1, 1, LogLevel.INFO);
        LogEntry second = line(task, 1, 2, LogLevel.DEBUG);
        LogEntry third = line(task, 2, 1, LogLevel.ERROR);

        storage().runLog().append(List.of(third));
        storage().runLog().append(List.of(second, first));

        assertThat(reports().logs(task.id(), 0, LogLevel.DEBUG, null, 100)).containsExactly(first, second, third);
    }

    @Test
    void aLogIsReadByRunAndLevelAndInParts() {
        Task task = create();
        LogEntry debug = line(task, 1, 1, LogLevel.DEBUG);
        LogEntry info = line(task, 1, 2, LogLevel.INFO);
        LogEntry warn = line(task, 2, 1, LogLevel.WARN);
        LogEntry error = line(task, 2, 2, LogLevel.ERROR);
        storage().runLog().append(List.of(debug, info, warn, error));

        assertThat(reports().logs(task.id(), 2, LogLevel.DEBUG, null, 100)).containsExactly(warn, error);
        assertThat(reports().logs(task.id(), 0, LogLevel.WARN, null, 100)).containsExactly(warn, error);
        assertThat(reports().logs(task.id(), 0, LogLevel.DEBUG, null, 2)).containsExactly(debug, info);
        assertThat(reports().logs(task.id(), 0, LogLevel.DEBUG, info, 2)).containsExactly(warn, error);
        assertThat(reports().logs(task.id(), 0, LogLevel.DEBUG, error, 2)).isEmpty();
        assertThat(reports().logs(UUID.randomUUID(), 0, LogLevel.DEBUG, null, 2))
                .isEmpty();
    }

    @Test
    void aLineThatIsThereStaysAsItIs() {
        Task task = create();
        LogEntry first = line(task, 1, 1, LogLevel.INFO);
        storage().runLog().append(List.of(first));

        storage()
                .runLog()
                .append(List.of(
                        new LogEntry(task.id(), 1, 1, clock.instant(), LogLevel.ERROR, "other"),
                        line(task, 1, 2, LogLevel.INFO)));

        assertThat(reports().logs(task.id(), 0, LogLevel.DEBUG, null, 100))
                .extracting(LogEntry::message)
                .containsExactly("line 1.1", "line 1.2");
    }

    @Test
    void linesOfATaskThatIsGoneAreLeftOut() {
        Task gone = create();
        Task there = create();
        tasks().delete(TaskFilter.all().id(gone.id()));

        storage().runLog().append(List.of(line(gone, 1, 1, LogLevel.INFO), line(there, 1, 1, LogLevel.INFO)));

        assertThat(reports().logs(gone.id(), 0, LogLevel.DEBUG, null, 100)).isEmpty();
        assertThat(reports().logs(there.id(), 0, LogLevel.DEBUG, null, 100)).hasSize(1);
    }

    @Test
    void theLastProgressWinsAndChangesNothingElse() {
        Task running = claim(worker(), create());

        storage().runLog().progress(Map.of(Claim.of(running), new Progress(10, "begun")));
        assertThat(storage().runLog().progress(Map.of(Claim.of(running), new Progress(60, "going on"))))
                .isEmpty();

        Task after = read(running.id());
        assertThat(after.progress()).contains(new Progress(60, "going on"));
        assertThat(after).usingRecursiveComparison().ignoringFields("progress").isEqualTo(running);
        assertThat(history(running.id()).changes()).hasSize(2);
    }

    @Test
    void progressOfALostClaimIsRefusedAndNamed() {
        WorkerId dead = worker();
        Task lost = claim(dead, create());
        Task held = claim(worker(), create());
        kill(dead);
        claims().recover();
        Task again = claim(worker(), read(lost.id()));

        assertThat(storage()
                        .runLog()
                        .progress(Map.of(
                                Claim.of(lost), new Progress(99, ""),
                                Claim.of(held), new Progress(50, ""))))
                .containsExactly(Claim.of(lost));

        assertThat(read(again.id()).progress()).isEmpty();
        assertThat(read(held.id()).progress()).contains(new Progress(50, ""));
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

    @Test
    void anEmptyStorageHasEmptyReports() {
        Statistics nothing = new Statistics(Map.of(), Map.of(), Map.of(), Map.of());
        assertThat(reports().statistics(TimeRange.always())).isEqualTo(nothing);
        assertThat(reports().running(10)).isEmpty();
        assertThat(reports().slowest(TimeRange.always(), 10)).isEmpty();
        assertThat(reports().failing(TimeRange.always(), 10)).isEmpty();
        assertThat(reports().durations(TimeRange.always())).isEmpty();
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

    private static MetricSample sample(String name, String at, double value) {
        return new MetricSample(name, MetricSample.Kind.GAUGE, Instant.parse(at), value);
    }

    @Test
    void samplesArePutTogetherInBucketsThatBeginAtWholeMultiples() {
        metrics()
                .record(List.of(
                        sample("depth", "2026-01-15T09:00:59.999999Z", 4),
                        sample("depth", "2026-01-15T09:00:00Z", 2),
                        sample("depth", "2026-01-15T09:03:00Z", -1.5),
                        sample("other", "2026-01-15T09:00:00Z", 99)));

        List<Bucket> series = metrics().series("depth", TimeRange.always(), Duration.ofMinutes(1));

        assertThat(series)
                .containsExactly(
                        new Bucket(Instant.parse("2026-01-15T09:00:00Z"), 2, 6, 2, 4),
                        new Bucket(Instant.parse("2026-01-15T09:03:00Z"), 1, -1.5, -1.5, -1.5));
        assertThat(series.get(0).mean()).isCloseTo(3, within(1e-9));
    }

    @Test
    void samplesFromBefore1970FallIntoTheirBucketsToo() {
        metrics().record(List.of(sample("depth", "1969-12-31T23:59:59.5Z", 1)));

        assertThat(metrics().series("depth", TimeRange.always(), Duration.ofSeconds(10)))
                .extracting(Bucket::start)
                .containsExactly(Instant.parse("1969-12-31T23:59:50Z"));
    }

    @Test
    void aSeriesHasOnlySamplesWithinTheRange() {
        metrics()
                .record(List.of(
                        sample("depth", "2026-01-15T09:00:00Z", 1),
                        sample("depth", "2026-01-15T09:00:01Z", 2),
                        sample("depth", "2026-01-15T09:00:02Z", 4)));
        TimeRange range =
                TimeRange.between(Instant.parse("2026-01-15T09:00:01Z"), Instant.parse("2026-01-15T09:00:02Z"));

        assertThat(metrics().series("depth", range, Duration.ofMinutes(1)))
                .containsExactly(new Bucket(Instant.parse("2026-01-15T09:00:00Z"), 1, 2, 2, 2));
        assertThat(metrics().series("unknown", range, Duration.ofMinutes(1))).isEmpty();
    }

    @Test
    void aPurgeOfSamplesLeavesThoseFromTheInstantOn() {
        metrics()
                .record(List.of(
                        sample("depth", "2026-01-15T09:00:00Z", 1), sample("depth", "2026-01-15T09:00:01Z", 2)));

        assertThat(metrics().purge(Instant.parse("2026-01-15T09:00:01Z"))).isEqualTo(1);

        assertThat(metrics().series("depth", TimeRange.always(), Duration.ofSeconds(1)))
                .extracting(Bucket::sum)
                .containsExactly(2.0);
    }
}
