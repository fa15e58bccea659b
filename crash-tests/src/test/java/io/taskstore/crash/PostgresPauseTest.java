package io.taskstore.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.crash.Event.Kind;
import java.util.UUID;

/** The other process takes over, and what the first one writes late is fenced. */
final class PostgresPauseTest extends PauseContract {

    PostgresPauseTest() {
        super(Backend.POSTGRES, 2);
    }

    @Override
    void whilePaused(UUID id, ChildProcess paused, ChildProcess other) throws Exception {
        Scene.await(
                "the other process has taken over",
                () -> !of(other, id, Kind.START).isEmpty());
        paused.tell("late");
    }

    /** The other run is still open, so that it is the claim alone that keeps this one from writing. */
    @Override
    void whenItGoesOn(UUID id, ChildProcess paused) throws Exception {
        Scene.await("it has written late", () -> !of(paused, id, Kind.LATE).isEmpty());
    }

    /** Where the machine has much to do, the other may be taken for dead too; then the run is not its last. */
    @Override
    void afterwards(UUID id, ChildProcess paused, ChildProcess other) throws Exception {
        assertThat(of(paused, id, Kind.LATE)).extracting(Event::note).containsOnly("lost");
        Scene.await(
                "its end is acknowledged",
                () -> !of(other, id, Kind.DONE_ACK).isEmpty()
                        || !of(paused, id, Kind.DONE_ACK).isEmpty());
        assertThat(of(paused, id, Kind.DONE_ACK)).extracting(Event::attempt).doesNotContain(1);
    }
}
