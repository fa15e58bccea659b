package io.taskstore.jdbi;

import io.taskstore.Check;
import io.taskstore.MetricRepository;
import io.taskstore.MetricSample;
import io.taskstore.TimeRange;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jdbi.v3.core.statement.Query;

/** The metrics that were kept. */
final class JdbiMetrics implements MetricRepository {

    /** How many samples one statement deletes at most. */
    private static final int CHUNK = 1_000;

    private final Transactions transactions;
    private final Dialect dialect;

    JdbiMetrics(Transactions transactions, Dialect dialect) {
        this.transactions = transactions;
        this.dialect = dialect;
    }

    @Override
    public void record(Collection<MetricSample> samples) {
        List<MetricSample> all = new ArrayList<>();
        Check.given("samples", samples).forEach(sample -> all.add(Check.given("samples member", sample)));
        transactions.write(Call.of("record metrics"), session -> {
            if (!all.isEmpty()) {
                session.handle()
                        .attach(MetricSql.class)
                        .record(
                                all.stream().map(MetricSample::name).toList(),
                                all.stream().map(sample -> sample.kind().name()).toList(),
                                all.stream().map(MetricSample::at).toList(),
                                all.stream().map(MetricSample::value).toList());
            }
            return all.size();
        });
    }

    /** Sums up the samples of a bucket. */
    private static final class Sum {
        private long count;
        private double sum;
        private double least = Double.POSITIVE_INFINITY;
        private double greatest = Double.NEGATIVE_INFINITY;

        void add(double value) {
            count++;
            sum += value;
            least = Math.min(least, value);
            greatest = Math.max(greatest, value);
        }
    }

    @Override
    public List<Bucket> series(String name, TimeRange range, Duration bucket) {
        Check.name("name", name);
        Check.given("range", range);
        Check.bucket("bucket", bucket);
        Map<Instant, Sum> sums = new TreeMap<>();
        String sql = "SELECT at, value FROM taskstore_metric WHERE name = :name"
                + (range.from().isPresent() ? " AND at >= :from" : "")
                + (range.to().isPresent() ? " AND at < :to" : "")
                + " ORDER BY number";
        transactions.read(Call.of("series"), session -> {
            Query query = session.query(sql).bind("name", name);
            range.from().ifPresent(from -> query.bind("from", from));
            range.to().ifPresent(to -> query.bind("to", to));
            sums.clear();
            query.map((row, context) -> {
                        Instant start = start(Objects.requireNonNull(dialect.instant(row, 1)), bucket);
                        sums.computeIfAbsent(start, any -> new Sum()).add(row.getDouble(2));
                        Check.buckets("bucket", sums.size(), bucket);
                        return start;
                    })
                    .forEach(start -> {});
            return sums.size();
        });
        return sums.entrySet().stream()
                .map(entry -> new Bucket(
                        entry.getKey(),
                        entry.getValue().count,
                        entry.getValue().sum,
                        entry.getValue().least,
                        entry.getValue().greatest))
                .toList();
    }

    private static Instant start(Instant at, Duration bucket) {
        long seconds = bucket.toSeconds();
        return Instant.ofEpochSecond(Math.floorDiv(at.getEpochSecond(), seconds) * seconds);
    }

    @Override
    public long purge(Instant before) {
        Check.instant("before", before);
        long count = 0;
        int deleted;
        do {
            deleted = transactions.write(
                    Call.of("purge metrics"),
                    session -> session.handle().attach(MetricSql.class).purge(before, CHUNK));
            count += deleted;
        } while (deleted == CHUNK);
        return count;
    }
}
