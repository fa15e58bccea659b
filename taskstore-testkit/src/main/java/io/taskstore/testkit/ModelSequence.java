package io.taskstore.testkit;

import io.taskstore.LogLevel;
import io.taskstore.NewTask.IfKeyTaken;
import io.taskstore.NewWorkflow.Requires;
import io.taskstore.Slots;
import io.taskstore.TaskStatus;
import io.taskstore.WorkerProfile;
import io.taskstore.spi.ClaimRequest;
import io.taskstore.testkit.ModelTaskOperations.Cancel;
import io.taskstore.testkit.ModelTaskOperations.Create;
import io.taskstore.testkit.ModelTaskOperations.CreateAll;
import io.taskstore.testkit.ModelTaskOperations.Delete;
import io.taskstore.testkit.ModelTaskOperations.Look;
import io.taskstore.testkit.ModelTaskOperations.Purge;
import io.taskstore.testkit.ModelTaskOperations.Requeue;
import io.taskstore.testkit.ModelTaskOperations.Transition;
import io.taskstore.testkit.ModelTaskOperations.Update;
import io.taskstore.testkit.ModelWorkerOperations.Advance;
import io.taskstore.testkit.ModelWorkerOperations.AskHeld;
import io.taskstore.testkit.ModelWorkerOperations.Heartbeat;
import io.taskstore.testkit.ModelWorkerOperations.Kill;
import io.taskstore.testkit.ModelWorkerOperations.LogLines;
import io.taskstore.testkit.ModelWorkerOperations.Pause;
import io.taskstore.testkit.ModelWorkerOperations.Recover;
import io.taskstore.testkit.ModelWorkerOperations.Register;
import io.taskstore.testkit.ModelWorkerOperations.ReportProgress;
import io.taskstore.testkit.ModelWorkerOperations.Resume;
import io.taskstore.testkit.ModelWorkerOperations.Retire;
import io.taskstore.testkit.ModelWorkerOperations.Take;
import io.taskstore.testkit.ModelWorkflowOperations.CreateWorkflow;
import io.taskstore.testkit.ModelWorkflowOperations.DeleteWorkflow;
import io.taskstore.testkit.ModelWorkflowOperations.Rename;
import io.taskstore.testkit.ModelWorkflowOperations.Step;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Draws a sequence of operations. It knows what was drawn before, not what became of it. */
final class ModelSequence {

    private static final int MOST_STEPS = 4;

    private final ModelDice dice;
    private final ModelContents contents;
    private final List<ModelTask> tasks = new ArrayList<>();
    private final List<CreateWorkflow> workflows = new ArrayList<>();
    /** Each kind as often as its weight. */
    private final List<Supplier<ModelOperation>> kinds = new ArrayList<>();

    /** What is to come soon: calls that seldom follow each other by chance alone. */
    private final Deque<ModelOperation> planned = new ArrayDeque<>();

    private int nextTask = 1;

    private ModelSequence(long seed) {
        this.dice = new ModelDice(seed);
        this.contents = new ModelContents(dice);
        weigh(12, this::create);
        weigh(2, this::createAll);
        weigh(5, this::update);
        weigh(9, this::transition);
        weigh(5, () -> new Cancel(target(), note()));
        weigh(7, () -> new Requeue(target(), note()));
        weigh(2, () -> new Delete(dice.chance(80) ? ModelContents.single(someTask()) : filter()));
        weigh(
                1,
                () -> new Purge(
                        dice.oneOf(Duration.ZERO, Duration.ofSeconds(30), Duration.ofHours(1)), dice.oneOf(1, 2, 100)));
        weigh(2, () -> new Look(filter(), contents.order(), dice.oneOf(1, 2, 5, 100)));
        weigh(4, this::register);
        weigh(2, () -> new Kill(someWorker()));
        weigh(1, () -> new Retire(someWorker()));
        weigh(1, () -> new Heartbeat(someWorker()));
        weigh(18, this::take);
        weigh(10, this::settle);
        weigh(6, this::goOn);
        weigh(3, Recover::new);
        weigh(2, this::crash);
        weigh(2, this::fail);
        weigh(1, this::failWorkflow);
        weigh(1, this::rival);
        weigh(3, this::finish);
        weigh(1, () -> new AskHeld(someWorker()));
        weigh(2, () -> new ReportProgress(List.of(dice.few(), dice.few()), dice.below(91)));
        weigh(2, () -> new LogLines(dice.few(), 1 + dice.below(3), 1 + dice.below(3), dice.oneOf(LogLevel.values())));
        weigh(1, () -> new Pause(dice.oneOf(ModelContents.QUEUES)));
        weigh(3, () -> new Resume(dice.oneOf(ModelContents.QUEUES)));
        weigh(5, this::createWorkflow);
        weigh(1, () -> new Rename(someWorkflow(), dice.oneOf("renamed", "Ünïcode 'workflow'")));
        weigh(2, () -> new DeleteWorkflow(someWorkflow()));
        weigh(6, this::advance);
    }

    static List<ModelOperation> draw(long seed, int length) {
        ModelSequence sequence = new ModelSequence(seed);
        List<ModelOperation> operations = new ArrayList<>();
        operations.add(sequence.register());
        operations.add(sequence.create());
        while (operations.size() < length) {
            operations.add(sequence.next());
        }
        return List.copyOf(operations);
    }

    private ModelOperation next() {
        boolean asPlanned = !planned.isEmpty() && dice.chance(75);
        return asPlanned ? planned.remove() : dice.oneOf(kinds).get();
    }

    private void weigh(int weight, Supplier<ModelOperation> kind) {
        for (int i = 0; i < weight; i++) {
            kinds.add(kind);
        }
    }

    private ModelOperation create() {
        return new Create(nextTask(), dice.chance(30) ? OptionalInt.of(someWorker()) : OptionalInt.empty());
    }

    private ModelOperation createAll() {
        return new CreateAll(
                Stream.generate(this::nextTask).limit(1L + dice.below(4)).toList());
    }

    /** {@return a new task, a repetition of one, or another one with its id} */
    private ModelTask nextTask() {
        int kind = tasks.isEmpty() ? 100 : dice.below(100);
        if (kind < 8) {
            ModelTask known = dice.oneOf(tasks);
            return dice.chance(50) ? known : contents.again(known);
        }
        ModelTask task = contents.task(kind < 14 ? dice.oneOf(tasks).number() : nextTask++);
        tasks.add(task);
        return task;
    }

    private ModelOperation update() {
        ModelContents.Edit edit = contents.edit();
        return new Update(someTask(), behind(), edit.edit(), edit.words());
    }

    private ModelOperation transition() {
        TaskStatus to = dice.chance(35)
                ? TaskStatus.RUNNING
                : dice.chance(25) ? TaskStatus.PENDING : dice.oneOf(TaskStatus.values());
        return new Transition(someTask(), behind(), to, note());
    }

    private int behind() {
        return dice.chance(85) ? 0 : dice.oneOf(-1, 1, 2);
    }

    private @Nullable String note() {
        return dice.chance(50) ? null : ModelNeutral.NOTE + dice.oneOf("why not", "weil's Ö ist");
    }

    /** {@return the number of a task, mostly one of the latest, and now and then of none} */
    private int someTask() {
        if (tasks.isEmpty() || dice.chance(3)) {
            return 0;
        }
        int back = dice.chance(80) ? dice.below(Math.min(6, tasks.size())) : dice.below(tasks.size());
        return tasks.get(tasks.size() - 1 - back).number();
    }

    /** {@return how far back a worker is, mostly the latest, which is the likeliest to be alive} */
    private int someWorker() {
        return dice.chance(65) ? 0 : dice.few();
    }

    private int someWorkflow() {
        return workflows.isEmpty() || dice.chance(10)
                ? 99
                : dice.oneOf(workflows).number();
    }

    /** {@return what is to be changed: mostly a single task} */
    private ModelFilter target() {
        return dice.chance(65) ? ModelContents.single(someTask()) : filter();
    }

    private ModelFilter filter() {
        List<Integer> ids = Stream.generate(this::someTask).limit(3).distinct().toList();
        return contents.filter(ids, List.of(someWorkflow()));
    }

    private ModelOperation register() {
        Set<String> types = dice.chance(80) ? Set.copyOf(ModelContents.TYPES) : Set.of(dice.oneOf(ModelContents.TYPES));
        Set<String> queues = dice.chance(80) ? Set.of() : Set.of(dice.oneOf(ModelContents.QUEUES));
        return new Register(new WorkerProfile(dice.oneOf("a worker", "wörker '2'"), types, queues));
    }

    /** {@return the first of what makes a task crash its worker, up to three times} */
    private ModelOperation crash() {
        int task = someTask();
        for (int i = 1 + dice.below(3); i > 0; i--) {
            planned.add(register());
            planned.add(takeOnly(task));
            planned.add(new Kill(0));
            planned.add(new Recover());
        }
        return planned.remove();
    }

    /** {@return the first of what makes a task fail by the host's hand, and live again with others} */
    private ModelOperation fail() {
        int task = someTask();
        planned.add(new Transition(task, 0, TaskStatus.RUNNING, note()));
        planned.add(new Transition(task, 0, TaskStatus.FAILED, note()));
        planned.add(
                dice.chance(50) ? new Requeue(filter(), note()) : new Transition(task, 0, TaskStatus.PENDING, note()));
        return planned.remove();
    }

    /** {@return the first of what makes all tasks of a workflow fail that can, and live again together} */
    private ModelOperation failWorkflow() {
        if (workflows.isEmpty()) {
            return fail();
        }
        CreateWorkflow workflow = workflows.get(workflows.size() - 1);
        List<Step> inOrder = new ArrayList<>(workflow.steps());
        inOrder.sort(Comparator.comparing(Step::name));
        for (Step step : inOrder) {
            planned.add(new Transition(step.task().number(), 0, TaskStatus.RUNNING, null));
            planned.add(new Transition(step.task().number(), 0, TaskStatus.FAILED, note()));
        }
        planned.add(new Requeue(ModelContents.members(workflow.number()), note()));
        return planned.remove();
    }

    /** {@return the first of what lets a task lose its unique key to another, and try to live again} */
    private ModelOperation rival() {
        Optional<ModelTask> keyed = tasks.stream()
                .filter(task -> task.task().uniqueKey().isPresent())
                .reduce((one, later) -> later);
        if (keyed.isEmpty()) {
            return create();
        }
        ModelFilter loser = ModelContents.single(keyed.get().number());
        String key = keyed.get().task().uniqueKey().orElseThrow();
        ModelTask rival = ModelContents.withKey(contents.plainTask(nextTask++), key, IfKeyTaken.REFUSE);
        tasks.add(rival);
        planned.add(new Cancel(loser, note()));
        planned.add(new Create(rival, OptionalInt.empty()));
        planned.add(
                dice.chance(50)
                        ? new Requeue(loser, note())
                        : new Transition(keyed.get().number(), 0, TaskStatus.PENDING, note()));
        return planned.remove();
    }

    /** {@return the first of what runs a task to its end} */
    private ModelOperation finish() {
        planned.add(register());
        planned.add(takeOnly(someTask()));
        if (dice.chance(30)) {
            planned.add(new Cancel(target(), note()));
        }
        planned.add(new ModelSettle(List.of(end(0))));
        return planned.remove();
    }

    private ModelOperation takeOnly(int task) {
        Set<String> all = Set.copyOf(ModelContents.TYPES);
        ClaimRequest request = ClaimRequest.due(ModelIds.NOBODY, all, Slots.of(1));
        return new Take(0, request.withSuspect().hinted(Set.of(ModelIds.task(task))));
    }

    private ModelOperation take() {
        Set<String> types = dice.chance(85) ? Set.copyOf(ModelContents.TYPES) : Set.of(dice.oneOf(ModelContents.TYPES));
        Optional<Set<UUID>> ids = dice.chance(25)
                ? Optional.of(Stream.generate(this::someTask)
                        .limit(dice.below(4))
                        .map(ModelIds::task)
                        .collect(Collectors.toSet()))
                : Optional.empty();
        ClaimRequest request = new ClaimRequest(ModelIds.NOBODY, types, slots(), ids, dice.chance(25), dice.chance(75));
        return new Take(someWorker(), request);
    }

    private Slots slots() {
        int total = dice.chance(5) ? 0 : 1 + dice.below(5);
        Map<String, Integer> perQueue =
                dice.chance(70) ? Map.of() : Map.of(dice.oneOf(ModelContents.QUEUES), dice.below(3));
        return new Slots(total, perQueue, dice.chance(90));
    }

    private ModelOperation goOn() {
        Set<String> types = dice.chance(85) ? Set.copyOf(ModelContents.TYPES) : Set.of(dice.oneOf(ModelContents.TYPES));
        return new ModelGoOn(settle(), someWorker(), ClaimRequest.due(ModelIds.NOBODY, types, slots()));
    }

    private ModelSettle settle() {
        return new ModelSettle(
                Stream.generate(() -> end(dice.few())).limit(1L + dice.below(3)).toList());
    }

    private ModelSettle.End end(int claim) {
        ModelSettle.Twist twist = dice.chance(92) ? ModelSettle.Twist.NONE : dice.oneOf(ModelSettle.Twist.values());
        Duration delay =
                dice.oneOf(Duration.ZERO, Duration.ofMillis(1_500), Duration.ofMinutes(1), Duration.ofDays(4_000_000));
        return new ModelSettle.End(
                claim, twist, dice.oneOf(ModelSettle.Kind.values()), dice.oneOf(0, 3, 40, 1_000), delay);
    }

    /** {@return a new workflow, a repetition of one, or another one with its id} */
    private ModelOperation createWorkflow() {
        if (!workflows.isEmpty() && dice.chance(10)) {
            return dice.oneOf(workflows);
        }
        boolean repeats = !workflows.isEmpty() && dice.chance(10);
        int number = repeats ? dice.oneOf(workflows).number() : workflows.size() + 1;
        List<Step> steps = new ArrayList<>();
        int size = 1 + dice.below(MOST_STEPS);
        int keyed = dice.below(MOST_STEPS);
        for (int i = 0; i < size; i++) {
            steps.add(step(number, i, i == keyed));
        }
        CreateWorkflow workflow =
                new CreateWorkflow(number, dice.oneOf("flow", "Flow 'two'"), List.copyOf(dice.shuffled(steps)));
        workflows.add(workflow);
        return workflow;
    }

    /**
     * Keys of single tasks go to steps that wait for nothing: which of several dependants with the same key lives again when
     * they are requeued together is not promised.
     */
    private Step step(int workflow, int index, boolean keyed) {
        Map<String, Requires> after = new LinkedHashMap<>();
        for (int before = 0; before < index; before++) {
            if (dice.chance(45)) {
                after.put("step" + before, dice.chance(60) ? Requires.COMPLETED : Requires.ENDED);
            }
        }
        boolean repeated = index == 0 && !tasks.isEmpty() && dice.chance(4);
        ModelTask task = contents.plainTask(repeated ? dice.oneOf(tasks).number() : nextTask++);
        if (after.isEmpty() && dice.chance(6)) {
            task = ModelContents.withKey(task, contents.key(), IfKeyTaken.REFUSE);
        } else if (keyed && dice.chance(50)) {
            task = ModelContents.withKey(task, ModelContents.keyOf(workflow), IfKeyTaken.REFUSE);
        }
        tasks.add(task);
        return new Step("step" + index, task, Collections.unmodifiableMap(after));
    }

    private ModelOperation advance() {
        Duration time = dice.oneOf(
                Duration.of(1, ChronoUnit.MICROS),
                Duration.ofMillis(1),
                Duration.ofSeconds(2),
                Duration.ofSeconds(11),
                Duration.ofMinutes(3),
                Duration.ofHours(4));
        contents.advance(time);
        return new Advance(time);
    }
}
