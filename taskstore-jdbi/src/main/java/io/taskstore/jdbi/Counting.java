package io.taskstore.jdbi;

import static java.util.stream.Collectors.joining;

import io.taskstore.Reports.Statistics;
import io.taskstore.Reports.Throughput;
import io.taskstore.TaskStatus;
import io.taskstore.TimeRange;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Counts tasks. Few are read one by one. Of many only the entries in an index are read, value by value, and nothing is read to
 * count the COMPLETED ones: all that the others are not.
 */
final class Counting {

    /** So many tasks are read one by one. */
    private static final int FEW = 5_000;

    /** So many values are looked for in an index, each behind the one before; of more, all entries are read. */
    private static final int VALUES = 1_000;

    private static final String CREATED = "taskstore_task_created";

    private final Dialect dialect;

    Counting(Dialect dialect) {
        this.dialect = dialect;
    }

    Statistics statistics(Session session, TimeRange created) {
        Bounds range = new Bounds(created);
        return isFew(session, range) ? ofRows(session, range) : ofEntries(session, range);
    }

    private static boolean isFew(Session session, Bounds range) {
        String sql = "SELECT count(*) FROM (SELECT 1 FROM " + tasks(CREATED, range) + " LIMIT :most) few";
        return range.bind(session.query(sql))
                        .bind("most", FEW + 1)
                        .mapTo(Long.class)
                        .one()
                <= FEW;
    }

    /** {@return the tasks within the range that meet the conditions, as they follow FROM} */
    private static String tasks(String index, Bounds range, String... conditions) {
        String all = Stream.concat(Stream.of(conditions), Stream.of(range.on("t.created_at", "t.id")))
                .filter(condition -> !condition.isEmpty())
                .collect(joining("\n AND "));
        return "taskstore_task t INDEXED BY " + index + (all.isEmpty() ? "" : "\n WHERE " + all);
    }

    private static Statistics ofRows(Session session, Bounds range) {
        Map<TaskStatus, Long> byStatus = new EnumMap<>(TaskStatus.class);
        List<Map<String, Long>> byText = List.of(new TreeMap<>(), new TreeMap<>(), new TreeMap<>());
        range.bind(session.query("SELECT t.status, t.type, t.queue, t.submitted_by FROM " + tasks(CREATED, range)))
                .map((row, context) -> {
                    byStatus.merge(TaskRow.Mapper.status(row.getString(1)), 1L, Long::sum);
                    for (int i = 0; i < byText.size(); i++) {
                        String value = row.getString(i + 2);
                        if (value != null) {
                            byText.get(i).merge(value, 1L, Long::sum);
                        }
                    }
                    return 1;
                })
                .forEach(one -> {});
        return new Statistics(byStatus, byText.get(0), byText.get(1), byText.get(2));
    }

    private static Statistics ofEntries(Session session, Bounds range) {
        Map<String, Long> byType = byValue(session, "t.type", "taskstore_task_type", range);
        long all = byType.values().stream().mapToLong(Long::longValue).sum();
        return new Statistics(
                byStatus(session, range, all),
                byType,
                byValue(session, "t.queue", "taskstore_task_queue", range),
                byValue(session, "t.submitted_by", "taskstore_task_submitter", range));
    }

    private static Map<TaskStatus, Long> byStatus(Session session, Bounds range, long all) {
        Map<TaskStatus, Long> counts = new EnumMap<>(TaskStatus.class);
        String notCompleted = Stream.of(TaskStatus.values())
                .filter(status -> status != TaskStatus.COMPLETED)
                .map(status -> "SELECT '" + status + "', count(*) FROM "
                        + tasks(
                                status == TaskStatus.RUNNING ? "taskstore_task_running" : "taskstore_task_status",
                                range,
                                "t.status = '" + status + "'"))
                .collect(joining(" UNION ALL "));
        count(session, notCompleted, range)
                .forEach((status, count) -> counts.put(TaskRow.Mapper.status(status), count));
        long completed =
                all - counts.values().stream().mapToLong(Long::longValue).sum();
        if (completed > 0) {
            counts.put(TaskStatus.COMPLETED, completed);
        }
        return counts;
    }

    /** {@return what the statement counts, without what there is none of} */
    private static Map<String, Long> count(Session session, String sql, Bounds range) {
        Map<String, Long> counts = new LinkedHashMap<>();
        range.bind(session.query(sql))
                .map((row, context) -> counts.put(row.getString(1), row.getLong(2)))
                .list();
        counts.values().removeIf(count -> count == 0);
        return counts;
    }

    private static Map<String, Long> byValue(Session session, String column, String index, Bounds range) {
        // one look for each value: the least, and the least of those that are greater than the one before
        String found = "WITH RECURSIVE found (value) AS (SELECT (" + least(column, index, column + " > ''")
                + ") UNION ALL SELECT (" + least(column, index, column + " > found.value")
                + ") FROM found WHERE found.value IS NOT NULL) ";
        long values = session.query(found
                        + "SELECT count(*) FROM (SELECT 1 FROM found WHERE found.value IS NOT NULL LIMIT :most) few")
                .bind("most", VALUES + 1)
                .mapTo(Long.class)
                .one();
        String each = "SELECT found.value, (SELECT count(*) FROM " + tasks(index, range, column + " = found.value")
                + ") FROM found WHERE found.value IS NOT NULL";
        String all = "SELECT " + column + ", count(*) FROM " + tasks(index, range, column + " IS NOT NULL")
                + " GROUP BY " + column;
        return count(session, values > VALUES ? all : found + each, range);
    }

    private static String least(String column, String index, String condition) {
        return "SELECT " + column + " FROM taskstore_task t INDEXED BY " + index + " WHERE " + condition + " ORDER BY "
                + column + " LIMIT 1";
    }

    /** The counts of each bucket are ranges of an index, which is less than putting every task into its bucket. */
    List<Throughput> throughput(Session session, TimeRange range, Duration bucket) {
        Instant from = range.from().orElseThrow();
        Instant to = range.to().orElseThrow();
        Instant second = start(from, bucket).plus(bucket);
        String sql = """
                WITH RECURSIVE bucket (low, high) AS (
                  SELECT :from, :second
                   UNION ALL
                  SELECT bucket.high, CASE WHEN bucket.high PLUS :length < :to THEN bucket.high PLUS :length ELSE :to END
                    FROM bucket
                   WHERE bucket.high < :to)
                SELECT bucket.low,
                       (SELECT count(*)
                          FROM taskstore_task t INDEXED BY taskstore_task_created
                         WHERE t.created_at >= bucket.low AND t.created_at < bucket.high)""" + ", " + endedAs("COMPLETED") + ", "
                + endedAs("FAILED") + ", " + endedAs("CANCELLED") + " FROM bucket ORDER BY bucket.low";
        return session
                .query(sql)
                .bind("from", from)
                .bind("second", second.isBefore(to) ? second : to)
                .bind("to", to)
                .bind("length", bucket)
                .map((row, context) -> new Throughput(
                        start(Objects.requireNonNull(dialect.instant(row, 1)), bucket),
                        row.getLong(2),
                        row.getLong(3),
                        row.getLong(4),
                        row.getLong(5)))
                .list()
                .stream()
                .filter(counts -> counts.submitted() + counts.completed() + counts.failed() + counts.cancelled() > 0)
                .toList();
    }

    private static String endedAs(String status) {
        return """
                (SELECT count(*)
                   FROM taskstore_task t INDEXED BY taskstore_task_completed
                  WHERE t.completed_at >= bucket.low AND t.completed_at < bucket.high AND t.status = '""" + status + "')";
    }

    private static Instant start(Instant at, Duration bucket) {
        long seconds = bucket.toSeconds();
        return Instant.ofEpochSecond(Math.floorDiv(at.getEpochSecond(), seconds) * seconds);
    }
}
