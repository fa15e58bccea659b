package io.taskstore.jdbi;

import io.taskstore.Check;
import io.taskstore.Execution;
import io.taskstore.LogEntry;
import io.taskstore.LogLevel;
import io.taskstore.Reports;
import io.taskstore.TimeRange;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Many tasks at a glance. */
final class JdbiReports implements Reports {

    private static final int MOST = 1_000;

    private final Transactions transactions;
    private final Dialect dialect;
    private final Histories histories;
    private final Counting counting;
    private final EndedRuns runs;

    JdbiReports(Transactions transactions, Parts parts) {
        this.transactions = transactions;
        this.dialect = parts.dialect();
        this.histories = parts.histories();
        this.counting = new Counting(dialect);
        this.runs = new EndedRuns(dialect, histories);
    }

    @Override
    public Statistics statistics(TimeRange created) {
        Check.given("created", created);
        return transactions.readMoment(Call.of("statistics"), session -> counting.statistics(session, created));
    }

    @Override
    public List<Throughput> throughput(TimeRange range, Duration bucket) {
        Check.given("range", range);
        Check.bucket("bucket", range, bucket);
        return transactions.read(Call.of("throughput"), session -> counting.throughput(session, range, bucket));
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

    @Override
    public List<Execution> slowest(TimeRange ended, int limit) {
        Check.given("ended", ended);
        Check.between("limit", 1, MOST, limit);
        return transactions.read(Call.of("slowest"), session -> runs.slowest(session, ended, limit));
    }

    @Override
    public List<Failures> failing(TimeRange ended, int limit) {
        Check.given("ended", ended);
        Check.between("limit", 1, MOST, limit);
        return transactions.read(Call.of("failing"), session -> runs.failing(session, ended, limit));
    }

    @Override
    public Map<String, Durations> durations(TimeRange ended) {
        Check.given("ended", ended);
        return transactions.read(Call.of("durations"), session -> runs.durations(session, ended));
    }

    @Override
    public Map<String, Durations> waits(TimeRange ended) {
        Check.given("ended", ended);
        return transactions.read(Call.of("waits"), session -> runs.waits(session, ended));
    }

    @Override
    public List<LogEntry> logs(
            UUID taskId, int attempt, LogLevel least, TimeRange logged, @Nullable LogEntry after, int limit) {
        Check.given("taskId", taskId);
        Check.between("attempt", 0, Integer.MAX_VALUE, attempt);
        Check.given("least", least);
        Check.given("logged", logged);
        Check.between("limit", 1, MOST, limit);
        Bounds range = new Bounds(logged);
        return transactions.read(
                Call.of("logs", taskId),
                session -> range.bind(
                                session.query("""
                        SELECT attempt, line, at, level, message
                          FROM taskstore_log
                         WHERE task_id = :task_id
                           AND (:attempt = 0 OR attempt = :attempt)
                           AND level IN MANY (:levels)
                           AND (attempt, line) > (:after_attempt, :after_line)""" + (range.isEmpty() ? "" : " AND " + range.on("at", "line")) + """

                         ORDER BY attempt, line
                         LIMIT :limit"""))
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
