package io.taskstore.testkit;

import io.taskstore.TaskError;
import io.taskstore.spi.Claim;
import io.taskstore.spi.Settled;
import io.taskstore.spi.Settlement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The end of runs, some of them with claims that are gone, were settled before, or never were. */
record ModelSettle(List<End> ends) implements ModelOperation {

    /** The kinds of {@link Settlement}. */
    enum Kind {
        COMPLETED,
        RETRIED,
        SNOOZED,
        FAILED,
        CANCELLED,
        RELEASED
    }

    /** How a claim differs from the one it is made from. */
    enum Twist {
        NONE,
        LATER_ATTEMPT,
        OTHER_WORKER
    }

    /**
     * The end of one run.
     *
     * @param claim how far back from the latest claim
     * @param millis how long it ran; 0 for not at all
     */
    record End(int claim, Twist twist, Kind kind, int millis, Duration delay) {

        Settlement settlement(ModelSide side) {
            Claim by = twisted(side.claim(claim));
            Optional<Duration> ran = millis == 0 ? Optional.empty() : Optional.of(Duration.ofMillis(millis));
            TaskError error = new TaskError("Broken" + millis % 2, "it broke after " + millis);
            return switch (kind) {
                case COMPLETED ->
                    new Settlement.Completed(
                            by, ran, millis % 2 == 0 ? Optional.empty() : Optional.of("{\"took\" : " + millis + "}"));
                case RETRIED -> new Settlement.Retried(by, ran, error, delay);
                case SNOOZED -> new Settlement.Snoozed(by, ran, delay);
                case FAILED -> new Settlement.Failed(by, ran, error);
                case CANCELLED -> new Settlement.Cancelled(by, ran, ModelNeutral.NOTE + "cancelled after " + millis);
                case RELEASED -> new Settlement.Released(by, ran, ModelNeutral.RELEASE_NOTE + millis);
            };
        }

        private Claim twisted(Claim claim) {
            return switch (twist) {
                case NONE -> claim;
                case LATER_ATTEMPT -> new Claim(claim.taskId(), claim.worker(), claim.attempt() + 1);
                case OTHER_WORKER -> new Claim(claim.taskId(), ModelIds.NOBODY, claim.attempt());
            };
        }

        @Override
        public String toString() {
            return kind + " claim -" + claim + (twist == Twist.NONE ? "" : ", " + twist)
                    + (kind == Kind.RETRIED || kind == Kind.SNOOZED ? ", in " + delay : "") + ", ran " + millis + " ms";
        }
    }

    @Override
    public Object on(ModelSide side) {
        return side.storage()
                .claims()
                .settle(ends.stream().map(end -> end.settlement(side)).toList());
    }

    @Override
    public List<ModelOperation> simpler() {
        return ModelOperation.withoutOne(ends).stream()
                .<ModelOperation>map(ModelSettle::new)
                .toList();
    }

    @Override
    public String kind() {
        return "Settle";
    }

    @Override
    public List<String> outcomes(Object answer) {
        List<?> settled = (List<?>) answer;
        List<String> outcomes = new ArrayList<>();
        for (int i = 0; i < ends.size(); i++) {
            String became = ((Settled) settled.get(i)).status().map(Enum::name).orElse("lost");
            outcomes.add(ends.get(i).kind() + " " + became);
        }
        return outcomes;
    }

    @Override
    public String toString() {
        return "settle " + ends;
    }
}
