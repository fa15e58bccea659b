package io.taskstore.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.jdbi.Migration;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Five processes that start at once where there is nothing yet. How often is for {@code taskstore.crash.rounds} to say. */
abstract class ColdStartContract {

    private static final int PROCESSES = 5;
    private static final int ROUNDS = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration LEASE = Duration.ofSeconds(5);

    private final Backend backend;

    ColdStartContract(Backend backend) {
        this.backend = backend;
    }

    @Test
    void processesThatStartAtOnceMakeOneSchemaAndAllWork(@TempDir Path folder) throws Exception {
        for (int round = 0; round < Integer.getInteger("taskstore.crash.rounds", ROUNDS); round++) {
            round(Files.createDirectory(folder.resolve("round" + round)));
        }
    }

    private void round(Path folder) throws Exception {
        long seed = Seed.in(folder);
        try (Scene scene = Scene.open(folder, backend, LEASE, seed)) {
            List<ChildProcess> children = new ArrayList<>();
            for (int i = 0; i < PROCESSES; i++) {
                children.add(
                        scene.start(scene.orders().migrating(Migration.APPLY).submitting(Integer.MAX_VALUE)));
            }
            for (ChildProcess child : children) {
                scene.opened(child);
            }
            scene.database().guard();
            Scene.awaitWork(children, PATIENCE);
            assertThat(scene.database().ask("SELECT count(*) FROM taskstore_schema_history WHERE version = '1'"))
                    .containsExactly("1");
            Verdict verdict = scene.finish();
            Report.of("cold-start", backend, seed, verdict)
                    .with(PROCESSES + " processes")
                    .write();
            assertThat(verdict.violations()).as("seed %s", seed).isEmpty();
        }
    }
}
