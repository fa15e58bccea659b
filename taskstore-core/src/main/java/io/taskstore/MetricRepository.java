package io.taskstore;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;

/** The port through which the engine's metrics are kept in the storage and read back. */
public interface MetricRepository {

    /** Stores the samples in one transaction. */
    void record(Collection<MetricSample> samples);

    /**
     * {@return the samples of a metric within the range, put together in buckets; buckets without a sample are left out}
     *
     * @param bucket the length of each bucket, in whole seconds; the first begins at a whole multiple of it since 1970
     * @throws InvalidInputException if the bucket is no such length, or there are samples in more than 10,000 of them
     */
    List<Bucket> series(String name, TimeRange range, Duration bucket);

    /** Deletes the samples from before the instant, in small steps that keep nobody waiting, and answers with their number. */
    long purge(Instant before);

    /**
     * The samples of a metric in a span of time.
     *
     * @param start where the span begins
     * @param count how many samples there are, at least 1
     * @param sum their sum
     * @param least the least of them
     * @param greatest the greatest of them
     */
    record Bucket(Instant start, long count, double sum, double least, double greatest) {

        /** Checks the numbers. */
        public Bucket {
            start = Check.instant("Bucket.start", start);
            Check.between("Bucket.count", 1, Long.MAX_VALUE, count);
        }

        /** {@return the mean of the samples} */
        public double mean() {
            return sum / count;
        }
    }
}
