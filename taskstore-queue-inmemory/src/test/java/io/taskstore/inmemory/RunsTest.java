package io.taskstore.inmemory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;

/** What runs tell of room and of rest. */
final class RunsTest {

    private final List<String> bells = new ArrayList<>();
    private final Runs runs = new Runs(
            new Settings.Limits(2, Map.of("narrow", 1), Set.of()),
            new Runs.Bell() {
                @Override
                public void room() {
                    bells.add("room");
                }

                @Override
                public void roomInQueue() {
                    bells.add("room in a queue");
                }
            },
            ReentrantLock::newCondition);

    private Run added(int number) {
        Run run = RunsOperations.run(number, "narrow", new RunsOperations.Nobody());
        assertThat(runs.add(run)).isTrue();
        return run;
    }

    @Test
    void aRunThatIsWithdrawnLeavesRoomInItsQueueOfWhichTheBellTells() {
        Run run = added(1);
        assertThat(runs.room(0).slots().free("narrow")).isZero();
        runs.withdrawn(run);
        assertThat(bells).containsExactly("room in a queue");
    }

    @Test
    void aRunThatIsWithdrawnLeavesRoomOfWhichTheBellTells() {
        Run run = added(1);
        Run other = RunsOperations.run(2, "wide", new RunsOperations.Nobody());
        assertThat(runs.add(other)).isTrue();
        assertThat(runs.room(0).isEnough()).isFalse();
        bells.clear();
        runs.withdrawn(run);
        assertThat(bells).contains("room");
    }

    @Test
    void aRunThatHasEndedKeepsNoOtherOfItsTaskOut() {
        Run run = added(1);
        Run again = RunsOperations.run(1, "narrow", new RunsOperations.Nobody());
        assertThat(again.task().id()).isEqualTo(run.task().id());
        assertThat(runs.add(again)).isFalse();
        assertThat(run.withdraw()).isTrue();
        assertThat(runs.add(again)).isTrue();
        runs.withdrawn(run);
        assertThat(runs.add(RunsOperations.run(1, "narrow", new RunsOperations.Nobody())))
                .isFalse();
    }

    @Test
    void nothingIsIdleWhileARunIsAboutToCallItsHandler() throws Exception {
        Run run = added(1);
        assertThat(runs.awaitIdle(1)).isFalse();
        runs.begin(run);
        assertThat(runs.awaitIdle(1)).isFalse();
        runs.isOver(run);
        assertThat(runs.awaitIdle(1)).isTrue();
    }

    @Test
    void whatIsOverGivesItsPlacesToNoOtherLimit() {
        assertThat(runs.placesOf(Map.of("wide", 2)))
                .satisfies(places -> assertThat(places.total()).isEqualTo(2))
                .satisfies(places -> assertThat(places.free("wide")).isEqualTo(2))
                .satisfies(places -> assertThat(places.free("narrow")).isZero());
        assertThat(runs.placesOf(Map.of("narrow", 1, "wide", 1)).free("narrow")).isEqualTo(1);
    }

    @Test
    void aQueueIsFullFromItsLimitUntilARunHasLeftIt() {
        assertThat(runs.isFull("narrow")).isFalse();
        Run run = added(1);
        assertThat(runs.isFull("narrow")).isTrue();
        runs.withdrawn(run);
        assertThat(runs.isFull("narrow")).isFalse();
    }
}
