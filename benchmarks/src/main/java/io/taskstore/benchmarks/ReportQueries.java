package io.taskstore.benchmarks;

import io.taskstore.Reports;
import io.taskstore.TimeRange;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The reports that are measured: of an hour, of a day, and of all time. */
final class ReportQueries {

    private static final int MOST = 20;
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofDays(1);

    private final List<Measured> queries = new ArrayList<>();

    private ReportQueries() {}

    static List<Measured> of(Reports reports) {
        ReportQueries queries = new ReportQueries();
        queries.add("running", "now", Queries.LIMIT, i -> reports.running(MOST));
        queries.ranges("statistics", range -> reports.statistics(range));
        queries.ranges("slowest", range -> reports.slowest(range, MOST));
        queries.ranges("failing", range -> reports.failing(range, MOST));
        queries.ranges("durations", range -> reports.durations(range));
        queries.ranges("waits", range -> reports.waits(range));
        queries.throughput(reports);
        return queries.queries;
    }

    private void ranges(String name, Consumer<TimeRange> report) {
        add(name, "hour", Queries.LIMIT, i -> report.accept(since(i, HOUR)));
        add(name, "day", Queries.LIMIT, i -> report.accept(since(i, DAY)));
        add(name, "always", Double.POSITIVE_INFINITY, i -> report.accept(TimeRange.always()));
    }

    private void throughput(Reports reports) {
        Duration minute = Duration.ofMinutes(1);
        add("throughput by minute", "hour", Queries.LIMIT, i -> reports.throughput(since(i, HOUR), minute));
        add("throughput by minute", "day", Queries.LIMIT, i -> reports.throughput(since(i, DAY), minute));
        TimeRange all = TimeRange.between(SkewedTasks.START, SkewedTasks.at(1).plus(DAY));
        add("throughput by hour", "always", Double.POSITIVE_INFINITY, i -> reports.throughput(all, HOUR));
    }

    private static TimeRange since(int i, Duration length) {
        return TimeRange.between(
                SkewedTasks.at(i % 97 / 100.0), SkewedTasks.at(i % 97 / 100.0).plus(length));
    }

    private void add(String name, String kind, double limit, Measured.Run run) {
        queries.add(new Measured("report " + name, kind, limit, run));
    }
}
