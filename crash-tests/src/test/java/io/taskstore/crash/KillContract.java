package io.taskstore.crash;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Processes that are killed at any moment. How often is for {@code taskstore.crash.kills} to say.
 */
abstract class KillContract {

    private static final Duration LEASE = Duration.ofSeconds(2);

    private final Backend backend;
    private final int kills;

    KillContract(Backend backend, int kills) {
        this.backend = backend;
        this.kills = Integer.getInteger("taskstore.crash.kills", kills);
    }

    @Test
    void noTaskIsLostAndNoneIsDoneTwiceThoughProcessesAreKilled(@TempDir Path folder) throws Exception {
        long seed = Seed.in(folder);
        try (Scene scene = Scene.open(folder, backend, LEASE, seed)) {
            scene.migrate();
            Verdict verdict = new Killing(scene, Hints.by(Hints.Way.NOTIFY), seed).kill(kills);
            Report.of("kill", backend, seed, verdict).write();
            Killing.check(verdict, kills, seed);
        }
    }
}
