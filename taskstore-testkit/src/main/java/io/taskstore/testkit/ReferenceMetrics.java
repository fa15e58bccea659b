package io.taskstore.testkit;

import io.taskstore.Check;
import io.taskstore.MetricRepository;
import io.taskstore.MetricSample;
import io.taskstore.TimeRange;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The reference for {@link MetricRepository}. */
final class ReferenceMetrics implements MetricRepository {

    private final State state;

    ReferenceMetrics(State state) {
        this.state = state;
    }

    @Override
    public void record(Collection<MetricSample> samples) {
        state.transaction(() -> state.samples.addAll(samples));
    }

    @Override
    public List<Bucket> series(String name, TimeRange range, Duration bucket) {
        Check.bucket("bucket", bucket);
        return state.transaction(() -> {
            Map<Instant, List<Double>> buckets = state.samples.stream()
                    .filter(sample -> sample.name().equals(name) && range.contains(sample.at()))
                    .collect(Collectors.groupingBy(
                            sample -> start(sample.at(), bucket),
                            TreeMap::new,
                            Collectors.mapping(MetricSample::value, Collectors.toList())));
            Check.buckets("bucket", buckets.size(), bucket);
            return buckets.entrySet().stream()
                    .map(entry -> bucket(entry.getKey(), entry.getValue()))
                    .toList();
        });
    }

    private static Instant start(Instant at, Duration bucket) {
        long seconds = bucket.toSeconds();
        return Instant.ofEpochSecond(Math.floorDiv(at.getEpochSecond(), seconds) * seconds);
    }

    private static Bucket bucket(Instant start, List<Double> values) {
        double sum = values.stream().mapToDouble(Double::doubleValue).sum();
        double least = values.stream().mapToDouble(Double::doubleValue).min().orElseThrow();
        double greatest = values.stream().mapToDouble(Double::doubleValue).max().orElseThrow();
        return new Bucket(start, values.size(), sum, least, greatest);
    }

    @Override
    public long purge(Instant before) {
        return state.transaction(() -> {
            int known = state.samples.size();
            state.samples.removeIf(sample -> sample.at().isBefore(before));
            return (long) known - state.samples.size();
        });
    }
}
