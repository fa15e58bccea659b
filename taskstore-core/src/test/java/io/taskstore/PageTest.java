package io.taskstore;

import static io.taskstore.Samples.NINE;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class PageTest {

    private final List<Task> found = tasks(3);

    @Test
    void aPageThatHoldsAllHasNoNext() {
        Page page = Page.of(PageRequest.first(3), found);

        assertThat(page).containsExactlyElementsOf(found);
        assertThat(page.hasMore()).isFalse();
        assertThat(page.next()).isEmpty();
    }

    @Test
    void oneTaskMoreThanAskedForIsLeftOutAndMeansThatThereIsMore() {
        Page page = Page.of(PageRequest.first(2), found);

        assertThat(page.tasks()).isEqualTo(found.subList(0, 2));
        assertThat(page.hasMore()).isTrue();
        assertThat(page.next()).contains(Cursor.after(found.get(1)));
    }

    @Test
    void anOrderThatCannotBePagedByCursorSaysOnlyThatThereIsMore() {
        Page page = Page.of(PageRequest.first(2).order(TaskOrder.LAST_UPDATED_FIRST), found);

        assertThat(page.hasMore()).isTrue();
        assertThat(page.next()).isEmpty();
    }

    @Test
    void nothingFoundIsAnEmptyPage() {
        Page page = Page.of(PageRequest.first(2), List.of());

        assertThat(page).isEmpty();
        assertThat(page.hasMore()).isFalse();
    }

    @Test
    void whoChangesTheListDoesNotChangeThePage() {
        List<Task> list = new ArrayList<>(found);
        Page page = Page.of(PageRequest.first(2), list);

        list.clear();

        assertThat(page.tasks()).hasSize(2);
    }

    private static List<Task> tasks(int count) {
        TaskIds ids = new TaskIds(() -> NINE, new Random(1));
        List<Task> tasks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            tasks.add(
                    Samples.task().id(ids.get()).createdAt(NINE.plusSeconds(i)).build());
        }
        return tasks;
    }
}
