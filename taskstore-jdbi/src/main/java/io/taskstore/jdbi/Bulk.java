package io.taskstore.jdbi;

import io.taskstore.TaskFilter;
import io.taskstore.TaskOrder;
import io.taskstore.TaskStatus;
import io.taskstore.jdbi.Listing.Slice;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/**
 * Changes all tasks that pass a filter: in one transaction where they are few, else in one after the other, of which none is
 * long. The tasks of one workflow are always changed in one.
 */
final class Bulk {

    /** How many tasks one transaction changes, but for those of a workflow that has more. */
    static final int CHUNK = 500;

    private static final String PLACE = "t.id, t.workflow_id, t.created_at";

    private final Transactions transactions;
    private final TaskTable table;
    private final Listing listing;

    Bulk(Transactions transactions, TaskTable table, Listing listing) {
        this.transactions = transactions;
        this.table = table;
        this.listing = listing;
    }

    /** Where a task stands in the order of creation. */
    private record Place(UUID id, @Nullable UUID workflowId, Instant createdAt) {}

    /**
     * Changes the tasks.
     *
     * @param statuses those in which a task can be changed in this way
     * @param change gets rows that are locked, still pass the filter and are still in one of the statuses, the oldest first
     */
    void forEach(Call call, TaskFilter filter, Set<TaskStatus> statuses, BiConsumer<Session, List<TaskRow>> change) {
        forEach(call, filter, statuses, (session, ids) -> {}, change);
    }

    /**
     * The same, with something before the tasks of a transaction are locked.
     *
     * @param first gets their ids, where some are of workflows
     */
    void forEach(
            Call call,
            TaskFilter filter,
            Set<TaskStatus> statuses,
            BiConsumer<Session, Set<UUID>> first,
            BiConsumer<Session, List<TaskRow>> change) {
        Set<TaskStatus> possible = new LinkedHashSet<>(statuses);
        if (!filter.statuses().isEmpty()) {
            possible.retainAll(filter.statuses());
        }
        if (possible.isEmpty()) {
            transactions.read(call, session -> List.of());
            return;
        }
        TaskFilter narrowed = possible.size() == TaskStatus.values().length
                ? filter
                : filter.status(possible.toArray(TaskStatus[]::new));
        List<Place> few = transactions.read(call, session -> oldest(session, narrowed, null, null, CHUNK + 1));
        if (few.size() <= CHUNK) {
            if (!few.isEmpty()) {
                boolean isOfWorkflows = few.stream().anyMatch(place -> place.workflowId() != null);
                change(call, narrowed, ids(few), List.of(), isOfWorkflows ? first : (session, ids) -> {}, change);
            }
            return;
        }
        List<Place> newest = transactions.read(call, session -> newest(session, narrowed));
        if (newest.isEmpty()) {
            return;
        }
        Place last = newest.get(0);
        Place after = null;
        Set<UUID> workflows = new LinkedHashSet<>();
        while (true) {
            @Nullable Place start = after;
            List<Place> places = transactions.read(call, session -> oldest(session, narrowed, start, last, CHUNK));
            if (places.isEmpty()) {
                return;
            }
            after = places.get(places.size() - 1);
            List<UUID> single = new ArrayList<>();
            Set<UUID> whole = new LinkedHashSet<>();
            for (Place place : places) {
                if (place.workflowId() == null) {
                    single.add(place.id());
                } else if (workflows.add(place.workflowId())) {
                    whole.add(place.workflowId());
                }
            }
            if (!single.isEmpty() || !whole.isEmpty()) {
                change(call, narrowed, single, whole, whole.isEmpty() ? (session, ids) -> {} : first, change);
            }
        }
    }

    private void change(
            Call call,
            TaskFilter filter,
            Collection<UUID> ids,
            Collection<UUID> workflows,
            BiConsumer<Session, Set<UUID>> first,
            BiConsumer<Session, List<TaskRow>> change) {
        transactions.write(call, session -> {
            Set<UUID> all = new LinkedHashSet<>(ids);
            if (!workflows.isEmpty()) {
                all.addAll(members(session, workflows, filter.statuses()));
            }
            first.accept(session, all);
            List<TaskRow> rows = table.lock(session, all).stream()
                    .filter(row -> filter.matches(row.task()))
                    .sorted(TaskRow.OLDEST_FIRST)
                    .toList();
            if (!rows.isEmpty()) {
                change.accept(session, rows);
            }
            return rows.size();
        });
    }

    /** {@return the tasks of the workflows in the statuses, of which none means all} */
    private static List<UUID> members(Session session, Collection<UUID> workflows, Set<TaskStatus> statuses) {
        String some = statuses.isEmpty() ? "" : "AND t.status IN MANY (:statuses)";
        Query query = session.query(String.format("""
                        SELECT t.id
                          FROM taskstore_task t
                         WHERE t.workflow_id IN IDS (:ids)
                           AND t.workflow_id IS NOT NULL
                           %s""", some)).bind("ids", Many.uuids(workflows));
        if (!statuses.isEmpty()) {
            query.bind("statuses", Many.enums(statuses));
        }
        return query.mapTo(UUID.class).list();
    }

    private static List<UUID> ids(List<Place> places) {
        return places.stream().map(Place::id).toList();
    }

    private List<Place> oldest(
            Session session, TaskFilter filter, @Nullable Place after, @Nullable Place last, int limit) {
        Bounds bounds = new Bounds(filter.created());
        if (after != null) {
            bounds.behind(after.createdAt(), after.id());
        }
        if (last != null) {
            bounds.upTo(last.createdAt(), last.id());
        }
        return places(listing.tasks(session, filter, bounds, PLACE, new Slice(TaskOrder.OLDEST_FIRST, limit, 0)));
    }

    private List<Place> newest(Session session, TaskFilter filter) {
        Bounds bounds = new Bounds(filter.created());
        return places(listing.tasks(session, filter, bounds, PLACE, new Slice(TaskOrder.NEWEST_FIRST, 1, 0)));
    }

    private static List<Place> places(Query query) {
        return query.map((row, context) -> new Place(
                        context.findColumnMapperFor(UUID.class).orElseThrow().map(row, 1, context),
                        context.findColumnMapperFor(UUID.class).orElseThrow().map(row, 2, context),
                        context.findColumnMapperFor(Instant.class).orElseThrow().map(row, 3, context)))
                .list();
    }
}
