package io.taskstore;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
    private static final int MOST_DEPENDENCIES = 100_000;
    private static final int LONGEST_CIRCLE = 1_000;

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

    /**
     * The steps by name. A changed copy shares the older ones and copies the few recent ones, which go before an older one
     * of the same name, so that thousands of steps are added fast.
     */
    private record Steps(
            Map<String, Step> older,
            Map<String, Step> recent,
            @Nullable Step last,
            int size,
            int dependencies) {

        private static final Steps NONE = new Steps(Map.of(), Map.of(), null, 0, 0);
        private static final int MOST_RECENT = 100;

        boolean contains(String name) {
            return older.containsKey(name) || recent.containsKey(name);
        }

        Steps with(Step step) {
            int grown = contains(step.name()) ? size : size + 1;
            int replaced = last != null && last.name().equals(step.name())
                    ? last.dependencies().size()
                    : 0;
            int edges = dependencies - replaced + step.dependencies().size();
            Map<String, Step> changed = new LinkedHashMap<>(recent);
            changed.put(step.name(), step);
            return changed.size() < MOST_RECENT
                    ? new Steps(older, changed, step, grown, edges)
                    : new Steps(merged(older, changed), Map.of(), step, grown, edges);
        }

        Map<String, Step> all() {
            return merged(older, recent);
        }

        private static Map<String, Step> merged(Map<String, Step> older, Map<String, Step> recent) {
            Map<String, Step> all = new LinkedHashMap<>(older);
            all.putAll(recent);
            return all;
        }
    }

    private final @Nullable UUID id;
    private final String name;
    private final @Nullable String submittedBy;
    private final Steps steps;

    private NewWorkflow(@Nullable UUID id, String name, @Nullable String submittedBy, Steps steps) {
        this.id = id;
        this.name = name;
        this.submittedBy = submittedBy;
        this.steps = steps;
    }

    /** {@return a workflow without tasks so far; its name for people has 1 to 500 characters} */
    public static NewWorkflow of(String name) {
        return new NewWorkflow(null, Check.text("NewWorkflow.name", name, Check.TITLE), null, Steps.NONE);
    }

    /** {@return the same with an id of the caller's; a submit may be repeated with the same id and content} */
    public NewWorkflow id(UUID id) {
        return new NewWorkflow(Check.given("id", id), name, submittedBy, steps);
    }

    /** {@return the same with the name of who asks for it, 1 to 200 characters} */
    public NewWorkflow submittedBy(String submittedBy) {
        return new NewWorkflow(id, name, Check.text("submittedBy", submittedBy, Check.PERSON), steps);
    }

    /**
     * {@return the same with one more task; at most 10,000}
     *
     * @param step its name within the workflow, used once: 1 to 100 ASCII letters, digits or {@code . _ : / + @ # -}
     */
    public NewWorkflow task(String step, NewTask task) {
        Step added = new Step(step, task, Map.of());
        if (steps.contains(step)) {
            throw new InvalidInputException("NewWorkflow.task", "named as no other of the workflow", step);
        }
        Check.between("NewWorkflow.size", 1, MOST_TASKS, steps.size + 1);
        return with(added);
    }

    /** {@return the same, in which the task added last waits until these have completed; at most 100,000 dependencies in all} */
    public NewWorkflow after(String... steps) {
        return after(Requires.COMPLETED, steps);
    }

    /**
     * {@return the same, in which the task added last waits until these have ended, however they end; at most 100,000 dependencies
     * in all}
     */
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
        return List.copyOf(steps.all().values());
    }

    private NewWorkflow after(Requires requires, String... before) {
        Step step = steps.last;
        if (step == null) {
            throw new InvalidInputException("NewWorkflow.after", "called behind task(…)", Arrays.toString(before));
        }
        Map<String, Requires> dependencies = new LinkedHashMap<>(step.dependencies());
        for (String name : Check.names("after", before)) {
            dependencies.put(name, requires);
        }
        NewWorkflow changed = with(new Step(step.name(), step.task(), dependencies));
        Check.between("NewWorkflow.dependencies", 0, MOST_DEPENDENCIES, changed.steps.dependencies());
        return changed;
    }

    private NewWorkflow with(Step step) {
        return new NewWorkflow(id, name, submittedBy, steps.with(step));
    }

    /**
     * Refuses a workflow that could never end: one without tasks, with a dependency on a task it does not have, or on
     * itself in a circle.
     */
    void check() {
        Check.between("NewWorkflow.size", 1, MOST_TASKS, steps.size);
        Map<String, Step> all = steps.all();
        Map<String, Set<String>> left = new LinkedHashMap<>();
        all.forEach((name, step) ->
                left.put(name, new LinkedHashSet<>(step.dependencies().keySet())));
        for (Step step : all.values()) {
            for (String before : step.dependencies().keySet()) {
                if (!all.containsKey(before)) {
                    throw new InvalidInputException(
                            "NewWorkflow.after of \"" + step.name() + '"',
                            "the name of a task of the workflow",
                            before);
                }
            }
        }
        takeAwayWhatCanEnd(left);
        if (!left.isEmpty()) {
            String circle = Text.clean(String.join(" → ", circle(left)), LONGEST_CIRCLE);
            throw InvalidInputException.unquoted("NewWorkflow", "free of circles", "but was \"" + circle + '"');
        }
    }

    /** Takes away every task whose dependencies are gone already; what is left has a circle in it. */
    private static void takeAwayWhatCanEnd(Map<String, Set<String>> left) {
        Map<String, List<String>> dependants = new LinkedHashMap<>();
        List<String> free = new ArrayList<>();
        left.forEach((name, befores) -> {
            befores.forEach(before ->
                    dependants.computeIfAbsent(before, key -> new ArrayList<>()).add(name));
            if (befores.isEmpty()) {
                free.add(name);
            }
        });
        while (!free.isEmpty()) {
            String done = free.remove(free.size() - 1);
            left.remove(done);
            for (String dependant : dependants.getOrDefault(done, List.of())) {
                Set<String> befores = left.get(dependant);
                if (befores != null && befores.remove(done) && befores.isEmpty()) {
                    free.add(dependant);
                }
            }
        }
    }

    /** Every task that is left waits for another that is left, so that walking back must come round. */
    private static List<String> circle(Map<String, Set<String>> left) {
        Set<String> walked = new LinkedHashSet<>();
        String step = left.keySet().iterator().next();
        while (walked.add(step)) {
            step = left.getOrDefault(step, Set.of()).iterator().next();
        }
        List<String> circle = new ArrayList<>(walked);
        circle.subList(0, circle.indexOf(step)).clear();
        circle.add(step);
        Collections.reverse(circle);
        return circle;
    }

    @Override
    public String toString() {
        return "NewWorkflow[name=" + name + ", tasks=" + steps.size + "]";
    }
}
