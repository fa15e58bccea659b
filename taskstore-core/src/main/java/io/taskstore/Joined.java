package io.taskstore;

/**
 * The repositories of a storage in the transaction of a caller, who commits it or rolls it back. They are of no use after its end.
 *
 * @param tasks for {@link TaskService#in}
 * @param workflows for {@link WorkflowService#in}
 */
public record Joined(TaskRepository tasks, WorkflowRepository workflows) {

    /** Checks that they are given. */
    public Joined {
        Check.given("Joined.tasks", tasks);
        Check.given("Joined.workflows", workflows);
    }
}
