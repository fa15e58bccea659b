package io.taskstore.jdbi;

import java.time.Instant;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.statement.SqlBatch;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/** The table of metrics. */
interface MetricSql {

    @SqlBatch(
            value = "INSERT INTO taskstore_metric (name, kind, at, value) VALUES (:name, :kind, :at, :value)",
            transactional = false)
    void record(
            @Bind("name") Iterable<String> names,
            @Bind("kind") Iterable<String> kinds,
            @Bind("at") Iterable<Instant> times,
            @Bind("value") Iterable<Double> values);

    @SqlUpdate("""
            DELETE FROM taskstore_metric
             WHERE number IN (SELECT number FROM taskstore_metric WHERE at < :before ORDER BY at LIMIT :limit)""")
    int purge(@Bind("before") Instant before, @Bind("limit") int limit);
}
