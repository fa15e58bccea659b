package io.taskstore.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.crash.Event.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two processes, a fifth of whose connects and commits and a fiftieth of whose statements fail, all but connects before or after
 * they are done. How many tasks they have to do all the same is for {@code taskstore.crash.failing} to say.
 */
abstract class FaultContract {

    private static final int TASKS = Integer.getInteger("taskstore.crash.failing", 200);
    private static final Duration LEASE = Duration.ofSeconds(3);
    private static final Duration PATIENCE = Duration.ofMinutes(20);
    private static final double SHARE = 0.2;

    private final Backend backend;

    FaultContract(Backend backend) {
        this.backend = backend;
    }

    @Test
    void noTaskIsLostAndNoneIsDoneTwiceThoughCommitsAndStatementsFail(@TempDir Path folder) throws Exception {
        long seed = Seed.in(folder);
        try (Scene scene = Scene.open(folder, backend, LEASE, seed)) {
            scene.migrate();
            List<ChildProcess> workers = List.of(
                    scene.opened(scene.start(scene.orders().submitting(TASKS).failing(SHARE))),
                    scene.opened(scene.start(scene.orders().submitting(TASKS).failing(SHARE))));
            Scene.await(
                    "the tasks are done",
                    PATIENCE,
                    () -> workers.stream().mapToLong(ChildProcess::done).sum() >= TASKS);
            Verdict verdict = scene.finish(PATIENCE);
            Map<String, Long> fired = scene.events().stream()
                    .filter(event -> event.kind() == Kind.FAULT)
                    .map(Event::note)
                    .collect(Collectors.groupingBy(Function.identity(), TreeMap::new, Collectors.counting()));
            Report.of("fault", backend, seed, verdict).with(fired.toString()).write();
            assertThat(verdict.violations()).as("seed %s", seed).isEmpty();
            assertThat(fired)
                    .containsOnlyKeys(
                            "after a commit",
                            "after a statement",
                            "at a connect",
                            "before a commit",
                            "before a statement");
        }
    }
}
