package io.taskstore.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.jdbi.Migration;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Processes that end themselves at each point, one after the other on one database. How many such rows there are is for
 * {@code taskstore.crash.rows} to say.
 */
abstract class HaltContract {

    private static final Duration LEASE = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int SUBMITS = 20;
    private static final int MOST_TIMES = 4;
    private static final int QUARTERS = 40;

    private final Backend backend;

    HaltContract(Backend backend) {
        this.backend = backend;
    }

    @Test
    void theNextProcessGoesOnWhereverOneEnds(@TempDir Path folder) throws Exception {
        for (int row = 0; row < Integer.getInteger("taskstore.crash.rows", 1); row++) {
            row(Files.createDirectory(folder.resolve("row" + row)), row > 0);
        }
    }

    private void row(Path folder, boolean atAnyTime) throws Exception {
        long seed = Seed.in(folder);
        Random random = new Random(seed);
        try (Scene scene = Scene.open(folder, backend, LEASE, seed)) {
            for (Point point : Point.values()) {
                if (point == Point.IN_MIGRATION) {
                    inMigration(Files.createDirectory(folder.resolve("other")), seed);
                    continue;
                }
                halt(scene, point, atAnyTime && point.isReachedOften() ? random.nextInt(1, MOST_TIMES) : 1);
                if (point == Point.AFTER_MIGRATION) {
                    scene.database().guard();
                }
            }
            scene.opened(scene.start(scene.orders()));
            finish(scene, seed, (Point.values().length - 1) + " points");
        }
    }

    /** It may be over by the moment that is chosen, so that a database is given to it alone. */
    private void inMigration(Path folder, long seed) throws Exception {
        try (Scene scene = Scene.open(folder, backend, LEASE, seed)) {
            halt(scene, Point.IN_MIGRATION, new Random(seed).nextInt(1, QUARTERS));
            ChildProcess next = scene.opened(
                    scene.start(scene.orders().migrating(Migration.APPLY).submitting(Integer.MAX_VALUE)));
            scene.database().guard();
            Scene.awaitWork(List.of(next), PATIENCE);
            finish(scene, seed, "in the migration");
        }
    }

    private static void halt(Scene scene, Point point, int times) throws Exception {
        Orders orders = scene.orders()
                .submitting(SUBMITS)
                .migrating(point.isOfMigration() ? Migration.APPLY : Migration.SKIP)
                .at(point, times);
        ChildProcess child = scene.start(orders);
        assertThat(child.exitCode())
                .as("how a process ends at %s, which printed %s", point, child.printed())
                .isEqualTo(Points.HALTED);
    }

    private void finish(Scene scene, long seed, String detail) throws Exception {
        Verdict verdict = scene.finish();
        Report.of("halt", backend, seed, verdict).with(detail).write();
        assertThat(verdict.violations()).as("seed %s", seed).isEmpty();
    }
}
