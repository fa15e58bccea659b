package io.taskstore.testkit;

import io.taskstore.JacksonCodec;
import io.taskstore.NewTask;
import io.taskstore.NewWorkflow;
import io.taskstore.TaskDraft;
import io.taskstore.TaskIds;
import io.taskstore.TaskType;
import io.taskstore.WorkflowDraft;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Tasks for tests that do not care what the work is. */
public final class Fixtures {

    /**
     * What the work is about.
     *
     * @param name some text
     * @param number some number
     */
    public record Work(String name, int number) {}

    /** The kind of work that tests do. */
    public static final TaskType<Work> WORK = TaskType.of("work", Work.class);

    /** Another kind of work. */
    public static final TaskType<Work> OTHER_WORK = TaskType.of("other-work", Work.class);

    private static final Supplier<UUID> IDS = TaskIds.standard();

    private Fixtures() {}

    /** {@return a task to be submitted} */
    public static NewTask newTask() {
        return NewTask.of(WORK, new Work("some work", 1));
    }

    /** {@return a task on its way into a storage, with an id of its own} */
    public static TaskDraft draft() {
        return draft(newTask());
    }

    /** {@return the task on its way into a storage, with its own id, or a new one if it has none} */
    public static TaskDraft draft(NewTask task) {
        return new TaskDraft(
                task.id().orElseGet(IDS), task, JacksonCodec.standard().encode(task.payload()));
    }

    /** {@return so many tasks on their way into a storage} */
    public static List<TaskDraft> drafts(int number) {
        return Stream.generate(Fixtures::draft).limit(number).toList();
    }

    /** {@return the workflow on its way into a storage} */
    public static WorkflowDraft draft(NewWorkflow workflow) {
        List<TaskDraft> tasks =
                workflow.steps().stream().map(step -> draft(step.task())).toList();
        return new WorkflowDraft(workflow.id().orElseGet(IDS), workflow, tasks);
    }
}
