package io.taskstore;

import java.util.Optional;

/**
 * Which part of a list a caller wants: how many, in which order, and behind which cursor or after how many others.
 *
 * @param limit how many at most, 1 to 1,000
 * @param order in which order
 * @param cursor behind which place; empty to begin at the start
 * @param offset how many to leave out first, where there is no cursor; far pages are slow, prefer a cursor
 */
public record PageRequest(int limit, TaskOrder order, Optional<Cursor> cursor, long offset) {

    private static final int MOST = 1_000;

    /** Checks the ranges, and that cursor, offset and order go together. */
    public PageRequest {
        Check.between("PageRequest.limit", 1, MOST, limit);
        Check.given("PageRequest.order", order);
        Check.given("PageRequest.cursor", cursor);
        Check.between("PageRequest.offset", 0, Long.MAX_VALUE, offset);
        if (cursor.isPresent() && offset > 0) {
            throw new InvalidInputException("PageRequest.offset", "0 beside a cursor", offset);
        }
        if (cursor.isPresent() && !order.isPagedByCursor()) {
            throw new InvalidInputException("PageRequest.order", "NEWEST_FIRST or OLDEST_FIRST beside a cursor", order);
        }
    }

    /** {@return the first so many, 1 to 1,000, the newest first} */
    public static PageRequest first(int limit) {
        return new PageRequest(limit, TaskOrder.NEWEST_FIRST, Optional.empty(), 0);
    }

    /** {@return the same behind the cursor} */
    public PageRequest after(Cursor cursor) {
        return new PageRequest(limit, order, Optional.of(Check.given("cursor", cursor)), offset);
    }

    /** {@return the same without the first so many} */
    public PageRequest offset(long offset) {
        return new PageRequest(limit, order, cursor, offset);
    }

    /** {@return the same in the order} */
    public PageRequest order(TaskOrder order) {
        return new PageRequest(limit, order, cursor, offset);
    }
}
