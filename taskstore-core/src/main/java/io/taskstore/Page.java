package io.taskstore;

import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * A part of a list of tasks.
 *
 * @param tasks the tasks of this part, in the order asked for
 * @param next where the next part begins, if there is more and the order can be paged by cursor
 * @param hasMore whether there is more behind this part
 */
public record Page(List<Task> tasks, Optional<Cursor> next, boolean hasMore) implements Iterable<Task> {

    /** Copies the list. */
    public Page {
        tasks = Check.list("Page.tasks", tasks, Integer.MAX_VALUE);
        Check.given("Page.next", next);
    }

    /**
     * {@return the part that answers the request}
     *
     * @param found what was found, one task more than the request's limit where there is more
     */
    public static Page of(PageRequest request, List<Task> found) {
        Check.given("request", request);
        Check.given("found", found);
        boolean hasMore = found.size() > request.limit();
        List<Task> tasks = hasMore ? found.subList(0, request.limit()) : found;
        Optional<Cursor> next = hasMore && request.order().isPagedByCursor()
                ? Optional.of(Cursor.after(tasks.get(tasks.size() - 1)))
                : Optional.empty();
        return new Page(tasks, next, hasMore);
    }

    @Override
    public Iterator<Task> iterator() {
        return tasks.iterator();
    }
}
