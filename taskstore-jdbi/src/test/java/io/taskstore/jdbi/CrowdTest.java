package io.taskstore.jdbi;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.Hint;
import io.taskstore.Slots;
import io.taskstore.Wanted;
import io.taskstore.WorkerId;
import io.taskstore.jdbi.Message.Presence;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** To which process a hint goes. */
final class CrowdTest {

    private static final int OFTEN = 200;

    private final AtomicLong nanos = new AtomicLong();
    private final UUID here = UUID.randomUUID();
    private final Crowd crowd = new Crowd(here, nanos::get);
    private final WorkerId worker = new WorkerId(UUID.randomUUID());

    private static Hint hint() {
        return hint("work", "default");
    }

    private static Hint hint(String type, String queue) {
        return new Hint(UUID.randomUUID(), type, queue, 0);
    }

    private static Wanted wanted(WorkerId worker, Slots slots, boolean caughtUp) {
        return new Wanted(worker, Set.of("work"), slots, caughtUp);
    }

    private void polls(int slots) {
        crowd.polls(wanted(worker, Slots.of(slots), true));
    }

    private UUID peer(Slots slots, boolean caughtUp) {
        UUID process = UUID.randomUUID();
        hears(process, slots, caughtUp);
        return process;
    }

    private void hears(UUID process, Slots slots, boolean caughtUp) {
        crowd.hears(new Presence(process, false, List.of(wanted(new WorkerId(process), slots, caughtUp))));
    }

    @Test
    void whatAWorkerHereHasRoomForStaysHere() {
        peer(Slots.of(10), true);
        polls(2);

        assertThat(crowd.place(hint(), false)).isEmpty();
        assertThat(crowd.place(hint(), false)).isEmpty();
        assertThat(crowd.place(hint(), false)).isPresent();
    }

    @Test
    void whatNobodyElseIsKnownForStaysHere() {
        assertThat(crowd.place(hint(), false)).isEmpty();
        peer(Slots.of(10), true);
        assertThat(crowd.place(hint("other", "default"), false)).isEmpty();
    }

    @Test
    void aProcessIsToldOfNoMoreThanItHasRoomForWhileOthersHaveRoom() {
        peer(Slots.of(3), true);
        peer(Slots.of(3), true);
        Map<UUID, Integer> told = new HashMap<>();
        for (int i = 0; i < 6; i++) {
            told.merge(crowd.place(hint(), false).orElseThrow(), 1, Integer::sum);
        }
        assertThat(told.values()).containsExactly(3, 3);
    }

    @Test
    void theLimitOfAQueueCounts() {
        UUID limited = peer(new Slots(10, Map.of("slow", 1), true), true);
        assertThat(crowd.place(hint("work", "slow"), true)).contains(limited);
        assertThat(crowd.place(hint("work", "slow"), true)).isEmpty();
        assertThat(crowd.place(hint(), true)).contains(limited);
    }

    @Test
    void aQueueThatIsNotServedIsNotToldOf() {
        peer(new Slots(10, Map.of("mail", 10), false), true);
        assertThat(crowd.place(hint(), false)).isEmpty();
        assertThat(crowd.place(hint("work", "mail"), false)).isPresent();
    }

    @Test
    void withoutRoomAnywhereAHintGoesToAnyWhoWillHaveSomeHereIncluded() {
        polls(0);
        UUID full = peer(Slots.of(0), true);
        peer(Slots.of(0), false);
        Set<Optional<UUID>> places = new HashSet<>();
        for (int i = 0; i < OFTEN; i++) {
            places.add(crowd.place(hint(), false));
        }
        assertThat(places).containsExactlyInAnyOrder(Optional.empty(), Optional.of(full));
    }

    @Test
    void whereAllAreBehindOneIsToldAllTheSame() {
        UUID behind = peer(Slots.of(0), false);
        assertThat(crowd.place(hint(), false)).contains(behind);
    }

    @Test
    void whatWasPassedOnGoesToWhoHasRoomOrStays() {
        polls(0);
        UUID full = peer(Slots.of(0), true);
        assertThat(crowd.place(hint(), true)).isEmpty();
        hears(full, Slots.of(1), true);
        assertThat(crowd.place(hint(), true)).contains(full);
        assertThat(crowd.place(hint(), true)).isEmpty();
    }

    @Test
    void whoSaysGoodbyeOrNothingForTenSecondsIsForgotten() {
        UUID leaving = peer(Slots.of(10), true);
        crowd.hears(new Presence(leaving, false, List.of()));
        assertThat(crowd.place(hint(), false)).isEmpty();

        peer(Slots.of(10), true);
        nanos.addAndGet(Duration.ofSeconds(9).toNanos());
        assertThat(crowd.place(hint(), false)).isPresent();
        nanos.addAndGet(Duration.ofSeconds(2).toNanos());
        assertThat(crowd.place(hint(), false)).isEmpty();
        assertThat(crowd.size()).isZero();
    }

    @Test
    void itsOwnVoiceIsNoOtherProcess() {
        hears(here, Slots.of(10), true);
        assertThat(crowd.size()).isZero();
    }

    @Test
    void noMoreThanAThousandProcessesAreKept() {
        for (int i = 0; i < 2_000; i++) {
            peer(Slots.of(1), true);
        }
        assertThat(crowd.size()).isEqualTo(1_000);
    }

    @Test
    void othersHearOfANewWorkerAndOfItsRoomAndOfItsEnd() {
        assertThat(crowd.isNews()).isFalse();
        polls(1);
        assertNewsOnce();
        polls(0);
        assertNewsOnce();
        polls(2);
        assertNewsOnce();
        polls(1);
        assertThat(crowd.isNews()).as("still free").isFalse();
        crowd.leaves(worker);
        assertNewsOnce();
    }

    @Test
    void othersHearOfTheRoomAgainBeforeTheyTakeItToBeFull() {
        polls(10);
        crowd.presenceForAll(false);
        for (int i = 0; i < 4; i++) {
            crowd.takes();
            assertThat(crowd.isNews()).isFalse();
        }
        crowd.takes();
        assertNewsOnce();
    }

    @Test
    void whoSaidThatItIsFullSaysNothingOfTheHintsThatComeAllTheSame() {
        polls(0);
        crowd.presenceForAll(false);
        crowd.takes();
        assertThat(crowd.isNews()).isFalse();
    }

    @Test
    void whatOnlyOneOrItselfWasToldIsStillNewsToAll() {
        polls(1);
        assertThat(crowd.presence().workers()).hasSize(1);
        assertNewsOnce();
    }

    @Test
    void aTaskMayStartHereIfAWorkerStartsSuchOrNoneHasPolledYet() {
        assertThat(crowd.mayBeHere(hint("other", "default"))).isTrue();
        polls(0);
        assertThat(crowd.mayBeHere(hint())).isTrue();
        assertThat(crowd.mayBeHere(hint("other", "default"))).isFalse();
    }

    private void assertNewsOnce() {
        assertThat(crowd.isNews()).isTrue();
        crowd.presenceForAll(false);
        assertThat(crowd.isNews()).isFalse();
    }
}
