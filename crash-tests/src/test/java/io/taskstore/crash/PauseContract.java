package io.taskstore.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.crash.Event.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that is stopped for three leases in the midst of a run, and goes on. How often is for {@code taskstore.crash.pauses}
 * to say.
 */
abstract class PauseContract {

    private static final Duration LEASE = Duration.ofSeconds(1);
    private static final long PAUSE = LEASE.multipliedBy(3).toNanos();

    private final Backend backend;
    private final int pauses;

    PauseContract(Backend backend, int pauses) {
        this.backend = backend;
        this.pauses = Integer.getInteger("taskstore.crash.pauses", pauses);
    }

    /** Looks at what became of the run in which its process was stopped, before that goes on. */
    abstract void whilePaused(UUID id, ChildProcess paused, ChildProcess other) throws Exception;

    /** Looks at what its process does with it when it goes on. */
    abstract void whenItGoesOn(UUID id, ChildProcess paused) throws Exception;

    /** Looks at what became of it in the end. */
    abstract void afterwards(UUID id, ChildProcess paused, ChildProcess other) throws Exception;

    @Test
    void aProcessThatIsPausedCannotHarmItsTasks(@TempDir Path folder) throws Exception {
        long seed = Seed.in(folder);
        try (Scene scene = Scene.open(folder, backend, LEASE, seed)) {
            scene.migrate();
            ChildProcess one = scene.opened(scene.start(scene.orders()));
            ChildProcess other = scene.opened(scene.start(scene.orders()));
            for (int i = 0; i < pauses; i++) {
                pause(scene, one, other);
            }
            Verdict verdict = scene.finish();
            Report.of("pause", backend, seed, verdict).with(pauses + " pauses").write();
            assertThat(verdict.violations()).as("seed %s", seed).isEmpty();
        }
    }

    private void pause(Scene scene, ChildProcess one, ChildProcess other) throws Exception {
        long before = System.nanoTime();
        one.tell("pause");
        Scene.await("the task was started", () -> !started(scene, before).isEmpty());
        Event start = started(scene, before).get(0);
        UUID id = start.task();
        ChildProcess paused = start.process().equals(one.name()) ? one : other;
        ChildProcess awake = paused == one ? other : one;
        paused.stop();
        long stopped = System.nanoTime();
        Scene.await("three leases are over", () -> System.nanoTime() - stopped >= PAUSE);
        whilePaused(id, paused, awake);
        paused.goOn();
        Scene.await("the paused run has ended", () -> !of(paused, id, Kind.END).isEmpty());
        whenItGoesOn(id, paused);
        one.tell("go");
        other.tell("go");
        Scene.await("the task has ended", () -> !scene.database().hasWork());
        afterwards(id, paused, awake);
    }

    private static List<Event> started(Scene scene, long after) throws Exception {
        return scene.events().stream()
                .filter(event -> event.kind() == Kind.START && event.nanos() > after)
                .toList();
    }

    /** {@return what happened to the task in the process, of this kind} */
    static List<Event> of(ChildProcess process, UUID id, Kind kind) {
        return process.events().stream()
                .filter(event -> event.task().equals(id) && event.kind() == kind)
                .toList();
    }
}
