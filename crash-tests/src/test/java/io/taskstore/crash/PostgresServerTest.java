package io.taskstore.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A server that ends all connections, and one that crashes, while processes work on it. How often is for
 * {@code taskstore.crash.terminations} and {@code taskstore.crash.crashes} to say.
 */
final class PostgresServerTest {

    private static final int TERMINATIONS = Integer.getInteger("taskstore.crash.terminations", 5);
    private static final int CRASHES = Integer.getInteger("taskstore.crash.crashes", 2);
    private static final Duration LEASE = Duration.ofSeconds(2);
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @Test
    void noTaskIsLostAndNoneIsDoneTwiceThoughTheServerEndsConnectionsAndCrashes(@TempDir Path folder) throws Exception {
        long seed = Seed.in(folder);
        try (PostgresDatabase database = PostgresDatabase.alone();
                Scene scene = Scene.open(folder, Backend.POSTGRES, database, LEASE, seed)) {
            scene.migrate();
            List<ChildProcess> workers = List.of(
                    scene.opened(scene.start(scene.orders().submitting(Integer.MAX_VALUE))),
                    scene.opened(scene.start(scene.orders().submitting(Integer.MAX_VALUE))));
            int terminated = 0;
            for (int i = 0; i < TERMINATIONS; i++) {
                Scene.awaitWork(workers, PATIENCE);
                terminated += database.terminateOthers();
            }
            for (int i = 0; i < CRASHES; i++) {
                Scene.awaitWork(workers, PATIENCE);
                database.crash();
            }
            Scene.awaitWork(workers, PATIENCE);
            Verdict verdict = scene.finish(PATIENCE);
            Report.of("server", Backend.POSTGRES, seed, verdict)
                    .with(TERMINATIONS + " times all of " + terminated + " connections terminated, " + CRASHES
                            + " crashes")
                    .write();
            assertThat(verdict.violations()).as("seed %s", seed).isEmpty();
            assertThat(terminated).isGreaterThan(TERMINATIONS);
        }
    }
}
