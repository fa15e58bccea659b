package io.taskstore;

import static io.taskstore.Samples.ID;
import static io.taskstore.Samples.WORKER;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class SlotsTest {

    @Test
    void withoutLimitsEveryQueueMayTakeThemAll() {
        assertThat(Slots.of(4).free("mail")).isEqualTo(4);
        assertThat(Slots.of(0).free("mail")).isZero();
    }

    @Test
    void aQueueHasItsOwnLimitAndNeverMoreThanThereAreInAll() {
        Slots slots = new Slots(4, Map.of("mail", 2, "post", 9), true);

        assertThat(slots.free("mail")).isEqualTo(2);
        assertThat(slots.free("post")).isEqualTo(4);
        assertThat(slots.free("other")).isEqualTo(4);
    }

    @Test
    void aQueueThatIsNotNamedGetsNoneWhereOthersAreLeftOut() {
        assertThat(new Slots(4, Map.of("mail", 2), false).free("other")).isZero();
    }

    @Test
    void aWorkerCanStartWhatItHasAHandlerAndASlotFor() {
        Wanted wanted = new Wanted(WORKER, Set.of("mail"), new Slots(4, Map.of("post", 0), true), true);

        assertThat(wanted.canStart(new Hint(ID, "mail", "default", 0))).isTrue();
        assertThat(wanted.canStart(new Hint(ID, "report", "default", 0))).isFalse();
        assertThat(wanted.canStart(new Hint(ID, "mail", "post", 0))).isFalse();
    }
}
