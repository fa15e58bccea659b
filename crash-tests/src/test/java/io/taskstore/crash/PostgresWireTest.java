package io.taskstore.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.crash.Wire.Fault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two processes whose way to the server is bad: connections are refused, cut before and after changes, reset, slow, and dead
 * without a word. How often each kind of fault is to fire is for {@code taskstore.crash.faults} to say.
 */
final class PostgresWireTest {

    private static final int FAULTS = Integer.getInteger("taskstore.crash.faults", 20);
    private static final Duration LEASE = Duration.ofSeconds(2);
    private static final Duration PATIENCE = Duration.ofMinutes(2).plusSeconds(FAULTS);
    private static final double SHARE = 0.2;
    private static final long BETWEEN_CUTS = Duration.ofMillis(200).toNanos();
    /** Each of these stops both processes for as long as it takes to notice. */
    private static final int STANDSTILLS = Math.max(1, FAULTS / 10);

    /**
     * So many connections were given up when all is well again: those of a heartbeat and of a claim, or of as many in the other
     * process.
     */
    private static final int NOTICED = 2;

    /** After so many seconds without an answer the driver closes the connection; without it, it waits for the system to do so. */
    private static final String OPTIONS = "prepareThreshold=0&socketTimeout=2";

    @Test
    void noTaskIsLostAndNoneIsDoneTwiceThoughTheWayToTheServerIsBad(@TempDir Path folder) throws Exception {
        long seed = Seed.in(folder);
        try (Scene scene = Scene.open(folder, Backend.POSTGRES, LEASE, seed)) {
            scene.migrate();
            String url = scene.database().url();
            String place = url.replaceAll("^jdbc:postgresql://([^/]+)/.*$", "$1");
            int colon = place.indexOf(':');
            try (Wire wire = new Wire(place.substring(0, colon), Integer.parseInt(place.substring(colon + 1)), seed)) {
                String way = url.replace(place, "localhost:" + wire.port()) + (url.contains("?") ? "&" : "?") + OPTIONS;
                List<ChildProcess> workers = List.of(scene.opened(start(scene, way)), scene.opened(start(scene, way)));
                for (Fault fault : Fault.values()) {
                    if (fault == Fault.SWALLOWED) {
                        for (int i = 0; i < STANDSTILLS; i++) {
                            swallow(wire);
                            Scene.awaitWork(workers, PATIENCE);
                        }
                    } else {
                        fail(wire, fault);
                        Scene.awaitWork(workers, PATIENCE);
                    }
                }
                Scene.await("all dead connections are given up", PATIENCE, () -> wire.givenUp() == swallowed(wire));
                Verdict verdict = scene.finish(PATIENCE);
                Map<Fault, Integer> fired = wire.fired();
                Report.of("wire", Backend.POSTGRES, seed, verdict)
                        .with(fired.toString())
                        .write();
                assertThat(verdict.violations()).as("seed %s", seed).isEmpty();
                assertThat(fired).hasSize(Fault.values().length);
            }
        }
    }

    private static ChildProcess start(Scene scene, String way) {
        return scene.start(scene.orders().submitting(Integer.MAX_VALUE).by(way));
    }

    private static void fail(Wire wire, Fault fault) throws Exception {
        wire.fail(fault, SHARE);
        long[] cut = {System.nanoTime()};
        Scene.await("so many are " + fault, PATIENCE, () -> {
            // connections are made anew only where old ones are lost
            if (fault == Fault.REFUSED && System.nanoTime() - cut[0] > BETWEEN_CUTS) {
                wire.cutAll();
                cut[0] = System.nanoTime();
            }
            return wire.fired().getOrDefault(fault, 0) >= FAULTS;
        });
        wire.heal();
    }

    private static void swallow(Wire wire) throws Exception {
        int before = wire.givenUp();
        wire.fail(Fault.SWALLOWED, 1);
        Scene.await("dead connections are given up", PATIENCE, () -> wire.givenUp() >= before + NOTICED);
        wire.heal();
    }

    private static int swallowed(Wire wire) {
        return wire.fired().getOrDefault(Fault.SWALLOWED, 0);
    }
}
