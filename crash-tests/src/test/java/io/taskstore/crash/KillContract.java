package io.taskstore.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Processes that are killed at any moment. How often is for {@code taskstore.crash.kills} to say.
 */
abstract class KillContract {

    private static final int PROCESSES = 4;
    private static final Duration LEASE = Duration.ofSeconds(2);

    /** Of so many kills one hits a process at a moment that nobody chose, the others while it has a run open. */
    private static final int ANY_MOMENT = 10;

    private static final double HITS = 0.75;
    private static final int LONGEST_PAUSE = 150;

    private final Backend backend;
    private final int kills;

    KillContract(Backend backend, int kills) {
        this.backend = backend;
        this.kills = Integer.getInteger("taskstore.crash.kills", kills);
    }

    @Test
    void noTaskIsLostAndNoneIsDoneTwiceThoughProcessesAreKilled(@TempDir Path folder) throws Exception {
        long seed = Seed.next();
        Random random = new Random(seed);
        try (Scene scene = Scene.open(folder, backend, LEASE, seed)) {
            scene.migrate();
            List<ChildProcess> workers = new ArrayList<>();
            for (int i = 0; i < PROCESSES; i++) {
                workers.add(scene.start(scene.orders().submitting(Integer.MAX_VALUE)));
            }
            for (int i = 0; i < kills; i++) {
                int which = random.nextInt(PROCESSES);
                ChildProcess victim = scene.opened(workers.get(which));
                long pause = Duration.ofMillis(random.nextInt(LONGEST_PAUSE)).toNanos();
                long start = System.nanoTime();
                boolean any = i % ANY_MOMENT == ANY_MOMENT - 1;
                Scene.await(
                        victim.name() + " has a run open",
                        () -> System.nanoTime() - start >= pause && (any || victim.hasOpenRun()));
                victim.kill();
                workers.set(which, scene.start(scene.orders().submitting(Integer.MAX_VALUE)));
            }
            for (ChildProcess worker : workers) {
                scene.opened(worker);
            }
            Verdict verdict = scene.finish();
            Report.of("kill", backend, seed, verdict).write();
            assertThat(verdict.violations()).as("seed %s", seed).isEmpty();
            assertThat(verdict.kills()).isEqualTo(kills);
            assertThat(verdict.hits()).as("of %s kills hit open runs", kills).isGreaterThanOrEqualTo((int)
                    (kills * HITS));
        }
    }
}
