package io.taskstore.testkit;

import io.taskstore.JacksonCodec;
import io.taskstore.LogEntry;
import io.taskstore.NewTask;
import io.taskstore.NewWorkflow;
import io.taskstore.Progress;
import io.taskstore.Slots;
import io.taskstore.Task;
import io.taskstore.TaskDraft;
import io.taskstore.TaskFilter;
import io.taskstore.TaskIds;
import io.taskstore.TaskStatus;
import io.taskstore.WorkerId;
import io.taskstore.WorkerProfile;
import io.taskstore.WorkflowDraft;
import io.taskstore.spi.Claim;
import io.taskstore.spi.ClaimRequest;
import io.taskstore.spi.Settled;
import io.taskstore.spi.Settlement;
import io.taskstore.spi.Storage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A week in the life of an application: in each quarter of an hour something is asked for, and done. Used once. */
final class SampleWeek {

    private static final int DAYS = 7;
    private static final int HOURS = 24;
    private static final int QUARTERS = 4;
    private static final int ROUNDS = DAYS * HOURS * QUARTERS;
    private static final Duration QUARTER = Duration.ofMinutes(15);
    private static final int MORNING = 8;
    private static final int EVENING = 18;
    private static final int BUSY = 6;

    /** Of so many tasks one is the first of a workflow. */
    private static final int WORKFLOWS = 40;

    /** So many tasks one transaction stores at most. */
    private static final int AT_ONCE = 1_000;

    /** A batch of runs is a share of all tasks, so that they do not all begin at once where they are few. */
    private static final int BATCHES = 500;

    private static final int SMALLEST_BATCH = 4;
    private static final int LARGEST_BATCH = 500;
    private static final int MOST_RUNNING = 20;

    /** Of so many tasks one is asked for in the end, when nobody works any more. */
    private static final int UNDER_WAY = 50;

    private static final int FEWEST_UNDER_WAY = 12;

    private final long seed;
    private final Storage storage;
    private final ManualClock clock;
    private final int tasks;
    private final Optional<Consumer<WorkerId>> kill;
    private final Random random;
    private final SampleWork work;
    private final List<UUID> failed = new ArrayList<>();
    private final List<UUID> unwanted = new ArrayList<>();
    private @Nullable WorkerId worker;
    private int stored;

    SampleWeek(long seed, Storage storage, ManualClock clock, int tasks, Optional<Consumer<WorkerId>> kill) {
        this.seed = seed;
        this.storage = storage;
        this.clock = clock;
        this.tasks = tasks;
        this.kill = kill;
        this.random = new Random(seed);
        this.work = new SampleWork(random, new TaskIds(clock, random));
    }

    void pass() {
        Instant start = clock.instant();
        int done = tasks - Math.max(tasks / UNDER_WAY, Math.min(tasks, FEWEST_UNDER_WAY));
        long all = IntStream.range(0, ROUNDS).mapToLong(SampleWeek::load).sum();
        long asked = 0;
        for (int round = 0; round < ROUNDS; round++) {
            clock.set(start.plus(QUARTER.multipliedBy(round)));
            if (round % (HOURS * QUARTERS) == 0) {
                tidyUp();
            }
            asked += load(round);
            store((int) (done * asked / all) - stored);
            workOff();
        }
        clock.set(start.plus(QUARTER.multipliedBy(ROUNDS)));
        if (tasks - stored >= SampleWork.LARGEST_WORKFLOW) {
            storeWorkflow();
        }
        store(tasks - stored);
        leaveUnderWay();
    }

    /** {@return how much is asked for, compared with other quarters of an hour} */
    private static int load(int round) {
        int hour = round / QUARTERS % HOURS;
        return hour >= MORNING && hour < EVENING ? BUSY : 1;
    }

    private void store(int number) {
        List<TaskDraft> drafts = new ArrayList<>();
        int end = stored + number;
        while (stored < end) {
            if (random.nextInt(WORKFLOWS) == 0 && tasks - stored >= SampleWork.LARGEST_WORKFLOW) {
                storeWorkflow();
            } else {
                NewTask task = work.task(clock.instant());
                drafts.add(draft(task));
                stored++;
                if (task.runAt().isPresent() && random.nextInt(4) == 0) {
                    unwanted.add(task.id().orElseThrow());
                }
            }
            if (drafts.size() == AT_ONCE) {
                create(drafts);
            }
        }
        create(drafts);
    }

    private void storeWorkflow() {
        WorkflowDraft workflow = draft(work.workflow());
        storage.workflows().create(workflow);
        stored += workflow.tasks().size();
    }

    private void create(List<TaskDraft> drafts) {
        if (!drafts.isEmpty()) {
            storage.tasks().createAll(List.copyOf(drafts));
            drafts.clear();
        }
    }

    private static TaskDraft draft(NewTask task) {
        return new TaskDraft(
                task.id().orElseThrow(), task, JacksonCodec.standard().encode(task.payload()));
    }

    private static WorkflowDraft draft(NewWorkflow workflow) {
        return new WorkflowDraft(
                workflow.id().orElseThrow(),
                workflow,
                workflow.steps().stream().map(step -> draft(step.task())).toList());
    }

    /** Runs all that is due, and what that lets go on. */
    private void workOff() {
        int batch = Math.max(SMALLEST_BATCH, Math.min(LARGEST_BATCH, tasks / BATCHES));
        List<Task> claimed = claim(batch);
        while (!claimed.isEmpty()) {
            clock.advance(Duration.ofMillis(SampleFate.LONGEST_RUN + random.nextInt(20, 400)));
            List<SampleFate> fates =
                    claimed.stream().map(task -> SampleFate.of(seed, task)).toList();
            say(fates);
            List<SampleFate> ends = fates.stream()
                    .filter(fate -> kill.isEmpty() || !fate.crashes())
                    .toList();
            settle(ends.stream().map(SampleFate::end).toList());
            if (ends.size() < fates.size()) {
                crash();
            }
            claimed = claim(batch);
        }
    }

    /** What has not ended by now, has crashed. */
    private void crash() {
        kill.orElseThrow().accept(alive());
        storage.claims().recover();
    }

    private List<Task> claim(int slots) {
        ClaimRequest request =
                ClaimRequest.due(alive(), SampleWork.TYPES, Slots.of(slots)).withSuspect();
        return storage.claims().claim(request).tasks();
    }

    /** {@return the worker, or another one where it was not heard of for too long} */
    private WorkerId alive() {
        WorkerId known = worker;
        if (known == null || !storage.claims().heartbeat(known).alive()) {
            known = storage.claims().register(new WorkerProfile("sample", SampleWork.TYPES, Set.of()));
            worker = known;
        }
        return known;
    }

    private void say(List<SampleFate> fates) {
        List<LogEntry> lines = new ArrayList<>();
        Map<Claim, Progress> progress = new HashMap<>();
        for (SampleFate fate : fates) {
            lines.addAll(fate.log(clock.instant()));
            fate.progress().ifPresent(percent -> progress.put(Claim.of(fate.task()), percent));
        }
        if (!lines.isEmpty()) {
            storage.runLog().append(lines);
        }
        if (!progress.isEmpty()) {
            storage.runLog().progress(progress);
        }
    }

    private void settle(List<Settlement> ends) {
        for (Settled settled : storage.claims().settle(ends)) {
            if (settled.status().equals(Optional.of(TaskStatus.FAILED)) && random.nextInt(3) == 0) {
                failed.add(settled.claim().taskId());
            }
        }
    }

    /** Once a day somebody looks at what has failed, and at what is not wanted any more. */
    private void tidyUp() {
        if (!failed.isEmpty()) {
            storage.tasks().requeue(TaskFilter.all().ids(failed), "the other side is back");
            failed.clear();
        }
        if (!unwanted.isEmpty()) {
            storage.tasks().cancel(TaskFilter.all().ids(unwanted), "called off");
            unwanted.clear();
        }
    }

    /** In the end some runs have begun, and the rest of what is due waits. */
    private void leaveUnderWay() {
        List<Task> running = claim(Math.max(1, Math.min(MOST_RUNNING, tasks / BATCHES)));
        say(running.stream().map(task -> SampleFate.of(seed, task)).toList());
    }
}
