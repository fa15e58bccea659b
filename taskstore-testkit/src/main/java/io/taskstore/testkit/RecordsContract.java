package io.taskstore.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import io.taskstore.InvalidInputException;
import io.taskstore.LogEntry;
import io.taskstore.LogLevel;
import io.taskstore.MetricRepository;
import io.taskstore.MetricRepository.Bucket;
import io.taskstore.MetricSample;
import io.taskstore.Progress;
import io.taskstore.Reports;
import io.taskstore.Task;
import io.taskstore.TaskFilter;
import io.taskstore.TimeRange;
import io.taskstore.WorkerId;
import io.taskstore.spi.Claim;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is written down beside tasks: logs, progress, metrics. */
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
    void aLogIsReadByTimeTooItsStartWithinAndItsEndWithout() {
        Task task = create();
        LogEntry before = line(task, 1, 1, LogLevel.INFO);
        clock.advance(Duration.ofSeconds(1));
        LogEntry first = line(task, 1, 2, LogLevel.INFO);
        clock.advance(Duration.ofSeconds(1));
        LogEntry last = line(task, 2, 1, LogLevel.WARN);
        clock.advance(Duration.ofSeconds(1));
        LogEntry after = line(task, 2, 2, LogLevel.INFO);
        storage().runLog().append(List.of(before, first, last, after));

        assertThat(logged(task, TimeRange.between(first.at(), after.at()), null))
                .containsExactly(first, last);
        assertThat(logged(task, TimeRange.since(first.at()), first)).containsExactly(last, after);
        assertThat(logged(task, TimeRange.before(first.at()), null)).containsExactly(before);
        assertThat(logged(task, TimeRange.always(), null)).containsExactly(before, first, last, after);
    }

    private List<LogEntry> logged(Task task, TimeRange range, @Nullable LogEntry seen) {
        return reports().logs(task.id(), 0, LogLevel.DEBUG, range, seen, 100);
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
    void aSeriesHasBucketsOfWholeSecondsAndNotTooManyOfThem() {
        Instant begin = Instant.parse("2026-01-15T09:00:00Z");
        metrics()
                .record(IntStream.rangeClosed(0, 10_000)
                        .mapToObj(i -> sample("depth", begin.plusSeconds(i).toString(), i))
                        .toList());

        for (Duration bucket : List.of(Duration.ofMillis(1_500), Duration.ofMillis(999), Duration.ofSeconds(1))) {
            assertThatThrownBy(() -> metrics().series("depth", TimeRange.always(), bucket))
                    .isInstanceOf(InvalidInputException.class);
        }
        assertThat(metrics().series("depth", TimeRange.since(begin.plusSeconds(1)), Duration.ofSeconds(1)))
                .hasSize(10_000);
    }

    @Test
    void bucketsBeginAtWholeMultiplesOfTheirLengthSince1970AndBeforeIt() {
        metrics()
                .record(List.of(
                        sample("depth", "1969-12-31T23:59:58.5Z", 1),
                        sample("depth", "1969-12-31T23:59:59.999999Z", 2),
                        sample("depth", "1970-01-01T00:00:00Z", 4),
                        sample("depth", "1970-01-01T00:00:06.999999Z", 8),
                        sample("depth", "1970-01-01T00:00:07Z", 16)));

        assertThat(metrics().series("depth", TimeRange.always(), Duration.ofSeconds(7)))
                .extracting(bucket -> bucket.start().getEpochSecond(), Bucket::sum)
                .containsExactly(tuple(-7L, 3.0), tuple(0L, 12.0), tuple(7L, 16.0));
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
