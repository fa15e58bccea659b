package io.taskstore.jdbi;

import io.taskstore.TimeRange;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jspecify.annotations.Nullable;

/**
 * Between which places in the order of creation tasks are looked for. At each end only the narrower bound is told: SQLite
 * would begin at the first it reads, wherever that is.
 */
final class Bounds {

    private @Nullable Bound low;
    private @Nullable Bound high;

    Bounds(TimeRange created) {
        this.low = created.from().map(from -> new Bound(">=", from, null)).orElse(null);
        this.high = created.to().map(to -> new Bound("<", to, null)).orElse(null);
    }

    /**
     * One end.
     *
     * @param comparison of what is looked for with this place
     * @param id of the task that was created at the time; null where only the time counts
     */
    private record Bound(
            String comparison, Instant at, @Nullable UUID id) {

        String on(String name, String createdAt, String taskId) {
            return id == null
                    ? createdAt + " " + comparison + " :" + name + "_at"
                    : "(" + createdAt + ", " + taskId + ") " + comparison + " (:" + name + "_at, :" + name + "_id)";
        }
    }

    Bounds behind(Instant createdAt, UUID id) {
        if (low == null || !low.at().isAfter(createdAt)) {
            low = new Bound(">", createdAt, id);
        }
        return this;
    }

    Bounds before(Instant createdAt, UUID id) {
        return below("<", createdAt, id);
    }

    Bounds upTo(Instant createdAt, UUID id) {
        return below("<=", createdAt, id);
    }

    private Bounds below(String comparison, Instant createdAt, UUID id) {
        if (high == null || high.at().isAfter(createdAt)) {
            high = new Bound(comparison, createdAt, id);
        }
        return this;
    }

    boolean isEmpty() {
        return low == null && high == null;
    }

    /** {@return whether only tasks are looked for that were created by then} */
    boolean endsBy(Instant time) {
        return high != null && !high.at().isAfter(time);
    }

    /** {@return whether only tasks are looked for that were created then or later} */
    boolean beginsAt(Instant time) {
        return low != null && !low.at().isBefore(time);
    }

    /** {@return the bounds as SQL; empty if there are none} */
    String on(String createdAt, String id) {
        return Stream.of(
                        Optional.ofNullable(low).map(bound -> bound.on("low", createdAt, id)),
                        Optional.ofNullable(high).map(bound -> bound.on("high", createdAt, id)))
                .flatMap(Optional::stream)
                .collect(Collectors.joining("\n AND "));
    }

    <S extends SqlStatement<S>> S bind(S statement) {
        bind(statement, "low", low);
        bind(statement, "high", high);
        return statement;
    }

    private static <S extends SqlStatement<S>> void bind(S statement, String name, @Nullable Bound bound) {
        if (bound != null) {
            statement.bind(name + "_at", bound.at());
            if (bound.id() != null) {
                statement.bind(name + "_id", bound.id());
            }
        }
    }
}
