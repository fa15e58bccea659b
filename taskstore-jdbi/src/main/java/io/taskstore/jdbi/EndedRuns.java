package io.taskstore.jdbi;

import io.taskstore.Execution;
import io.taskstore.Reports;
import io.taskstore.Reports.Failures;
import io.taskstore.TaskError;
import io.taskstore.TimeRange;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jdbi.v3.core.statement.Query;

/**
 * What is told of the runs that ended within a range. The database sorts and counts them; what comes out is as small as the
 * answer.
 */
final class EndedRuns {

    /** How long a run took. Only for those that no handler timed is the change before looked up, which is their beginning. */
    private static final String TOOK = """
            coalesce(c.ran, (SELECT c.at SINCE o.at
                               FROM taskstore_change o
                              WHERE o.task_id = c.task_id AND o.seq = c.seq - 1))""";

    /** When the task became PENDING for the run: when it was created, if that was the change before the run. */
    private static final String PENDING_AT = """
            CASE WHEN c.seq = 3 THEN t.created_at
                 ELSE (SELECT b.at FROM taskstore_change b WHERE b.task_id = c.task_id AND b.seq = c.seq - 2) END""";

    private final Dialect dialect;
    private final Histories histories;

    EndedRuns(Dialect dialect, Histories histories) {
        this.dialect = dialect;
        this.histories = histories;
    }

    /** Whether it is known how long a run took: a handler timed it, or the host drove it. */
    private static final String IS_KNOWN = " AND (c.ran IS NOT NULL OR c.worker IS NULL)";

    /** {@return the changes that ended runs within the range, as they follow FROM} */
    private static String ended(String joins, Bounds range) {
        return " taskstore_change c INDEXED BY taskstore_change_run " + joins + " WHERE c.from_status = 'RUNNING'"
                + (range.isEmpty() ? "" : " AND " + range.on("c.at", "c.task_id"));
    }

    List<Execution> slowest(Session session, TimeRange ended, int limit) {
        Bounds range = new Bounds(ended);
        String sql = "WITH longest AS (SELECT c.task_id, c.seq, " + TOOK + " AS took FROM " + ended("", range)
                + IS_KNOWN + """
                   ORDER BY took DESC, c.task_id, c.seq
                   LIMIT :limit)
                SELECT c.task_id,"""
                + " " + Histories.columns("o") + ", " + Histories.COLUMNS + """
                  FROM longest l
                  JOIN taskstore_change c ON c.task_id = l.task_id AND c.seq = l.seq
                  JOIN taskstore_change o ON o.task_id = l.task_id AND o.seq = l.seq - 1
                 ORDER BY l.took DESC, l.task_id, l.seq""";
        return range.bind(session.query(sql))
                .bind("limit", limit)
                .map((row, context) -> new Execution(
                        dialect.id(row, 1),
                        histories.change(row, 2),
                        Optional.of(histories.change(row, 2 + Histories.WIDTH))))
                .list();
    }

    /** The last failure of a type is looked up by its time, at which there are no more than one settlement ended. */
    List<Failures> failing(Session session, TimeRange ended, int limit) {
        Bounds range = new Bounds(ended);
        String sql = """
                WITH failing AS (
                  SELECT t.type, count(c.error_kind) AS failed, count(*) AS runs,
                         max(CASE WHEN c.error_kind IS NOT NULL THEN c.at END) AS last_at
                    FROM""" + ended("JOIN taskstore_task t ON t.id = c.task_id", range) + """
                   GROUP BY t.type
                  HAVING count(c.error_kind) > 0
                   ORDER BY failed DESC, t.type
                   LIMIT :limit),
                ranked AS (
                  SELECT f.type, f.failed, f.runs, c.error_kind, c.error_message,
                         row_number() OVER (PARTITION BY f.type ORDER BY c.task_id DESC, c.seq DESC) AS place
                    FROM failing f
                    JOIN taskstore_change c INDEXED BY taskstore_change_run ON c.at = f.last_at
                    JOIN taskstore_task t ON t.id = c.task_id AND t.type = f.type
                   WHERE c.from_status = 'RUNNING' AND c.error_kind IS NOT NULL)
                SELECT type, failed, runs, error_kind, error_message
                  FROM ranked
                 WHERE place = 1
                 ORDER BY failed DESC, type""";
        return range.bind(session.query(sql))
                .bind("limit", limit)
                .map((row, context) -> new Failures(
                        row.getString(1),
                        row.getLong(2),
                        row.getLong(3),
                        new TaskError(row.getString(4), Objects.requireNonNullElse(row.getString(5), ""))))
                .list();
    }

    Map<String, Reports.Durations> durations(Session session, TimeRange ended) {
        Bounds range = new Bounds(ended);
        return percentiles(
                range,
                session,
                "SELECT t.type, " + TOOK + " AS lasted FROM" + ended("JOIN taskstore_task t ON t.id = c.task_id", range)
                        + IS_KNOWN);
    }

    /**
     * The last change of a task that has ended is the end of its last run, unless it was cancelled before another. The task
     * itself tells when that run was claimed, and the time to run at that it waited for.
     */
    Map<String, Reports.Durations> waits(Session session, TimeRange ended) {
        Bounds range = new Bounds(ended);
        String waited = """
                SELECT type,
                       CASE WHEN run_at > pending_at AND run_at <= started_at THEN started_at SINCE run_at
                            ELSE started_at SINCE pending_at END AS lasted
                  FROM (SELECT t.type, t.run_at, t.started_at,""" + " " + PENDING_AT + " AS pending_at FROM"
                + ended("JOIN taskstore_task t ON t.id = c.task_id AND t.seq = c.seq", range)
                + " AND t.status IN ('COMPLETED', 'FAILED', 'CANCELLED')) waiting";
        return percentiles(range, session, waited);
    }

    /** A percentile is the least of the values that so large a share of them does not exceed. */
    private static Map<String, Reports.Durations> percentiles(Bounds range, Session session, String values) {
        String sql = """
                SELECT type, count(*),
                       min(CASE WHEN share >= 0.50 THEN lasted END),
                       min(CASE WHEN share >= 0.95 THEN lasted END),
                       min(CASE WHEN share >= 0.99 THEN lasted END),
                       max(lasted)
                  FROM (SELECT type, lasted, cume_dist() OVER (PARTITION BY type ORDER BY lasted) AS share
                          FROM (""" + values + """
                        ) lasting) shares
                 GROUP BY type
                 ORDER BY type""";
        Map<String, Reports.Durations> byType = new LinkedHashMap<>();
        Query query = range.bind(session.query(sql));
        query.map((row, context) -> byType.put(
                        row.getString(1),
                        new Reports.Durations(
                                row.getLong(2),
                                Durations.of(row.getLong(3)),
                                Durations.of(row.getLong(4)),
                                Durations.of(row.getLong(5)),
                                Durations.of(row.getLong(6)))))
                .list();
        return byType;
    }
}
