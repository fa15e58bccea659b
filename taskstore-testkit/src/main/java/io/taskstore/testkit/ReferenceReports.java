package io.taskstore.testkit;

import io.taskstore.Execution;
import io.taskstore.LogEntry;
import io.taskstore.LogLevel;
import io.taskstore.Reports;
import io.taskstore.Task;
import io.taskstore.TimeRange;
import java.time.Duration;
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
            runsByType(ended).forEach((type, runs) -> durations.put(type, durations(runs)));
            return durations;
        });
    }

    private static Durations durations(List<Execution> runs) {
        List<Duration> sorted =
                runs.stream().map(ReferenceReports::duration).sorted().toList();
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
    public List<LogEntry> logs(UUID taskId, int attempt, LogLevel least, @Nullable LogEntry after, int limit) {
        return state.transaction(() -> state.logs.stream()
                .filter(line -> line.taskId().equals(taskId))
                .filter(line -> attempt == 0 || line.attempt() == attempt)
                .filter(line -> line.level().compareTo(least) >= 0)
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

    private static Duration duration(Execution run) {
        return run.duration().orElseThrow();
    }

    private static String id(Execution run) {
        return run.taskId().toString();
    }
}
