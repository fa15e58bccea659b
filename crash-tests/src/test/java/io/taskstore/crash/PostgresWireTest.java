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
    /** Each of these stops a process for as long as it takes to notice. */
    private static final int STANDSTILLS = Math.max(1, FAULTS / 10);

    @Test
    void noTaskIsLostAndNoneIsDoneTwiceThoughTheWayToTheServerIsBad(@TempDir Path folder) throws Exception {
        long seed = Seed.next();
        try (Scene scene = Scene.open(folder, Backend.POSTGRES, LEASE, seed)) {
            scene.migrate();
            String url = scene.database().url();
            String place = url.replaceAll("^jdbc:postgresql://([^/]+)/.*$", "$1");
            int colon = place.indexOf(':');
            try (Wire wire = new Wire(place.substring(0, colon), Integer.parseInt(place.substring(colon + 1)), seed)) {
                String way = url.replace(place, "localhost:" + wire.port()) + (url.contains("?") ? "&" : "?")
                        + "prepareThreshold=0";
                List<ChildProcess> workers = List.of(scene.opened(start(scene, way)), scene.opened(start(scene, way)));
                for (Fault fault : Fault.values()) {
                    boolean stands = fault == Fault.SWALLOWED;
                    for (int i = 0; i < (stands ? STANDSTILLS : 1); i++) {
                        int times = stands ? 1 : FAULTS;
                        fail(wire, fault, stands ? 1 : SHARE, times);
                        Scene.awaitWork(workers, PATIENCE);
                    }
                }
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

    private static void fail(Wire wire, Fault fault, double share, int times) throws Exception {
        int before = wire.fired().getOrDefault(fault, 0);
        wire.fail(fault, share);
        long[] cut = {System.nanoTime()};
        Scene.await("so many are " + fault, PATIENCE, () -> {
            // connections are made anew only where old ones are lost
            if (fault == Fault.REFUSED && System.nanoTime() - cut[0] > BETWEEN_CUTS) {
                wire.cutAll();
                cut[0] = System.nanoTime();
            }
            return wire.fired().getOrDefault(fault, 0) >= before + times;
        });
        wire.heal();
    }
}
