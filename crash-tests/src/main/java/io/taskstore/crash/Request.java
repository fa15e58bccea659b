package io.taskstore.crash;

import io.taskstore.NewTask;
import io.taskstore.NewWorkflow;
import io.taskstore.NewWorkflow.Step;
import io.taskstore.TaskService;
import io.taskstore.WorkflowService;
import io.taskstore.crash.Event.Kind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * What is submitted at once: a workflow, or a task of its own, which is that of a workflow which is never stored.
 *
 * @param workflow the tasks; it and they have ids
 * @param runs how many of them will be run, if none is poison
 */
record Request(NewWorkflow workflow, int runs) {

    private static final int WORKFLOWS = 20;
    private static final int HUNDRED = 100;
    private static final int SHAPES = 5;
    private static final int COMPLETING_SHAPES = 3;

    /** {@return what to submit next: of a hundred 20 are workflows, of which some have tasks that fail for good} */
    static Request some(RandomGenerator random, Supplier<UUID> ids) {
        return random.nextInt(HUNDRED) < WORKFLOWS
                ? new Parts(random, ids).workflow(random.nextInt(SHAPES))
                : single(Work.some(random), ids);
    }

    /** {@return a workflow whose tasks all complete} */
    static Request completing(RandomGenerator random, Supplier<UUID> ids) {
        return new Parts(random, ids).workflow(random.nextInt(COMPLETING_SHAPES));
    }

    /** {@return a task of its own} */
    static Request single(Work work, Supplier<UUID> ids) {
        NewTask task = NewTask.of(Work.TYPE, work).id(ids.get());
        return new Request(NewWorkflow.of("one").id(ids.get()).task("one", task), 1);
    }

    int size() {
        return workflow.steps().size();
    }

    /** Submits it, and writes down that it is about to, and that it has. */
    void submit(TaskService tasks, WorkflowService workflows, Journal journal) {
        List<Step> steps = workflow.steps();
        Map<String, UUID> ids = new LinkedHashMap<>();
        steps.forEach(step -> ids.put(step.name(), id(step)));
        for (Step step : steps) {
            journal.add(
                    Kind.SUBMIT_TRY,
                    id(step),
                    0,
                    isSingle() ? "" : place(step, ids).note());
        }
        if (isSingle()) {
            tasks.submit(steps.get(0).task());
        } else {
            workflows.submit(workflow);
        }
        steps.forEach(step -> journal.add(Kind.SUBMIT_ACK, id(step), 0, ""));
    }

    /** Writes down that the submit has failed, and that nothing of it is to be there. */
    void refused(Journal journal) {
        workflow.steps().forEach(step -> journal.add(Kind.SUBMIT_REFUSED, id(step), 0, ""));
    }

    private boolean isSingle() {
        return size() == 1;
    }

    private Place place(Step step, Map<String, UUID> ids) {
        return Place.of(workflow.id().orElseThrow(), step, ids);
    }

    private static UUID id(Step step) {
        return step.task().id().orElseThrow();
    }

    /** Makes workflows of tasks. */
    private record Parts(RandomGenerator random, Supplier<UUID> ids) {

        Request workflow(int shape) {
            return switch (shape) {
                case 0 -> diamond();
                case 1 -> chain();
                case 2 -> fanOut();
                case 3 -> cleanedUp();
                default -> broken();
            };
        }

        private NewWorkflow named(String name) {
            return NewWorkflow.of(name).id(ids.get());
        }

        private NewTask task() {
            return task(Work.some(random));
        }

        private NewTask task(Work work) {
            return NewTask.of(Work.TYPE, work).id(ids.get());
        }

        private Request diamond() {
            NewWorkflow diamond = named("diamond")
                    .task("begin", task())
                    .task("left", task())
                    .after("begin")
                    .task("right", task())
                    .after("begin")
                    .task("end", task())
                    .after("left", "right");
            return new Request(diamond, diamond.steps().size());
        }

        private Request chain() {
            NewWorkflow chain = named("chain")
                    .task("1", task())
                    .task("2", task())
                    .after("1")
                    .task("3", task())
                    .after("2")
                    .task("4", task())
                    .after("3");
            return new Request(chain, chain.steps().size());
        }

        private Request fanOut() {
            NewWorkflow fan = named("fan-out")
                    .task("1", task())
                    .task("2", task())
                    .task("3", task())
                    .task("4", task())
                    .task("5", task())
                    .task("join", task())
                    .after("1", "2", "3", "4", "5");
            return new Request(fan, fan.steps().size());
        }

        private Request cleanedUp() {
            NewWorkflow cleaned = named("cleaned up")
                    .task("good", task())
                    .task("bad", task(Work.failing()))
                    .task("clean", task())
                    .after("good")
                    .afterEnded("bad");
            return new Request(cleaned, cleaned.steps().size());
        }

        /** What is in the middle never runs. */
        private Request broken() {
            NewWorkflow broken = named("broken")
                    .task("bad", task(Work.failing()))
                    .task("next", task())
                    .after("bad")
                    .task("last", task())
                    .after("next")
                    .task("report", task())
                    .afterEnded("last");
            return new Request(broken, 2);
        }
    }
}
