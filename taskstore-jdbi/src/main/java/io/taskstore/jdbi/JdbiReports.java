package io.taskstore.jdbi;

import io.taskstore.Check;
import io.taskstore.Execution;
import io.taskstore.LogEntry;
import io.taskstore.LogLevel;
import io.taskstore.Reports;
import io.taskstore.StatusHistory;
import io.taskstore.TaskStatus;
import io.taskstore.TimeRange;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/** Many tasks at a glance. */
final class JdbiReports implements Reports {

    private static final int MOST = 1_000;

    private final Transactions transactions;
    private final Dialect dialect;
    private final Histories histories;

    JdbiReports(Transactions transactions, Parts parts) {
        this.transactions = transactions;
        this.dialect = parts.dialect();
        this.histories = parts.histories();
    }

    @Override
    public Statistics statistics(TimeRange created) {
        Check.given("created", created);
        return transactions.readMoment(
                Call.of("statistics"),
                session -> new Statistics(
                        statuses(count(session, "status", created)),
                        count(session, "type", created),
                        count(session, "queue", created),
                        count(session, "submitted_by", created)));
    }

    private static Map<TaskStatus, Long> statuses(Map<String, Long> counts) {
        Map<TaskStatus, Long> statuses = new LinkedHashMap<>();
        counts.forEach((name, count) -> statuses.put(TaskStatus.valueOf(name), count));
        return statuses;
    }

    private static Map<String, Long> count(Session session, String column, TimeRange created) {
        Map<String, Long> counts = new LinkedHashMap<>();
        Query query = session.query("SELECT t." + column + ", count(*) FROM taskstore_task t WHERE t." + column
                + " IS NOT NULL" + range("t.created_at", created) + " GROUP BY t." + column);
        bind(query, created)
                .map((row, context) -> counts.put(row.getString(1), row.getLong(2)))
                .list();
        return counts;
    }

    private static String range(String column, TimeRange range) {
        return (range.from().isPresent() ? " AND " + column + " >= :from" : "")
                + (range.to().isPresent() ? " AND " + column + " < :to" : "");
    }

    private static Query bind(Query query, TimeRange range) {
        range.from().ifPresent(from -> query.bind("from", from));
        range.to().ifPresent(to -> query.bind("to", to));
        return query;
    }

    @Override
    public List<Execution> running(int limit) {
        Check.between("limit", 1, MOST, limit);
        return transactions.read(
                Call.of("running"),
                session -> session.query("SELECT c.task_id, " + Histories.COLUMNS + """
                           FROM taskstore_task t
                           JOIN taskstore_change c ON c.task_id = t.id AND c.seq = t.seq
                          WHERE t.status = 'RUNNING'
                          ORDER BY c.at, c.task_id
                          LIMIT :limit""")
                        .bind("limit", limit)
                        .map((row, context) ->
                                new Execution(dialect.id(row, 1), histories.change(row, 2), Optional.empty()))
                        .list());
    }

    /** The ends of runs within a range, each with its beginning, which is always the change before. */
    private static String ended(String columns, TimeRange range) {
        return "SELECT " + columns + """
                   FROM taskstore_change c
                   JOIN taskstore_change o ON o.task_id = c.task_id AND o.seq = c.seq - 1
                   JOIN taskstore_task t ON t.id = c.task_id
                  WHERE c.from_status = 'RUNNING'""" + range("c.at", range);
    }

    @Override
    public List<Execution> slowest(TimeRange ended, int limit) {
        Check.given("ended", ended);
        Check.between("limit", 1, MOST, limit);
        return transactions.readMoment(Call.of("slowest"), session -> {
            List<Run> longest = runs(session, ended).stream()
                    .sorted(Comparator.comparing(Run::duration)
                            .reversed()
                            .thenComparing(run -> run.taskId().toString())
                            .thenComparing(Run::seq))
                    .limit(limit)
                    .toList();
            return executions(session, longest);
        });
    }

    /** A run that has ended. */
    private record Run(UUID taskId, int seq, String type, Duration duration, Instant ended, boolean failed) {}

    private List<Run> runs(Session session, TimeRange ended) {
        return bind(
                        session.query(
                                ended("c.task_id, c.seq, t.type, c.ran, o.at, c.at, c.error_kind IS NOT NULL ", ended)),
                        ended)
                .map((row, context) -> {
                    long ran = row.getLong(4);
                    boolean hasRan = !row.wasNull();
                    Instant start = Objects.requireNonNull(dialect.instant(row, 5));
                    Instant end = Objects.requireNonNull(dialect.instant(row, 6));
                    Duration between = end.isBefore(start) ? Duration.ZERO : Duration.between(start, end);
                    return new Run(
                            dialect.id(row, 1),
                            row.getInt(2),
                            row.getString(3),
                            hasRan ? io.taskstore.jdbi.Durations.of(ran) : between,
                            end,
                            row.getBoolean(7));
                })
                .list();
    }

    private List<Execution> executions(Session session, List<Run> runs) {
        Map<UUID, StatusHistory> known = new HashMap<>();
        List<Execution> executions = new ArrayList<>();
        for (Run run : runs) {
            StatusHistory history = known.computeIfAbsent(
                    run.taskId(), id -> histories.of(session, id).orElseThrow());
            history.executions().stream()
                    .filter(execution -> execution
                            .closed()
                            .filter(end -> end.seq() == run.seq())
                            .isPresent())
                    .forEach(executions::add);
        }
        return executions;
    }

    @Override
    public List<Failures> failing(TimeRange ended, int limit) {
        Check.given("ended", ended);
        Check.between("limit", 1, MOST, limit);
        return transactions.readMoment(
                Call.of("failing"),
                session -> byType(runs(session, ended)).entrySet().stream()
                        .flatMap(entry -> failures(session, entry.getKey(), entry.getValue()).stream())
                        .sorted(Comparator.comparing(Failures::failed)
                                .reversed()
                                .thenComparing(Failures::type))
                        .limit(limit)
                        .toList());
    }

    private Optional<Failures> failures(Session session, String type, List<Run> runs) {
        List<Run> failed = runs.stream().filter(Run::failed).toList();
        return failed.stream()
                .max(Comparator.comparing(Run::ended)
                        .thenComparing(run -> run.taskId().toString())
                        .thenComparing(Run::seq))
                .map(last -> new Failures(
                        type,
                        failed.size(),
                        runs.size(),
                        executions(session, List.of(last)).get(0).error().orElseThrow()));
    }

    private static Map<String, List<Run>> byType(List<Run> runs) {
        return runs.stream().collect(Collectors.groupingBy(Run::type, TreeMap::new, Collectors.toList()));
    }

    @Override
    public Map<String, Durations> durations(TimeRange ended) {
        Check.given("ended", ended);
        Map<String, Durations> durations = new TreeMap<>();
        byType(transactions.readMoment(Call.of("durations"), session -> runs(session, ended)))
                .forEach((type, runs) -> durations.put(type, durations(runs)));
        return durations;
    }

    private static Durations durations(List<Run> runs) {
        List<Duration> sorted = runs.stream().map(Run::duration).sorted().toList();
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
        Check.given("taskId", taskId);
        Check.between("attempt", 0, Integer.MAX_VALUE, attempt);
        Check.given("least", least);
        Check.between("limit", 1, MOST, limit);
        return transactions.read(
                Call.of("logs", taskId),
                session -> session.query("""
                        SELECT attempt, line, at, level, message
                          FROM taskstore_log
                         WHERE task_id = :task_id
                           AND (:attempt = 0 OR attempt = :attempt)
                           AND level IN MANY (:levels)
                           AND (attempt, line) > (:after_attempt, :after_line)
                         ORDER BY attempt, line
                         LIMIT :limit""")
                        .bind("task_id", taskId)
                        .bind("attempt", attempt)
                        .bind("levels", levels(least))
                        .bind("after_attempt", after == null ? 0 : after.attempt())
                        .bind("after_line", after == null ? 0 : after.line())
                        .bind("limit", limit)
                        .map((row, context) -> new LogEntry(
                                taskId,
                                row.getInt(1),
                                row.getInt(2),
                                Objects.requireNonNull(dialect.instant(row, 3)),
                                LogLevel.valueOf(row.getString(4)),
                                row.getString(5)))
                        .list());
    }

    private static Many levels(LogLevel least) {
        return Many.enums(Arrays.stream(LogLevel.values())
                .filter(level -> level.compareTo(least) >= 0)
                .toList());
    }
}
