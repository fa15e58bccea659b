package io.taskstore.testkit;

import io.taskstore.Page;
import io.taskstore.PageRequest;
import io.taskstore.TaskFilter;
import io.taskstore.TaskOrder;
import io.taskstore.TaskRepository;
import java.util.ArrayList;
import java.util.List;

/** Reads lists to their end. */
final class ModelPages {

    private ModelPages() {}

    /** {@return all pages, by cursor where the order can be paged so, by offset where not; a list without end is cut} */
    static List<Page> read(TaskRepository tasks, TaskFilter filter, TaskOrder order, int limit, int mostPages) {
        List<Page> pages = new ArrayList<>();
        PageRequest request = PageRequest.first(limit).order(order);
        while (true) {
            Page page = tasks.list(filter, request);
            pages.add(page);
            boolean lost = order.isPagedByCursor() && page.next().isEmpty();
            if (!page.hasMore() || lost || pages.size() == mostPages) {
                return List.copyOf(pages);
            }
            request = order.isPagedByCursor()
                    ? request.after(page.next().orElseThrow())
                    : request.offset((long) pages.size() * limit);
        }
    }
}
