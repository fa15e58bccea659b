package io.taskstore.inmemory;

import io.taskstore.NewTask;
import io.taskstore.Task;
import io.taskstore.TaskStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Shows that a process that went through a play is as prompt as a new one. */
final class SimProbe {

    /** Less than any poll interval of a play. */
    private static final Duration SOON = Duration.ofMillis(700);

    private final SimPlay play;
    private final SimProcess process;

    SimProbe(SimPlay play, SimProcess process) {
        this.play = play;
        this.process = process;
    }

    void work() {
        atOnce();
        many();
        snoozed();
        cancelled();
        if (play.processes().size() > 1) {
            if (play.dice().nextBoolean()) {
                crashed();
            } else {
                closed();
            }
        }
    }

    private void atOnce() {
        for (int i = 0; i < 3; i++) {
            UUID id = play.submit(process, "probe");
            play.until("a task is picked up at once", SimPlay.prompt(), () -> play.journal.startsOf(id) == 1);
        }
    }

    private void many() {
        List<UUID> ids = new ArrayList<>();
        List<NewTask> tasks = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            UUID id = play.nextId();
            play.journal.submits(id, false, false);
            ids.add(id);
            tasks.add(NewTask.of(SimProcess.WORK, "one of many").id(id));
        }
        List<Task> unused = process.tasks.submitAll(tasks);
        play.until(
                "many tasks are run without a pause",
                SOON,
                () -> ids.stream().allMatch(id -> play.is(id, TaskStatus.COMPLETED)));
    }

    private void snoozed() {
        UUID id = play.submit(process, SimHandler.SNOOZES);
        play.until(
                "a task is picked up when it is due again",
                SimPlay.prompt().plusMillis(200),
                () -> play.journal.startsOf(id) == 2);
    }

    private void cancelled() {
        UUID id = sleeping();
        Duration bound = play.journal.runs(id, process) ? SimPlay.prompt() : Duration.ofSeconds(5);
        Task unused = process.tasks.cancel(id, "enough");
        play.until("a task is cancelled", bound, () -> play.is(id, TaskStatus.CANCELLED));
    }

    private UUID sleeping() {
        UUID id = play.submit(process, SimHandler.SLEEPS);
        play.until("a task is picked up", SimPlay.prompt(), () -> play.journal.runs(id));
        return id;
    }

    private void crashed() {
        UUID id = sleeping();
        SimProcess runs = process(id);
        runs.crash("for the probe");
        play.until(
                "the task of a dead process is run again",
                play.database.recoveryBound(),
                () -> play.journal.startsOf(id) > 1);
        end(id);
    }

    private void closed() {
        UUID id = sleeping();
        SimProcess runs = process(id);
        for (SimProcess.Member member : List.copyOf(runs.members)) {
            runs.close(member, Duration.ofMillis(300));
        }
        play.until("the task of a closed worker is given back", Duration.ofMillis(1_300), () -> runs.members.isEmpty());
        play.until("it is run again", Duration.ofSeconds(5), () -> play.journal.startsOf(id) > 1);
        runs.addMember(true);
        end(id);
    }

    private SimProcess process(UUID id) {
        return play.processes().stream()
                .filter(one -> play.journal.runs(id, one))
                .findFirst()
                .orElseThrow();
    }

    private void end(UUID id) {
        play.processes().get(0).tasks.cancel(id, "enough");
        play.until("it is cancelled", Duration.ofSeconds(10), () -> play.is(id, TaskStatus.CANCELLED));
    }
}
