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
import org.jdbi.v3.core.statement.Query;

/** The metrics that were kept. */
final class JdbiMetrics implements MetricRepository {

    /** How many samples one statement deletes at most. */
    private static final int CHUNK = 1_000;

    private static final int MOST_BUCKETS = 10_000;

    private final Transactions transactions;

    JdbiMetrics(Transactions transactions) {
        this.transactions = transactions;
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

    @Override
    public List<Bucket> series(String name, TimeRange range, Duration bucket) {
        Check.name("name", name);
        Check.given("range", range);
        Check.bucket("bucket", bucket);
        long seconds = bucket.toSeconds();
        String sql = "SELECT at IN BUCKETS OF :seconds AS bucket, count(*), sum(value), min(value), max(value)"
                + " FROM taskstore_metric WHERE name = :name"
                + (range.from().isPresent() ? " AND at >= :from" : "")
                + (range.to().isPresent() ? " AND at < :to" : "")
                + " GROUP BY bucket ORDER BY bucket LIMIT :limit";
        return transactions.read(Call.of("series"), session -> {
            Query query = session.query(sql)
                    .bind("name", name)
                    .bind("seconds", seconds)
                    .bind("limit", MOST_BUCKETS + 1);
            range.from().ifPresent(from -> query.bind("from", from));
            range.to().ifPresent(to -> query.bind("to", to));
            List<Bucket> buckets = query.map((row, context) -> new Bucket(
                            Instant.ofEpochSecond(row.getLong(1) * seconds),
                            row.getLong(2),
                            row.getDouble(3),
                            row.getDouble(4),
                            row.getDouble(5)))
                    .list();
            Check.buckets("bucket", buckets.size(), bucket);
            return buckets;
        });
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
