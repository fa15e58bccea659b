package io.taskstore.testkit;

import io.taskstore.LogEntry;
import io.taskstore.LogLevel;
import io.taskstore.Progress;
import io.taskstore.Task;
import io.taskstore.TaskError;
import io.taskstore.spi.Claim;
import io.taskstore.spi.Settlement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.random.RandomGenerator;

/**
 * What becomes of a run in {@link SampleData}, by the seed, the id of its task and its attempt alone: in whatever order tasks are
 * claimed, it is the same.
 *
 * @param task the task, RUNNING
 * @param plan what becomes of the task, 0 to 99
 * @param random for the rest
 */
record SampleFate(Task task, int plan, RandomGenerator random) {

    private static final int HUNDRED = 100;
    private static final int LOGGING = 30;
    private static final int SHORTEST_RUN = 20;
    static final int LONGEST_RUN = 4_000;
    private static final int MOST_LINES = 4;
    private static final int TRIES = 3;
    private static final List<TaskError> ERRORS = List.of(
            new TaskError("java.net.SocketTimeoutException", "no answer within 5 seconds"),
            new TaskError("java.io.IOException", "the connection was closed"),
            new TaskError("RATE_LIMIT", "too many requests"));
    private static final TaskError REFUSED = new TaskError("REFUSED", "it was refused for good");

    static SampleFate of(long seed, Task task) {
        UUID id = task.id();
        long mixed = seed * 31 + id.getMostSignificantBits() * 17 + id.getLeastSignificantBits();
        int plan = new Random(mixed).nextInt(HUNDRED);
        return new SampleFate(task, plan, new Random(mixed + task.attempt()));
    }

    /** {@return whether the run takes its process down, where processes die} */
    boolean crashes() {
        boolean poison = (task.id().getLeastSignificantBits() & 1) == 0;
        return (plan == 20 && task.attempt() == 1) || (plan == 21 && (poison || task.attempt() == 1));
    }

    private Claim claim() {
        return Claim.of(task);
    }

    private Optional<Duration> ran() {
        return Optional.of(Duration.ofMillis(random.nextInt(SHORTEST_RUN, LONGEST_RUN)));
    }

    /** {@return how the run ends} Of a hundred tasks 80 complete at once; and so does, in the end, what was requeued. */
    Settlement end() {
        int attempt = task.attempt();
        if (plan < 8 && attempt <= 1 + plan % TRIES) {
            return retried();
        } else if (plan == 8 && attempt == 1) {
            return new Settlement.Snoozed(claim(), ran(), Duration.ofMinutes(30));
        } else if (plan == 9 && attempt == 1) {
            return new Settlement.Released(claim(), Optional.empty(), "its worker was closed");
        } else if ((plan == 10 || plan == 11) && attempt < TRIES) {
            return retried();
        } else if ((plan == 10 || plan == 11) && attempt == TRIES) {
            return new Settlement.Failed(claim(), ran(), error());
        } else if (plan >= 12 && plan < 16 && attempt == 1) {
            return new Settlement.Failed(claim(), ran(), REFUSED);
        } else if (plan >= 16 && plan < 20 && attempt == 1) {
            return new Settlement.Cancelled(claim(), ran(), "not wanted any more");
        }
        return new Settlement.Completed(claim(), ran(), result());
    }

    private Settlement retried() {
        return new Settlement.Retried(claim(), ran(), error(), Duration.ofMinutes(5L * task.attempt()));
    }

    private TaskError error() {
        return ERRORS.get(plan % ERRORS.size());
    }

    private Optional<String> result() {
        return random.nextBoolean() ? Optional.of("{\"done\":" + random.nextInt(1, HUNDRED) + "}") : Optional.empty();
    }

    /** {@return what the handler says; most say nothing} */
    List<LogEntry> log(Instant now) {
        List<LogEntry> lines = new ArrayList<>();
        if (plan < LOGGING) {
            int number = random.nextInt(1, MOST_LINES);
            for (int line = 1; line <= number; line++) {
                LogLevel level = plan < 20 && line == number ? LogLevel.WARN : LogLevel.INFO;
                String message = level == LogLevel.WARN ? "this does not look good" : "step " + line + " of " + number;
                lines.add(new LogEntry(task.id(), task.attempt(), line, now, level, message));
            }
        }
        return lines;
    }

    /** {@return how far it has come; empty for those that do not tell} */
    Optional<Progress> progress() {
        return task.type().equals("import") || task.type().equals("report")
                ? Optional.of(new Progress(random.nextInt(HUNDRED), "reading"))
                : Optional.empty();
    }
}
