package io.taskstore.inmemory;

import io.taskstore.DuplicateTaskException;
import io.taskstore.NewTask;
import io.taskstore.NewWorkflow;
import io.taskstore.OutcomeUnknownException;
import io.taskstore.StorageBusyException;
import io.taskstore.StorageUnavailableException;
import io.taskstore.Task;
import io.taskstore.TaskStatus;
import io.taskstore.TaskStoreException;
import io.taskstore.TaskType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.Supplier;

/** Code of the host in a process: it submits, again where it was not told what came of it, and changes its mind. */
final class SimClient {

    private static final TaskType<String> HOSTS = TaskType.of("hosts", String.class);
    private static final List<String> QUEUES = List.of("default", "default", "a", "b");

    private final SimPlay play;
    private final SimStage stage;
    private final SimProcess process;
    private final SplittableRandom dice;

    SimClient(SimPlay play, SimProcess process, SplittableRandom dice) {
        this.play = play;
        this.stage = play.stage;
        this.process = process;
        this.dice = dice;
    }

    void work() {
        process.begins();
        while (!play.faults.ended()) {
            stage.sleep(dice.nextInt(5) == 0 ? dice.nextLong(3_000_000_000L) : dice.nextLong(600_000_000));
            try {
                act(dice.nextInt(100));
            } catch (TaskStoreException e) {
                play.journal.note("fails: " + e.getClass().getSimpleName());
            }
        }
        process.ends();
    }

    private void act(int lot) {
        if (lot < 50) {
            submit(task(dice.nextInt(100) < play.poison && play.mayKillMore() ? SimHandler.KILLS : "work"));
        } else if (lot < 60) {
            submit(task("later").runAt(play.database.now().plusMillis(dice.nextInt(8_000))));
        } else if (lot < 66) {
            submitMany();
        } else if (lot < 72) {
            submitWorkflow();
        } else if (lot < 77) {
            submit(task("unique")
                    .uniqueKey(
                            "key-" + dice.nextInt(3),
                            dice.nextBoolean() ? NewTask.IfKeyTaken.REFUSE : NewTask.IfKeyTaken.ANSWER_EXISTING));
        } else if (lot < 84) {
            any().ifPresent(id -> process.tasks.cancel(id, "not wanted"));
        } else if (lot < 89) {
            any().ifPresent(id -> process.tasks.requeue(id, "once more"));
        } else if (lot < 92) {
            any().filter(id -> play.journal.stories().get(id).acknowledged).ifPresent(this::delete);
        } else if (lot < 95) {
            drive();
        } else if (lot < 97) {
            process.storage.queues().pause("b");
        } else if (lot < 99) {
            process.storage.queues().resume("b");
        } else {
            process.tasks.wake();
        }
    }

    private NewTask task(String payload) {
        NewTask task = NewTask.of(SimProcess.WORK, payload)
                .id(play.nextId())
                .queue(QUEUES.get(dice.nextInt(QUEUES.size())))
                .priority(dice.nextInt(-2, 3));
        return dice.nextInt(4) == 0 ? task.timeout(Duration.ofMillis(dice.nextInt(100, 2_000))) : task;
    }

    private void submit(NewTask task) {
        UUID id = task.id().orElseThrow();
        SimJournal.Story story = play.journal.submits(id, false, task.payload().equals(SimHandler.KILLS));
        try {
            Task stored = untilKnown(() -> process.tasks.submit(task));
            story.acknowledged = true;
            story.refused |= !stored.id().equals(id);
        } catch (DuplicateTaskException e) {
            story.refused = true;
        }
    }

    /** Repeats what may or may not have been done, and what could not be done. */
    private <R> R untilKnown(Supplier<R> call) {
        while (true) {
            try {
                return call.get();
            } catch (OutcomeUnknownException | StorageBusyException | StorageUnavailableException e) {
                play.journal.note("tries again after " + e.getClass().getSimpleName());
                stage.sleep(dice.nextLong(500_000_000));
            }
        }
    }

    private void submitMany() {
        List<NewTask> many = new ArrayList<>();
        for (int i = dice.nextInt(3, 12); i > 0; i--) {
            NewTask task = task("one of many");
            play.journal.submits(task.id().orElseThrow(), false, false);
            many.add(task);
        }
        untilKnown(() -> process.tasks.submitAll(many)).forEach(task -> acknowledged(task.id()));
    }

    private void acknowledged(UUID id) {
        play.journal.stories().get(id).acknowledged = true;
    }

    private void submitWorkflow() {
        NewWorkflow flow = NewWorkflow.of("flow").id(play.nextId());
        List<UUID> ids = new ArrayList<>();
        int steps = dice.nextInt(2, 6);
        for (int i = 0; i < steps; i++) {
            NewTask task = task("step");
            play.journal.submits(task.id().orElseThrow(), false, false);
            ids.add(task.id().orElseThrow());
            flow = flow.task("step-" + i, task);
            if (i > 0) {
                String before = "step-" + dice.nextInt(i);
                flow = dice.nextBoolean() ? flow.after(before) : flow.afterEnded(before);
            }
        }
        NewWorkflow whole = flow;
        untilKnown(() -> process.workflows.submit(whole));
        ids.forEach(this::acknowledged);
    }

    private Optional<UUID> any() {
        List<UUID> known = play.journal.known();
        return known.isEmpty() ? Optional.empty() : Optional.of(known.get(dice.nextInt(known.size())));
    }

    private void delete(UUID id) {
        play.journal.stories().get(id).deleted = true;
        boolean unused = process.tasks.delete(id);
    }

    /** Moves a task that no worker has a handler for. */
    private void drive() {
        UUID id = play.nextId();
        play.journal.submits(id, true, false);
        Task task = untilKnown(() -> process.tasks.submit(NewTask.of(HOSTS, "x").id(id)));
        Task running = process.tasks.transition(id, task.version(), TaskStatus.RUNNING, null);
        stage.sleep(dice.nextLong(2_000_000_000L));
        Task unused = process.tasks.transition(
                id, running.version(), dice.nextBoolean() ? TaskStatus.COMPLETED : TaskStatus.PENDING, null);
    }
}
