package io.taskstore.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.NewTask;
import io.taskstore.TaskIds;
import io.taskstore.TaskService;
import io.taskstore.WorkflowService;
import io.taskstore.crash.Event.Kind;
import io.taskstore.inmemory.InMemoryTaskQueue;
import io.taskstore.jdbi.TaskDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Four processes that share the tasks and workflows of a fifth. How many these are is for {@code taskstore.crash.tasks} to say, and for how
 * many seconds one of the four is killed every half a second, for {@code taskstore.crash.seconds}.
 */
abstract class SharedContract {

    private static final int PROCESSES = 4;
    private static final int AT_ONCE = 10;
    private static final int TOGETHER = 100;
    private static final int FAIR_SHARE = 10;
    private static final Duration LEASE = Duration.ofSeconds(5);
    private static final Duration BETWEEN_KILLS = Duration.ofMillis(500);

    private final Backend backend;
    private final int tasks;
    private final int kills;

    SharedContract(Backend backend, int tasks) {
        this.backend = backend;
        this.tasks = Integer.getInteger("taskstore.crash.tasks", tasks);
        this.kills = 2 * Integer.getInteger("taskstore.crash.seconds", 0);
    }

    @Test
    void processesShareTheTasksAndEachIsDoneOnce(@TempDir Path folder) throws Exception {
        long seed = Seed.in(folder);
        Random random = new Random(seed);
        try (Scene scene = Scene.open(folder, backend, LEASE, seed)) {
            scene.migrate();
            List<ChildProcess> workers = new ArrayList<>();
            for (int i = 0; i < PROCESSES; i++) {
                workers.add(scene.start(scene.orders().running(AT_ONCE)));
            }
            for (ChildProcess worker : workers) {
                scene.opened(worker);
            }
            submitAndKill(scene, workers, random);
            Verdict verdict = scene.finish(Duration.ofMinutes(2));
            Report.of("shared", backend, seed, verdict)
                    .with(kills == 0 ? "shares " + shares(scene).values() : "a kill every half a second")
                    .write();
            assertThat(verdict.violations()).as("seed %s", seed).isEmpty();
            if (kills == 0) {
                assertThat(verdict.duplicated()).isEmpty();
                assertThat(shares(scene).values())
                        .as("what each process did of %s tasks, seed %s", tasks, seed)
                        .hasSize(PROCESSES)
                        .allMatch(share -> share >= tasks / FAIR_SHARE);
                assertThat(scene.database().ask("SELECT DISTINCT status FROM taskstore_task"))
                        .containsExactly("COMPLETED");
            }
        }
    }

    private void submitAndKill(Scene scene, List<ChildProcess> workers, Random random) throws Exception {
        Database where = scene.database();
        int rounds = Math.max(1, kills);
        long start = System.nanoTime();
        try (TaskDatabase database =
                        TaskDatabase.builder(where.url()).schema(where.schema()).open();
                InMemoryTaskQueue queue = new InMemoryTaskQueue()) {
            TaskService service = new TaskService(database.tasks(), queue, new WorkCodec(), TaskIds.standard());
            WorkflowService workflows = new WorkflowService(database.workflows(), service);
            for (int round = 0; round < rounds; round++) {
                submit(service, workflows, scene.observer(), random, (tasks + round) / rounds);
                if (kills > 0) {
                    long due = start + (round + 1) * BETWEEN_KILLS.toNanos();
                    Scene.await("it is time", () -> System.nanoTime() >= due);
                    int which = random.nextInt(PROCESSES);
                    scene.opened(workers.get(which)).kill();
                    workers.set(which, scene.start(scene.orders().running(AT_ONCE)));
                }
            }
        }
        for (ChildProcess worker : workers) {
            scene.opened(worker);
        }
    }

    private static void submit(
            TaskService service, WorkflowService workflows, Journal observer, Random random, int count) {
        Supplier<UUID> ids = TaskIds.standard();
        for (int done = 0; done < count; done += TOGETHER) {
            List<NewTask> some = new ArrayList<>();
            for (int i = done; i < Math.min(done + TOGETHER, count); i++) {
                UUID id = ids.get();
                some.add(NewTask.of(Work.TYPE, Work.lasting(random.nextInt(10, 30)))
                        .id(id));
                observer.add(Kind.SUBMIT_TRY, id, 0, "");
            }
            service.submitAll(some).forEach(task -> observer.add(Kind.SUBMIT_ACK, task.id(), 0, ""));
            Request.completing(random, ids).submit(service, workflows, observer);
        }
    }

    private static Map<String, Long> shares(Scene scene) throws Exception {
        return scene.events().stream()
                .filter(event -> event.kind() == Kind.EFFECT)
                .map(Event::process)
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
    }
}
