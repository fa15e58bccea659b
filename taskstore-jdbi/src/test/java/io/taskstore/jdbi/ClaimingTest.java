package io.taskstore.jdbi;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.Slots;
import io.taskstore.WorkerId;
import io.taskstore.jdbi.Statements.Candidate;
import io.taskstore.spi.ClaimRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** How often a claim looks for tasks. */
final class ClaimingTest {

    private static final ClaimRequest DUE =
            ClaimRequest.due(new WorkerId(UUID.randomUUID()), Set.of("work"), Slots.of(10));

    private final Candidate one = candidate();
    private final Candidate other = candidate();
    private final List<UUID> asked = new ArrayList<>();

    private static Candidate candidate() {
        return new Candidate(UUID.randomUUID(), "default", 0, Instant.EPOCH, Instant.EPOCH, false);
    }

    private int looks(ClaimRequest request, List<Candidate> found) {
        List<Integer> looks = new ArrayList<>();
        new Claiming(request)
                .claim(
                        limit -> {
                            looks.add(limit);
                            return found;
                        },
                        (ids, taken) -> asked.addAll(ids));
        return looks.size();
    }

    /** Of several processes that look at the same tasks, one gets them, and the others are not to take it that there are no more. */
    @Test
    void whereOthersAreFasterEachTimeThereMayBeMore() {
        Claiming claiming = new Claiming(DUE);
        claiming.claim(limit -> List.of(candidate()), (ids, taken) -> asked.addAll(ids));
        assertThat(claiming.taken()).isEmpty();
        assertThat(claiming.isMore()).isTrue();
    }

    @Test
    void whereNothingIsFoundAnyMoreThereIsNoMore() {
        Claiming claiming = new Claiming(DUE);
        claiming.claim(limit -> List.of(one), (ids, taken) -> asked.addAll(ids));
        assertThat(claiming.isMore()).isFalse();
    }

    @Test
    void tasksThatAreNamedAreLookedForOnce() {
        assertThat(looks(DUE.hinted(Set.of(one.id(), other.id())), List.of(one, other)))
                .isEqualTo(1);
        assertThat(asked).containsExactlyInAnyOrder(one.id(), other.id());
    }

    @Test
    void tasksThatAreNamedAreLookedForAgainWhileSomeWereNotTried() {
        assertThat(looks(DUE.hinted(Set.of(one.id(), other.id())), List.of(one)))
                .isEqualTo(2);
        assertThat(asked).containsExactly(one.id());
    }

    @Test
    void whatIsDueIsLookedForUntilThereIsNoMore() {
        assertThat(looks(DUE, List.of(one, other))).isEqualTo(2);
    }
}
