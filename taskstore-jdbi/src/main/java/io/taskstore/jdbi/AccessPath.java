package io.taskstore.jdbi;

import io.taskstore.TaskOrder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A way to tasks: the index, and the condition that says which part of it is read. Bounds in the order of creation narrow
 * that part further.
 *
 * @param index its name
 * @param condition on {@code t}, the task, or on {@code m}, its entry of metadata
 * @param gives in which order the tasks come out
 */
record AccessPath(String index, String condition, Gives gives) {

    /** In which order tasks come out of a part of an index. */
    enum Gives {
        CREATION,
        UPDATE,
        /** Both, for these tasks are as they were stored. */
        CREATION_AND_UPDATE("t.created_at"),
        /** That of their ends, which were their last updates. */
        END_AND_UPDATE("t.completed_at"),
        /** None, but there are never so many that sorting them would matter. */
        FEW,
        NOTHING;

        /** The column that tells when these tasks were updated last, and by which they are in that order, if they are. */
        final String updatedAt;

        Gives() {
            this("t.updated_at");
        }

        Gives(String updatedAt) {
            this.updatedAt = updatedAt;
        }

        boolean isIn(TaskOrder order) {
            return switch (order) {
                case NEWEST_FIRST, OLDEST_FIRST -> this == CREATION || this == CREATION_AND_UPDATE;
                case LAST_UPDATED_FIRST -> this == UPDATE || this == CREATION_AND_UPDATE || this == END_AND_UPDATE;
                case HIGHEST_PRIORITY_FIRST -> false;
            };
        }
    }

    /** The index that SQLite makes for the primary key; PostgreSQL needs no names. */
    static final String BY_ID = "sqlite_autoindex_taskstore_task_1";

    private static final String METADATA = "taskstore_metadata_value";

    static final AccessPath EVERYTHING = new AccessPath("", "", Gives.NOTHING);
    static final AccessPath BY_CREATION = new AccessPath("taskstore_task_created", "", Gives.CREATION);

    /** Tasks that ended or were changed before they were stored, because the clock was set back in between: none, as a rule. */
    private static final String ODD = "taskstore_task_odd";

    /**
     * {@return the ways to all tasks that were stored before a time, and to those that were not, though something happened to
     * them before it}
     *
     * @param time the name of the parameter
     */
    static List<AccessPath> storedBefore(String time) {
        String odd = "(t.updated_at < t.created_at OR t.completed_at < t.created_at)";
        return List.of(
                new AccessPath(BY_CREATION.index, "t.created_at < :" + time, Gives.CREATION),
                new AccessPath(ODD, odd + " AND t.created_at >= :" + time, Gives.CREATION));
    }

    /** Tasks to which something happened long after they were stored: those that had to wait, and no others. */
    private static final String LATE = "taskstore_task_late";

    /** So long after it was stored, and later, something happens to a task of the index. */
    private static final Duration LONG = Duration.ofMinutes(10);

    private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");

    /** {@return since when the tasks were stored to which something happened since a time, but for those that had to wait} */
    static Instant longBefore(Instant time) {
        Instant before = time.minus(LONG);
        return before.isBefore(EARLIEST) ? EARLIEST : before;
    }

    /**
     * {@return the ways to all tasks that were stored since a time, and to those that were stored before it, though something
     * happened to them long after it}
     *
     * @param time the name of the parameter
     */
    static List<AccessPath> storedSince(String time) {
        String late = "(t.updated_at LONG AFTER t.created_at OR t.completed_at LONG AFTER t.created_at)";
        return List.of(
                new AccessPath(BY_CREATION.index, "t.created_at >= :" + time, Gives.CREATION),
                new AccessPath(LATE, late + " AND t.created_at < :" + time, Gives.CREATION));
    }

    static AccessPath metadata(String condition) {
        return new AccessPath(METADATA, condition, Gives.CREATION);
    }

    /** {@return whether the first tasks in the order are found without looking at all} */
    boolean leads(TaskOrder order) {
        return gives == Gives.FEW || gives.isIn(order);
    }

    /**
     * {@return where the tasks are, with the conditions on them, as it follows FROM}
     *
     * @param bounds in the order of creation
     * @param others conditions on {@code t} that are left to be checked
     */
    String tasks(Bounds bounds, List<String> others, TaskOrder order) {
        if (isMetadata()) {
            return "taskstore_metadata m" + indexed() + "\n CROSS JOIN EACH taskstore_task t ON t.id = m.task_id"
                    + where(conditions(bounds), others);
        }
        String table = "taskstore_task t" + indexed();
        return gives.isIn(order)
                ? table + where(conditions(bounds), others)
                : "(SELECT t.* FROM " + table + where(conditions(bounds), List.of()) + "\n OFFSET 0) t"
                        + where(List.of(), others);
    }

    /** {@return as many rows as there are tasks} What is in the order of creation is read in it, and nothing is sorted. */
    String entries(Bounds bounds, List<String> others) {
        String source = isMetadata() && others.isEmpty()
                ? "taskstore_metadata m" + indexed() + where(conditions(bounds), others)
                : tasks(bounds, others, TaskOrder.OLDEST_FIRST);
        return "SELECT 1 FROM " + source
                + (gives.isIn(TaskOrder.OLDEST_FIRST) ? "\n ORDER BY " + orderBy(TaskOrder.OLDEST_FIRST) : "");
    }

    private boolean isMetadata() {
        return index.equals(METADATA);
    }

    private String indexed() {
        return index.isEmpty() ? "" : " INDEXED BY " + index;
    }

    private List<String> conditions(Bounds bounds) {
        String places = isMetadata() ? bounds.on("m.created_at", "m.task_id") : bounds.on("t.created_at", "t.id");
        return Stream.of(condition, places).filter(text -> !text.isEmpty()).toList();
    }

    private static String where(List<String> some, List<String> others) {
        String all = Stream.concat(some.stream(), others.stream()).collect(Collectors.joining("\n AND "));
        return all.isEmpty() ? "" : "\n WHERE " + all;
    }

    /** {@return the order} The entries of metadata know the time of creation, too. */
    String orderBy(TaskOrder order) {
        String createdAt = isMetadata() ? "m.created_at" : "t.created_at";
        String id = isMetadata() ? "m.task_id" : "t.id";
        return switch (order) {
            case NEWEST_FIRST -> createdAt + " DESC, " + id + " DESC";
            case OLDEST_FIRST -> createdAt + ", " + id;
            case LAST_UPDATED_FIRST -> gives.updatedAt + " DESC, t.id DESC";
            case HIGHEST_PRIORITY_FIRST -> "t.priority DESC, " + createdAt + ", " + id;
        };
    }
}
