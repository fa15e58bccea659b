package io.taskstore;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The port through which callers see many tasks at a glance. Its answers are read in one moment each, and are empty rather
 * than missing where there is nothing to tell.
 */
public interface Reports {

    /** {@return how many tasks there are, by status, type, queue and submitter, among those stored within the range} */
    Statistics statistics(TimeRange created);

    /** {@return the runs going on now, the longest first, at most so many, 1 to 1,000} */
    List<Execution> running(int limit);

    /**
     * {@return the runs that ended within the range, the longest first, at most so many, 1 to 1,000} Those that a worker began and no
     * handler ended, for the process died or the task was given back, are left out: nobody knows how long they ran.
     */
    List<Execution> slowest(TimeRange ended, int limit);

    /** {@return the types whose runs failed within the range, most failures first, at most so many, 1 to 1,000} */
    List<Failures> failing(TimeRange ended, int limit);

    /**
     * {@return how long the runs of each type took that ended within the range, by the name of the type} The same are left out as of
     * {@link #slowest}.
     */
    Map<String, Durations> durations(TimeRange ended);

    /**
     * {@return how long tasks of each type waited for the run that ended them, of those that ended within the range, by the name
     * of the type}
     *
     * <p>Each task counts once, with its last run. It was due when it had become PENDING for that run, by being submitted,
     * unblocked, tried again, given back, recovered or requeued, or when its time to run at had come, whichever was later; the
     * wait is the time from then to the start of the run, and never below zero. A task that was handed over to an idle worker
     * waited for nothing. What came before, earlier tries and the waits for them, is not in it. A task that ended without a
     * run, for it was cancelled before, is left out, and so is one that was requeued and has not ended since.
     */
    Map<String, Durations> waits(TimeRange ended);

    /**
     * {@return how many tasks were submitted and how many ended, in buckets of time, the earliest first; buckets in which
     * neither happened are left out} Tasks count as they are now: one that was requeued has not ended before it ends again, and
     * one that was deleted has never been.
     *
     * @param range from when to when; both must be given
     * @param bucket the length of each bucket, whole seconds and at least one; the first begins at a whole multiple of it since
     *     1970; at most 10,000 of them may reach into the range
     */
    List<Throughput> throughput(TimeRange range, Duration bucket);

    /**
     * {@return the lines that runs of the task logged within the range, in the order of runs and lines}
     *
     * @param attempt the run; 0 for all
     * @param least the least level
     * @param logged when they were logged
     * @param after the last line seen, null to begin with the first
     * @param limit how many at most, 1 to 1,000
     */
    List<LogEntry> logs(
            UUID taskId, int attempt, LogLevel least, TimeRange logged, @Nullable LogEntry after, int limit);

    /** {@return the lines that runs of the task logged at any time, as {@link #logs(UUID, int, LogLevel, TimeRange, LogEntry, int)}} */
    default List<LogEntry> logs(UUID taskId, int attempt, LogLevel least, @Nullable LogEntry after, int limit) {
        return logs(taskId, attempt, least, TimeRange.always(), after, limit);
    }

    /**
     * How many tasks there are.
     *
     * @param byStatus in each status
     * @param byType of each type
     * @param byQueue in each queue
     * @param bySubmitter by each who submitted some; tasks without a submitter are left out
     */
    record Statistics(
            Map<TaskStatus, Long> byStatus,
            Map<String, Long> byType,
            Map<String, Long> byQueue,
            Map<String, Long> bySubmitter) {

        /** Copies the maps. */
        public Statistics {
            byStatus = Check.entries("Statistics.byStatus", byStatus);
            byType = Check.entries("Statistics.byType", byType);
            byQueue = Check.entries("Statistics.byQueue", byQueue);
            bySubmitter = Check.entries("Statistics.bySubmitter", bySubmitter);
        }
    }

    /**
     * How often the runs of a type failed.
     *
     * @param type the name of the type
     * @param failed how many runs ended with an error
     * @param runs how many runs ended in all
     * @param last the error of the last that failed
     */
    record Failures(String type, long failed, long runs, TaskError last) {

        /** Checks the numbers. */
        public Failures {
            Check.name("Failures.type", type);
            Check.between("Failures.failed", 1, Long.MAX_VALUE, failed);
            Check.between("Failures.runs", failed, Long.MAX_VALUE, runs);
            Check.given("Failures.last", last);
        }
    }

    /**
     * How long runs took, or how long tasks waited for them.
     *
     * @param runs how many runs there were, at least 1
     * @param p50 the duration that half of them did not exceed
     * @param p95 the duration that 95 % of them did not exceed
     * @param p99 the duration that 99 % of them did not exceed
     * @param longest the longest
     */
    record Durations(long runs, Duration p50, Duration p95, Duration p99, Duration longest) {

        /** Checks the numbers. */
        public Durations {
            Check.between("Durations.runs", 1, Long.MAX_VALUE, runs);
            Check.given("Durations.p50", p50);
            Check.given("Durations.p95", p95);
            Check.given("Durations.p99", p99);
            Check.given("Durations.longest", longest);
        }
    }

    /**
     * How many tasks came and went in a span of time.
     *
     * @param start where the span begins
     * @param submitted how many were submitted
     * @param completed how many ended as COMPLETED
     * @param failed how many ended as FAILED
     * @param cancelled how many ended as CANCELLED
     */
    record Throughput(Instant start, long submitted, long completed, long failed, long cancelled) {

        /** Checks the numbers. */
        public Throughput {
            start = Check.instant("Throughput.start", start);
            Check.between("Throughput.submitted", 0, Long.MAX_VALUE, submitted);
            Check.between("Throughput.completed", 0, Long.MAX_VALUE, completed);
            Check.between("Throughput.failed", 0, Long.MAX_VALUE, failed);
            Check.between("Throughput.cancelled", 0, Long.MAX_VALUE, cancelled);
        }
    }
}
