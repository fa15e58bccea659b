package io.taskstore.testkit;

import io.taskstore.Check;
import io.taskstore.Execution;
import io.taskstore.LogEntry;
import io.taskstore.LogLevel;
import io.taskstore.Reports;
import io.taskstore.StatusChange;
import io.taskstore.Task;
import io.taskstore.TaskStatus;
import io.taskstore.TimeRange;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The reference for {@link Reports}. */
final class ReferenceReports implements Reports {

    private static final Comparator<LogEntry> LINE_ORDER =
            Comparator.comparing(LogEntry::attempt).thenComparing(LogEntry::line);

    private final State state;

    ReferenceReports(State state) {
        this.state = state;
    }

    @Override
    public Statistics statistics(TimeRange created) {
        return state.transaction(() -> {
            List<Task> tasks = state.all().stream()
                    .map(Row::task)
                    .filter(task -> created.contains(task.createdAt()))
                    .toList();
            return new Statistics(
                    count(tasks, task -> Optional.of(task.status())),
                    count(tasks, task -> Optional.of(task.type())),
                    count(tasks, task -> Optional.of(task.queue())),
                    count(tasks, Task::submittedBy));
        });
    }

    private static <K> Map<K, Long> count(List<Task> tasks, Function<Task, Optional<K>> key) {
        return tasks.stream()
                .flatMap(task -> key.apply(task).stream())
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
    }

    @Override
    public List<Execution> running(int limit) {
        return state.transaction(() -> executions()
                .filter(run -> run.closed().isEmpty())
                .sorted(Comparator.comparing(Execution::startedAt).thenComparing(ReferenceReports::id))
                .limit(limit)
                .toList());
    }

    @Override
    public List<Execution> slowest(TimeRange ended, int limit) {
        return state.transaction(() -> executions()
                .filter(run -> run.endedAt().filter(ended::contains).isPresent())
                .filter(ReferenceReports::isKnown)
                .sorted(Comparator.comparing(ReferenceReports::duration)
                        .reversed()
                        .thenComparing(ReferenceReports::id)
                        .thenComparing(Execution::attempt))
                .limit(limit)
                .toList());
    }

    @Override
    public List<Failures> failing(TimeRange ended, int limit) {
        return state.transaction(() -> runsByType(ended).entrySet().stream()
                .flatMap(entry -> failures(entry.getKey(), entry.getValue()).stream())
                .sorted(Comparator.comparing(Failures::failed).reversed().thenComparing(Failures::type))
                .limit(limit)
                .toList());
    }

    private static Optional<Failures> failures(String type, List<Execution> runs) {
        List<Execution> failed = runs.stream()
                .filter(run -> run.error().isPresent())
                .sorted(Comparator.comparing((Execution run) -> run.endedAt().orElseThrow())
                        .thenComparing(ReferenceReports::id)
                        .thenComparing(Execution::attempt))
                .toList();
        return failed.stream()
                .reduce((earlier, later) -> later)
                .map(last -> new Failures(
                        type, failed.size(), runs.size(), last.error().orElseThrow()));
    }

    @Override
    public Map<String, Durations> durations(TimeRange ended) {
        return state.transaction(() -> {
            Map<String, Durations> durations = new TreeMap<>();
            runsByType(ended).forEach((type, runs) -> {
                List<Execution> known =
                        runs.stream().filter(ReferenceReports::isKnown).toList();
                if (!known.isEmpty()) {
                    durations.put(type, durations(known.stream(), ReferenceReports::duration));
                }
            });
            return durations;
        });
    }

    @Override
    public Map<String, Durations> waits(TimeRange ended) {
        return state.transaction(() -> {
            Map<String, List<Row>> byType = state.all().stream()
                    .filter(row -> row.status().isTerminal())
                    .filter(row -> ended.contains(row.statusHistory().last().at()))
                    .filter(row -> row.statusHistory().last().from().equals(Optional.of(TaskStatus.RUNNING)))
                    .collect(Collectors.groupingBy(row -> row.task().type()));
            Map<String, Durations> waits = new TreeMap<>();
            byType.forEach((type, rows) -> waits.put(type, durations(rows.stream(), ReferenceReports::lastWait)));
            return waits;
        });
    }

    /** The last change ended the last run, the one before began it, and the one before that made the task PENDING. */
    private static Duration lastWait(Row row) {
        List<StatusChange> changes = row.history();
        Instant start = changes.get(changes.size() - 2).at();
        Instant pending = changes.get(changes.size() - 3).at();
        Instant due = row.task()
                .runAt()
                .filter(runAt -> runAt.isAfter(pending) && !runAt.isAfter(start))
                .orElse(pending);
        return due.isAfter(start) ? Duration.ZERO : Duration.between(due, start);
    }

    @Override
    public List<Throughput> throughput(TimeRange range, Duration bucket) {
        Check.bucket("bucket", range, bucket);
        return state.transaction(() -> {
            Map<Instant, Long> submitted = starts(bucket, task -> Optional.of(task.createdAt()), range);
            Map<Instant, Long> completed = starts(bucket, task -> endedAs(TaskStatus.COMPLETED, task), range);
            Map<Instant, Long> failed = starts(bucket, task -> endedAs(TaskStatus.FAILED, task), range);
            Map<Instant, Long> cancelled = starts(bucket, task -> endedAs(TaskStatus.CANCELLED, task), range);
            return Stream.of(submitted, completed, failed, cancelled)
                    .flatMap(counts -> counts.keySet().stream())
                    .distinct()
                    .sorted()
                    .map(start -> new Throughput(
                            start,
                            submitted.getOrDefault(start, 0L),
                            completed.getOrDefault(start, 0L),
                            failed.getOrDefault(start, 0L),
                            cancelled.getOrDefault(start, 0L)))
                    .toList();
        });
    }

    private static Optional<Instant> endedAs(TaskStatus status, Task task) {
        return task.completedAt().filter(at -> task.status() == status);
    }

    /** {@return how many tasks have the time within the range, by the start of the bucket that it is in} */
    private Map<Instant, Long> starts(Duration bucket, Function<Task, Optional<Instant>> time, TimeRange range) {
        long seconds = bucket.toSeconds();
        return count(
                state.all().stream().map(Row::task).toList(),
                task -> time.apply(task)
                        .filter(range::contains)
                        .map(at -> Instant.ofEpochSecond(Math.floorDiv(at.getEpochSecond(), seconds) * seconds)));
    }

    private static <T> Durations durations(Stream<T> all, Function<T, Duration> duration) {
        List<Duration> sorted = all.map(duration).sorted().toList();
        return new Durations(
                sorted.size(),
                percentile(sorted, 0.50),
                percentile(sorted, 0.95),
                percentile(sorted, 0.99),
                percentile(sorted, 1));
    }

    /** {@return the least of the values that so large a share of them does not exceed} */
    private static Duration percentile(List<Duration> sorted, double share) {
        return sorted.get((int) Math.ceil(share * sorted.size()) - 1);
    }

    @Override
    public List<LogEntry> logs(
            UUID taskId, int attempt, LogLevel least, TimeRange logged, @Nullable LogEntry after, int limit) {
        return state.transaction(() -> state.logs.stream()
                .filter(line -> line.taskId().equals(taskId))
                .filter(line -> attempt == 0 || line.attempt() == attempt)
                .filter(line -> line.level().compareTo(least) >= 0)
                .filter(line -> logged.contains(line.at()))
                .filter(line -> after == null || LINE_ORDER.compare(line, after) > 0)
                .sorted(LINE_ORDER)
                .limit(limit)
                .toList());
    }

    private Map<String, List<Execution>> runsByType(TimeRange ended) {
        return executions()
                .filter(run -> run.endedAt().filter(ended::contains).isPresent())
                .collect(Collectors.groupingBy(
                        run -> state.find(run.taskId()).orElseThrow().task().type()));
    }

    private Stream<Execution> executions() {
        return state.all().stream().flatMap(row -> row.statusHistory().executions().stream());
    }

    /** {@return whether it is known how long it ran: a handler timed it, or the host drove it} */
    private static boolean isKnown(Execution run) {
        return run.closed()
                .filter(end -> end.ran().isPresent() || end.worker().isEmpty())
                .isPresent();
    }

    private static Duration duration(Execution run) {
        return run.duration().orElseThrow();
    }

    private static String id(Execution run) {
        return run.taskId().toString();
    }
}
