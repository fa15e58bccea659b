package io.taskstore.jdbi;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.statement.Query;

/**
 * Looks for tasks that wait in workflows though all they depend on has ended, as after an edit by hand. It looks at some of those that
 * wait, and at the next ones the next time, and begins anew behind the last. It is thread-safe.
 */
final class LeftOver {

    /** How many waiting tasks are looked at in one go. */
    private static final int LOOKED_AT = 500;

    private final Transactions transactions;
    private final Dependencies dependencies;
    private volatile Optional<Place> last = Optional.empty();

    LeftOver(Transactions transactions, Dependencies dependencies) {
        this.transactions = transactions;
        this.dependencies = dependencies;
    }

    /** Where a waiting task stands in the order of creation. */
    private record Place(UUID id, Instant createdAt) {}

    /** What was looked at, and which of it is to go on, or to be cancelled. */
    private record Look(List<Place> places, Set<UUID> stuck) {}

    /** Lets go on, or cancels, what it finds. */
    void repair() {
        Optional<Place> after = last;
        Look look = transactions.read(Call.of("recover"), session -> {
            List<Place> places = waiting(session, after);
            return new Look(places, places.isEmpty() ? Set.of() : stuck(session, places));
        });
        int number = look.places().size();
        last = number < LOOKED_AT ? Optional.empty() : Optional.of(look.places().get(number - 1));
        if (!look.stuck().isEmpty()) {
            transactions.write(Call.of("recover", look.stuck()), session -> {
                dependencies.repair(session, look.stuck());
                return true;
            });
        }
    }

    private static List<Place> waiting(Session session, Optional<Place> after) {
        String behind = after.isPresent() ? "AND (t.created_at, t.id) > (:after_at, :after_id)" : "";
        Query query = session.query(String.format("""
                        SELECT t.id, t.created_at
                          FROM taskstore_task t INDEXED BY taskstore_task_status
                         WHERE t.status = 'WAITING'
                           %s
                         ORDER BY t.created_at, t.id
                         LIMIT :limit""", behind)).bind("limit", LOOKED_AT);
        after.ifPresent(place -> query.bind("after_at", place.createdAt()).bind("after_id", place.id()));
        return query.map((row, context) -> new Place(
                        Objects.requireNonNull(context.findColumnMapperFor(UUID.class)
                                .orElseThrow()
                                .map(row, 1, context)),
                        Objects.requireNonNull(context.findColumnMapperFor(Instant.class)
                                .orElseThrow()
                                .map(row, 2, context))))
                .list();
    }

    private static Set<UUID> stuck(Session session, List<Place> waiting) {
        return session.query("""
                        SELECT t.id
                          FROM taskstore_task t
                         WHERE t.id IN IDS (:ids)
                           AND (SELECT d.before_id
                                  FROM taskstore_dependency d
                                 CROSS JOIN EACH taskstore_task b ON b.id = d.before_id
                                 WHERE d.task_id = t.id
                                   AND b.status IN ('WAITING', 'PENDING', 'RUNNING')
                                 ORDER BY d.before_id DESC
                                 LIMIT 1) IS NULL""")
                .bind("ids", Many.uuids(waiting.stream().map(Place::id).toList()))
                .mapTo(UUID.class)
                .set();
    }
}
