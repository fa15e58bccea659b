package io.taskstore.testkit;

import io.taskstore.NewWorkflow;
import io.taskstore.NewWorkflow.Requires;
import io.taskstore.WorkflowDraft;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The calls of {@link io.taskstore.WorkflowRepository}. */
final class ModelWorkflowOperations {

    private ModelWorkflowOperations() {}

    /** A task of a workflow, and by their step names what it depends on. */
    record Step(String name, ModelTask task, Map<String, Requires> after) {
        Step within(List<Step> steps) {
            Map<String, Requires> left = new LinkedHashMap<>(after);
            left.keySet().retainAll(steps.stream().map(Step::name).toList());
            return new Step(name, task, Collections.unmodifiableMap(left));
        }

        NewWorkflow addTo(NewWorkflow workflow) {
            NewWorkflow longer = workflow.task(name, task.task());
            for (Map.Entry<String, Requires> edge : after.entrySet()) {
                longer = edge.getValue() == Requires.ENDED
                        ? longer.afterEnded(edge.getKey())
                        : longer.after(edge.getKey());
            }
            return longer;
        }

        @Override
        public String toString() {
            return name + ": " + task + (after.isEmpty() ? "" : " after " + after);
        }
    }

    record CreateWorkflow(int number, String name, List<Step> steps) implements ModelOperation {
        @Override
        public Object on(ModelSide side) {
            NewWorkflow workflow = NewWorkflow.of(name);
            for (Step step : steps) {
                workflow = step.addTo(workflow);
            }
            WorkflowDraft draft = new WorkflowDraft(
                    ModelIds.workflow(number),
                    workflow,
                    steps.stream().map(step -> step.task().draft()).toList());
            return ModelNeutral.workflow(side.storage().workflows().create(draft));
        }

        /** Without a step, and without what depends on it depending on it. */
        @Override
        public List<ModelOperation> simpler() {
            return ModelOperation.withoutOne(steps).stream()
                    .<ModelOperation>map(fewer -> new CreateWorkflow(
                            number,
                            name,
                            fewer.stream().map(step -> step.within(fewer)).toList()))
                    .toList();
        }

        @Override
        public String toString() {
            return "create workflow " + number + " \"" + name + "\" of " + steps;
        }
    }

    record Rename(int workflow, String name) implements ModelOperation {
        @Override
        public Object on(ModelSide side) {
            return ModelNeutral.workflow(side.storage().workflows().rename(ModelIds.workflow(workflow), name));
        }

        @Override
        public String toString() {
            return "rename workflow " + workflow + " to \"" + name + '"';
        }
    }

    record DeleteWorkflow(int workflow) implements ModelOperation {
        @Override
        public Object on(ModelSide side) {
            return side.storage().workflows().delete(ModelIds.workflow(workflow));
        }

        @Override
        public List<String> outcomes(Object answer) {
            return List.of(answer.equals(true) ? "deleted" : "not there");
        }

        @Override
        public String toString() {
            return "delete workflow " + workflow;
        }
    }
}
