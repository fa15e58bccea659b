package io.taskstore;

import java.util.List;
import java.util.TreeMap;
import java.util.UUID;

/**
 * A workflow on its way into the storage: what the caller asked for, with its id and its tasks as drafts.
 *
 * @param id the id it will have
 * @param workflow what the caller asked for, without circles and unknown names
 * @param tasks one draft for each step of the workflow, in the same order
 */
public record WorkflowDraft(UUID id, NewWorkflow workflow, List<TaskDraft> tasks) {

    /** Checks that the workflow can end and that each step has its draft. */
    public WorkflowDraft {
        Check.given("WorkflowDraft.id", id);
        Check.given("WorkflowDraft.workflow", workflow).check();
        tasks = Check.list("WorkflowDraft.tasks", tasks, Integer.MAX_VALUE);
        List<NewTask> asked =
                workflow.steps().stream().map(NewWorkflow.Step::task).toList();
        Check.that(
                tasks.stream().map(TaskDraft::task).toList().equals(asked),
                "WorkflowDraft.tasks",
                "the drafts of the workflow's steps in their order",
                tasks.size() + " drafts");
        Check.that(
                tasks.stream().map(TaskDraft::id).distinct().count() == tasks.size(),
                "WorkflowDraft.tasks",
                "drafts with different ids",
                "the same id twice");
    }

    /**
     * {@return a number that is the same for the same content: everything the caller asked for but the ids and the notes}
     */
    public long fingerprint() {
        Fingerprint fingerprint = new Fingerprint()
                .add(workflow.name())
                .add(workflow.submittedBy().toString());
        List<NewWorkflow.Step> steps = workflow.steps();
        for (int i = 0; i < steps.size(); i++) {
            NewWorkflow.Step step = steps.get(i);
            fingerprint.add(step.name());
            fingerprint.add(Long.toString(tasks.get(i).fingerprint()));
            fingerprint.add(new TreeMap<>(step.dependencies()).toString());
        }
        return fingerprint.value();
    }
}
