package io.taskstore;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Tasks that depend on each other, as a caller asks for them: named steps, each with what has to end before it. It is
 * immutable: each method that takes a value answers with a changed copy.
 *
 * <pre>{@code
 * NewWorkflow.of("order-17")
 *         .task("charge", charge)
 *         .task("pack", pack).after("charge")
 *         .task("ship", ship).after("pack");
 * }</pre>
 */
public final class NewWorkflow {

    private static final int MOST_TASKS = 10_000;

    /** What has to happen to a task before those that depend on it may run. */
    public enum Requires {
        /** It completes; if it fails or is cancelled, so is what depends on it. */
        COMPLETED,
        /** It ends, however it ends. */
        ENDED
    }

    /**
     * One task of a workflow.
     *
     * @param name its name within the workflow
     * @param task what is to be done
     * @param dependencies the names of the tasks that come before it, and what is required of each
     */
    public record Step(String name, NewTask task, Map<String, Requires> dependencies) {

        /** Checks the names. */
        public Step {
            Check.name("Step.name", name);
            Check.given("Step.task", task);
            dependencies = Check.entries("Step.dependencies", dependencies);
            dependencies.keySet().forEach(before -> Check.name("Step.dependencies", before));
            if (task.ifKeyTaken() == NewTask.IfKeyTaken.ANSWER_EXISTING) {
                throw new InvalidInputException(
                        "Step.task", "a task of its own, which REFUSE makes sure of", task.ifKeyTaken());
            }
        }
    }

    private final @Nullable UUID id;
    private final String name;
    private final @Nullable String submittedBy;
    private final Map<String, Step> steps;
    private final @Nullable Step last;

    private NewWorkflow(
            @Nullable UUID id,
            String name,
            @Nullable String submittedBy,
            Map<String, Step> steps,
            @Nullable Step last) {
        this.id = id;
        this.name = name;
        this.submittedBy = submittedBy;
        this.steps = steps;
        this.last = last;
    }

    /** {@return a workflow without tasks so far; its name for people has 1 to 500 characters} */
    public static NewWorkflow of(String name) {
        return new NewWorkflow(null, Check.text("NewWorkflow.name", name, Check.TITLE), null, Map.of(), null);
    }

    /** {@return the same with an id of the caller's; a submit may be repeated with the same id and content} */
    public NewWorkflow id(UUID id) {
        return new NewWorkflow(Check.given("id", id), name, submittedBy, steps, last);
    }

    /** {@return the same with the name of who asks for it, 1 to 200 characters} */
    public NewWorkflow submittedBy(String submittedBy) {
        return new NewWorkflow(id, name, Check.text("submittedBy", submittedBy, Check.PERSON), steps, last);
    }

    /**
     * {@return the same with one more task; at most 10,000}
     *
     * @param step its name within the workflow, used once: 1 to 100 ASCII letters, digits or {@code . _ : / + @ # -}
     */
    public NewWorkflow task(String step, NewTask task) {
        Step added = new Step(step, task, Map.of());
        if (steps.containsKey(step)) {
            throw new InvalidInputException("NewWorkflow.task", "named as no other of the workflow", step);
        }
        Check.between("NewWorkflow.size", 1, MOST_TASKS, steps.size() + 1);
        return with(added);
    }

    /** {@return the same, in which the task added last waits until these have completed} */
    public NewWorkflow after(String... steps) {
        return after(Requires.COMPLETED, steps);
    }

    /** {@return the same, in which the task added last waits until these have ended, however they end} */
    public NewWorkflow afterEnded(String... steps) {
        return after(Requires.ENDED, steps);
    }

    /** {@return the caller's id; a workflow without one gets its id when it is submitted} */
    public Optional<UUID> id() {
        return Optional.ofNullable(id);
    }

    /** {@return the name for people} */
    public String name() {
        return name;
    }

    /** {@return who asks for it} */
    public Optional<String> submittedBy() {
        return Optional.ofNullable(submittedBy);
    }

    /** {@return its tasks, in the order in which they were added} */
    public List<Step> steps() {
        return List.copyOf(steps.values());
    }

    private NewWorkflow after(Requires requires, String... before) {
        Step step = last;
        if (step == null) {
            throw new InvalidInputException("NewWorkflow.after", "called behind task(…)", Arrays.toString(before));
        }
        Map<String, Requires> dependencies = new LinkedHashMap<>(step.dependencies());
        for (String name : Check.names("after", before)) {
            dependencies.put(name, requires);
        }
        return with(new Step(step.name(), step.task(), dependencies));
    }

    private NewWorkflow with(Step step) {
        Map<String, Step> changed = new LinkedHashMap<>(steps);
        changed.put(step.name(), step);
        return new NewWorkflow(id, name, submittedBy, Collections.unmodifiableMap(changed), step);
    }

    /**
     * Refuses a workflow that could never end: one without tasks, with a dependency on a task it does not have, or on
     * itself in a circle.
     */
    void check() {
        Check.between("NewWorkflow.size", 1, MOST_TASKS, steps.size());
        for (Step step : steps.values()) {
            for (String before : step.dependencies().keySet()) {
                if (!steps.containsKey(before)) {
                    throw new InvalidInputException(
                            "NewWorkflow.after of \"" + step.name() + '"',
                            "the name of a task of the workflow",
                            before);
                }
            }
        }
        List<String> circle = circle();
        if (!circle.isEmpty()) {
            throw new InvalidInputException("NewWorkflow", "free of circles", String.join(" → ", circle));
        }
    }

    /** Takes away every task whose dependencies are gone already; what is left has a circle in it. */
    private List<String> circle() {
        Map<String, List<String>> left = new LinkedHashMap<>();
        steps.values()
                .forEach(step -> left.put(
                        step.name(), new ArrayList<>(step.dependencies().keySet())));
        Map<String, List<String>> dependants = new LinkedHashMap<>();
        left.forEach((name, befores) -> befores.forEach(before ->
                dependants.computeIfAbsent(before, key -> new ArrayList<>()).add(name)));
        List<String> free = new ArrayList<>();
        left.forEach((name, befores) -> {
            if (befores.isEmpty()) {
                free.add(name);
            }
        });
        while (!free.isEmpty()) {
            String done = free.remove(free.size() - 1);
            left.remove(done);
            for (String dependant : dependants.getOrDefault(done, List.of())) {
                List<String> befores = left.get(dependant);
                if (befores != null) {
                    befores.remove(done);
                    if (befores.isEmpty()) {
                        free.add(dependant);
                    }
                }
            }
        }
        return left.isEmpty() ? List.of() : walk(left);
    }

    /** Every task that is left waits for another that is left, so that walking back must come round. */
    private static List<String> walk(Map<String, List<String>> left) {
        List<String> path = new ArrayList<>();
        String step = left.keySet().iterator().next();
        while (!path.contains(step)) {
            path.add(step);
            step = left.getOrDefault(step, List.of()).get(0);
        }
        List<String> circle = new ArrayList<>(path.subList(path.indexOf(step), path.size()));
        circle.add(step);
        Collections.reverse(circle);
        return circle;
    }

    @Override
    public String toString() {
        return "NewWorkflow[name=" + name + ", tasks=" + steps.size() + "]";
    }
}
