package io.taskstore.jdbi;

import io.taskstore.TaskError;
import io.taskstore.TaskStatus;
import io.taskstore.spi.Settlement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A settlement as its statement sees it.
 *
 * @param settlement what the worker wants recorded
 * @param to what the task becomes, unless a cancel that was requested beats it
 * @param yields whether a cancel that was requested beats it
 * @param runAt when the task is due again
 * @param failures what is added to the failures
 * @param error why the run ended badly
 * @param result what the run made
 * @param note for the history
 */
record Ending(
        Settlement settlement,
        TaskStatus to,
        boolean yields,
        @Nullable Instant runAt,
        int failures,
        @Nullable TaskError error,
        @Nullable String result,
        @Nullable String note) {

    static final String CANCEL_NOTE = "a cancel was requested";

    private static final Instant END_OF_TIME = Instant.parse("9999-12-31T23:59:59.999999Z");

    static Ending of(Settlement settlement, Instant now) {
        if (settlement instanceof Settlement.Completed completed) {
            return new Ending(
                    settlement,
                    TaskStatus.COMPLETED,
                    false,
                    null,
                    0,
                    null,
                    completed.result().orElse(null),
                    null);
        } else if (settlement instanceof Settlement.Failed failed) {
            return new Ending(settlement, TaskStatus.FAILED, false, null, 1, failed.error(), null, null);
        } else if (settlement instanceof Settlement.Cancelled cancelled) {
            return new Ending(settlement, TaskStatus.CANCELLED, false, null, 0, null, null, cancelled.note());
        } else if (settlement instanceof Settlement.Retried retried) {
            return again(settlement, later(now, retried.delay()), 1, retried.error(), null);
        } else if (settlement instanceof Settlement.Snoozed snoozed) {
            return again(settlement, later(now, snoozed.delay()), 0, null, null);
        }
        return again(settlement, null, 0, null, ((Settlement.Released) settlement).note());
    }

    private static Ending again(
            Settlement settlement,
            @Nullable Instant runAt,
            int failures,
            @Nullable TaskError error,
            @Nullable String note) {
        return new Ending(settlement, TaskStatus.PENDING, true, runAt, failures, error, null, note);
    }

    private static Instant later(Instant now, Duration delay) {
        Duration rest = Duration.between(now, END_OF_TIME);
        return delay.compareTo(rest) < 0 ? now.plus(delay).truncatedTo(ChronoUnit.MICROS) : END_OF_TIME;
    }

    /** {@return the name by which a repetition of the settlement is known} */
    static String kind(Settlement settlement) {
        return settlement.getClass().getSimpleName();
    }

    String kind() {
        return kind(settlement);
    }

    /** {@return whether the error of the task is cleared rather than kept, where there is no new one} */
    boolean clearsError() {
        return to == TaskStatus.COMPLETED;
    }

    @Nullable
    Long ran() {
        return TaskTable.micros(settlement.ran());
    }

    @Nullable
    String errorKind() {
        return Optional.ofNullable(error).map(TaskError::kind).orElse(null);
    }

    @Nullable
    String errorMessage() {
        return Optional.ofNullable(error).map(TaskError::message).orElse(null);
    }
}
