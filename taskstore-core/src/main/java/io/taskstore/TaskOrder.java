package io.taskstore;

/**
 * In which order a list of tasks comes. Tasks that are equal in what is named here come in the order of their ids as text,
 * ascending, and descending where the newest or the latest come first, so that the order is always total.
 */
public enum TaskOrder {
    /** By the time they were stored, the newest first. Can be paged with a cursor. */
    NEWEST_FIRST(true),
    /** By the time they were stored, the oldest first. Can be paged with a cursor. */
    OLDEST_FIRST(true),
    /** By the time their version grew last, the latest first. */
    LAST_UPDATED_FIRST(false),
    /** By priority, the highest first, and then the oldest first. */
    HIGHEST_PRIORITY_FIRST(false);

    private final boolean pagedByCursor;

    TaskOrder(boolean pagedByCursor) {
        this.pagedByCursor = pagedByCursor;
    }

    /**
     * {@return whether pages can follow a cursor} Only an order by what never changes can: a task that moved between two
     * pages would be missed or seen twice.
     */
    public boolean isPagedByCursor() {
        return pagedByCursor;
    }
}
