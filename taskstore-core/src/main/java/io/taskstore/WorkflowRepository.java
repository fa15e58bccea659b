package io.taskstore;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The port through which callers store, read and change workflows. Their tasks are tasks like all others, to be found by
 * {@link TaskFilter#workflow}.
 *
 * <p>Implementations comply with what {@link TaskRepository} asks for, and with the following:
 *
 * <ul>
 *   <li>A task that depends on nothing begins PENDING, any other WAITING.
 *   <li>A WAITING task becomes PENDING in the transaction in which the last of what it depends on is satisfied, exactly
 *       once, however many of those end together and in however many processes.
 *   <li>A WAITING task that requires the completion of one that failed or was cancelled is CANCELLED in the transaction
 *       of that end, with a note that names it, and so on along the dependencies.
 * </ul>
 */
public interface WorkflowRepository {

    /**
     * Stores a workflow with all its tasks and dependencies, in one transaction, or finds it stored already with the same
     * content.
     *
     * @throws DuplicateTaskException if the id is taken by other content, or else for the first task whose id is taken by
     *     any, or whose unique key is held by one that has not ended
     */
    Workflow create(WorkflowDraft draft);

    /** {@return the workflow, or empty if there is none} */
    Optional<Workflow> find(UUID id);

    /**
     * {@return workflows that pass the filter, the newest first, and of equally new ones those with the greater id as text}
     *
     * @param after the place of the last one seen, as {@link Cursor#after(Workflow)} tells; null to begin with the newest
     * @param limit how many at most, 1 to 1,000
     */
    List<Workflow> list(WorkflowFilter filter, @Nullable Cursor after, int limit);

    /** {@return what depends on what in the workflow; empty if there is no such workflow} */
    List<Dependency> dependencies(UUID id);

    /**
     * Gives a workflow another name of 1 to 500 characters.
     *
     * @throws WorkflowNotFoundException if there is none
     */
    Workflow rename(UUID id, String name);

    /**
     * Deletes a workflow whose tasks have all ended, with the tasks, their histories and logs.
     *
     * @return whether it existed
     * @throws InvalidInputException if some of its tasks have not ended
     */
    boolean delete(UUID id);

    /**
     * One task of a workflow waiting for another.
     *
     * @param step the name of the one that waits
     * @param before the name of the one it waits for
     * @param requires what has to happen to that one
     */
    record Dependency(String step, String before, NewWorkflow.Requires requires) {

        /** Checks the names. */
        public Dependency {
            Check.name("Dependency.step", step);
            Check.name("Dependency.before", before);
            Check.given("Dependency.requires", requires);
        }
    }
}
