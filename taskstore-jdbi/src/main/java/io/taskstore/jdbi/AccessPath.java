package io.taskstore.jdbi;

import io.taskstore.TaskOrder;

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
        /** None, but there are never so many that sorting them would matter. */
        FEW,
        NOTHING
    }

    /** The index that SQLite makes for the primary key; PostgreSQL needs no names. */
    static final String BY_ID = "sqlite_autoindex_taskstore_task_1";

    private static final String METADATA = "taskstore_metadata_value";

    static final AccessPath EVERYTHING = new AccessPath("", "", Gives.NOTHING);
    static final AccessPath BY_CREATION = new AccessPath("taskstore_task_created", "", Gives.CREATION);
    static final AccessPath BY_UPDATE = new AccessPath("taskstore_task_updated", "", Gives.UPDATE);

    static AccessPath metadata(String condition) {
        return new AccessPath(METADATA, condition, Gives.CREATION);
    }

    /** {@return the way to all tasks in the order, as far as there is one} */
    static AccessPath all(TaskOrder order) {
        return switch (order) {
            case NEWEST_FIRST, OLDEST_FIRST -> BY_CREATION;
            case LAST_UPDATED_FIRST -> BY_UPDATE;
            case HIGHEST_PRIORITY_FIRST -> EVERYTHING;
        };
    }

    /** {@return whether the first tasks in the order are found without looking at all} */
    boolean leads(TaskOrder order) {
        return gives == Gives.FEW || isIn(order);
    }

    private boolean isIn(TaskOrder order) {
        return switch (order) {
            case NEWEST_FIRST, OLDEST_FIRST -> gives == Gives.CREATION;
            case LAST_UPDATED_FIRST -> gives == Gives.UPDATE;
            case HIGHEST_PRIORITY_FIRST -> false;
        };
    }

    /**
     * {@return the tasks as SQL}
     *
     * @param bounds in the order of creation
     */
    String tasks(Bounds bounds, TaskOrder order) {
        String source = isMetadata()
                ? "SELECT t.*, m.created_at AS m_created_at, m.task_id AS m_task_id\n FROM taskstore_metadata m" + indexed()
                        + " CROSS JOIN taskstore_task t\n WHERE t.id = m.task_id AND "
                : "SELECT t.* FROM taskstore_task t" + indexed() + "\n WHERE ";
        return source + bounded(bounds) + (isIn(order) ? "\n ORDER BY " + orderBy("m.created_at", "m.task_id", order) : "")
                + "\n OFFSET 0";
    }

    /** {@return as many rows as there are tasks, but not the tasks} The order is that of the index: it is read and nothing else. */
    String entries(Bounds bounds) {
        String source = isMetadata() ? "taskstore_metadata m" : "taskstore_task t";
        return "SELECT 1 FROM " + source + indexed() + "\n WHERE " + bounded(bounds)
                + (gives == Gives.CREATION ? "\n ORDER BY " + orderBy("m.created_at", "m.task_id", TaskOrder.OLDEST_FIRST) : "");
    }

    private boolean isMetadata() {
        return index.equals(METADATA);
    }

    private String indexed() {
        return index.isEmpty() ? "" : " INDEXED BY " + index;
    }

    private String bounded(Bounds bounds) {
        String places = isMetadata() ? bounds.on("m.created_at", "m.task_id") : bounds.on("t.created_at", "t.id");
        if (places.isEmpty()) {
            return condition.isEmpty() ? "1 = 1" : condition;
        }
        return condition.isEmpty() ? places : condition + "\n AND " + places;
    }

    /** {@return the order, of what {@link #tasks} answers with} */
    String orderBy(TaskOrder order) {
        return orderBy("t.m_created_at", "t.m_task_id", order);
    }

    /** The entries of metadata know the time of creation themselves, and the databases do not know that it is the same. */
    private String orderBy(String metadataCreatedAt, String metadataId, TaskOrder order) {
        String createdAt = isMetadata() ? metadataCreatedAt : "t.created_at";
        String id = isMetadata() ? metadataId : "t.id";
        return switch (order) {
            case NEWEST_FIRST -> createdAt + " DESC, " + id + " DESC";
            case OLDEST_FIRST -> createdAt + ", " + id;
            case LAST_UPDATED_FIRST -> "t.updated_at DESC, t.id DESC";
            case HIGHEST_PRIORITY_FIRST -> "t.priority DESC, " + createdAt + ", " + id;
        };
    }
}
