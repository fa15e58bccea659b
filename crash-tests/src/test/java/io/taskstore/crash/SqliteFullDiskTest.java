package io.taskstore.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.crash.Event.Kind;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process whose files the system does not let grow, as on a disk that is full: its writes fail at any byte, in most cases at
 * the commit. It is killed when it has tried enough, and another one may write again.
 */
final class SqliteFullDiskTest {

    private static final Duration LEASE = Duration.ofSeconds(3);

    /** Room for the native library of the driver, and for a log of some ten tasks and their ends. */
    private static final int BLOCKS = 2_400;

    private static final int MORE_THAN_FIT = 200;
    private static final int AFTERWARDS = 20;

    @Test
    void whatWasAcknowledgedIsThereAndWhatWasRefusedIsNotThoughTheDiskWasFull(@TempDir Path folder) throws Exception {
        long seed = Seed.in(folder);
        try (Scene scene = Scene.open(folder, Backend.SQLITE, LEASE, seed)) {
            scene.migrate();
            ChildProcess full = scene.opened(scene.startLimited(scene.orders().submitting(MORE_THAN_FIT), BLOCKS));
            Scene.await("writes are refused", () -> full.printed().contains("is tried again"));
            full.tell("drain");
            Scene.await("all submits have returned", () -> full.has(Kind.DRAINED));
            full.kill();
            long acknowledged = count(full, Kind.SUBMIT_ACK);

            ChildProcess other = scene.opened(scene.start(scene.orders().submitting(AFTERWARDS)));
            Scene.await("the other has submitted", () -> other.has(Kind.DRAINED));
            Verdict verdict = scene.finish();
            Report.of("full", Backend.SQLITE, seed, verdict)
                    .with(acknowledged + " acknowledged of " + count(full, Kind.SUBMIT_TRY))
                    .write();
            assertThat(verdict.violations()).as("seed %s", seed).isEmpty();
            assertThat(verdict.recovered()).as("refused, and there").isEmpty();
            assertThat(acknowledged).isBetween(1L, MORE_THAN_FIT - 1L);
            assertThat(count(other, Kind.SUBMIT_ACK)).isPositive().isEqualTo(count(other, Kind.SUBMIT_TRY));
        }
    }

    private static long count(ChildProcess process, Kind kind) {
        return process.events().stream().filter(event -> event.kind() == kind).count();
    }
}
