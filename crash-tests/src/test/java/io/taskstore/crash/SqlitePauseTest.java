package io.taskstore.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.crash.Event.Kind;
import java.util.UUID;

/** Nobody takes anything from a process that has its lock. */
final class SqlitePauseTest extends PauseContract {

    SqlitePauseTest() {
        super(Backend.SQLITE, 1);
    }

    @Override
    void whilePaused(UUID id, ChildProcess paused, ChildProcess other) {
        assertThat(of(other, id, Kind.START)).isEmpty();
    }

    @Override
    void whenItGoesOn(UUID id, ChildProcess paused) throws Exception {
        Scene.await(
                "its end is acknowledged", () -> !of(paused, id, Kind.DONE_ACK).isEmpty());
    }

    @Override
    void afterwards(UUID id, ChildProcess paused, ChildProcess other) {
        assertThat(of(paused, id, Kind.START)).hasSize(1);
        assertThat(of(other, id, Kind.START)).isEmpty();
    }
}
