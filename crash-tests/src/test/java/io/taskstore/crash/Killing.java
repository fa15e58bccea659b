package io.taskstore.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/** Four processes that work, one of which is killed at any moment and replaced, again and again. */
final class Killing {

    private static final int PROCESSES = 4;

    /** Of so many kills one hits a process at a moment that nobody chose, the others while it has a run open. */
    private static final int ANY_MOMENT = 10;

    private static final double HITS = 0.75;
    private static final int LONGEST_PAUSE = 150;

    private final Scene scene;
    private final Supplier<Orders> orders;
    private final Random random;
    private final List<ChildProcess> workers = new ArrayList<>();

    Killing(Scene scene, Hints hints, long seed) {
        this.scene = scene;
        this.orders = () -> scene.orders().submitting(Integer.MAX_VALUE).telling(hints);
        this.random = new Random(seed);
    }

    /** {@return what is to be said of it when so many were killed and all that is left is done} */
    Verdict kill(int kills) throws Exception {
        for (int i = 0; i < PROCESSES; i++) {
            workers.add(scene.start(orders.get()));
        }
        for (int i = 0; i < kills; i++) {
            killOne(i % ANY_MOMENT == ANY_MOMENT - 1);
        }
        for (ChildProcess worker : workers) {
            scene.opened(worker);
        }
        return scene.finish();
    }

    private void killOne(boolean atAnyMoment) throws Exception {
        int which = random.nextInt(PROCESSES);
        ChildProcess victim = scene.opened(workers.get(which));
        long pause = Duration.ofMillis(random.nextInt(LONGEST_PAUSE)).toNanos();
        long start = System.nanoTime();
        Scene.await(
                victim.name() + " has a run open",
                () -> System.nanoTime() - start >= pause && (atAnyMoment || victim.hasOpenRun()));
        victim.kill();
        workers.set(which, scene.start(orders.get()));
    }

    /** Nothing went wrong, and the kills were what they should be. */
    static void check(Verdict verdict, int kills, long seed) {
        assertThat(verdict.violations()).as("seed %s", seed).isEmpty();
        assertThat(verdict.kills()).isEqualTo(kills);
        assertThat(verdict.hits()).as("of %s kills hit open runs", kills).isGreaterThanOrEqualTo((int) (kills * HITS));
    }
}
