package io.taskstore.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No process outlives the one that started it. */
final class OrphanTest {

    private static final Duration LEASE = Duration.ofSeconds(5);

    @Test
    void aProcessEndsWithItsParent(@TempDir Path folder) throws Exception {
        Process parent = new ProcessBuilder("cat").start();
        try (Scene scene = Scene.open(folder, Backend.SQLITE, LEASE, 0)) {
            scene.migrate();
            ChildProcess child = scene.opened(scene.startFor(parent.pid(), scene.orders()));
            parent.destroyForcibly();
            assertThat(child.exitCode()).isEqualTo(Victim.LEFT_ALONE);
        } finally {
            parent.destroyForcibly();
        }
    }

    @Test
    void aProcessEndsWhoseParentHasDiedWhileItStarted(@TempDir Path folder) throws Exception {
        Process parent = new ProcessBuilder("cat").start();
        parent.destroyForcibly().waitFor();
        try (Scene scene = Scene.open(folder, Backend.SQLITE, LEASE, 0)) {
            scene.migrate();
            assertThat(scene.startFor(parent.pid(), scene.orders()).exitCode()).isEqualTo(Victim.LEFT_ALONE);
        }
    }
}
