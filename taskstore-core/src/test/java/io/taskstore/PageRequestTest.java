package io.taskstore;

import static io.taskstore.Samples.ID;
import static io.taskstore.Samples.NINE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Optional;
import org.junit.jupiter.api.Test;

final class PageRequestTest {

    private static final Cursor CURSOR = new Cursor(NINE, ID);

    @Test
    void theNewestComeFirstWhereNothingElseIsSaid() {
        assertThat(PageRequest.first(50)).isEqualTo(new PageRequest(50, TaskOrder.NEWEST_FIRST, Optional.empty(), 0));
    }

    @Test
    void eachChangeLeavesTheRestAsItWas() {
        PageRequest oldest = PageRequest.first(50).order(TaskOrder.OLDEST_FIRST);

        assertThat(oldest).isEqualTo(new PageRequest(50, TaskOrder.OLDEST_FIRST, Optional.empty(), 0));
        assertThat(oldest.after(CURSOR)).isEqualTo(new PageRequest(50, TaskOrder.OLDEST_FIRST, Optional.of(CURSOR), 0));
        assertThat(oldest.offset(100)).isEqualTo(new PageRequest(50, TaskOrder.OLDEST_FIRST, Optional.empty(), 100));
    }

    @Test
    void aCursorGoesOnlyWithAnOrderByWhatNeverChanges() {
        for (TaskOrder order : TaskOrder.values()) {
            PageRequest request = PageRequest.first(50).order(order);
            if (order == TaskOrder.NEWEST_FIRST || order == TaskOrder.OLDEST_FIRST) {
                assertThat(request.after(CURSOR).cursor()).contains(CURSOR);
            } else {
                assertThatExceptionOfType(InvalidInputException.class)
                        .isThrownBy(() -> request.after(CURSOR))
                        .withMessage("PageRequest.order must be NEWEST_FIRST or OLDEST_FIRST beside a cursor, but was "
                                + order);
            }
        }
    }

    @Test
    void aCursorAndAnOffsetDoNotGoTogether() {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> PageRequest.first(50).after(CURSOR).offset(1))
                .withMessage("PageRequest.offset must be 0 beside a cursor, but was 1");
    }
}
