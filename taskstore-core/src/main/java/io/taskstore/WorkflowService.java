package io.taskstore;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The service through which an application submits, reads, changes and awaits workflows as a whole. Their tasks are tasks like all
 * others, to be found by {@link TaskFilter#workflow}.
 *
 * <p>It is thread-safe. Where a method names no other exception, it throws what {@link WorkflowRepository} names, and
 * {@link InvalidInputException} for arguments out of range.
 */
public final class WorkflowService {

    private static final int MOST_LISTED = 1_000;
    private static final TaskFilter OPEN =
            TaskFilter.all().status(TaskStatus.WAITING, TaskStatus.PENDING, TaskStatus.RUNNING);

    private final WorkflowRepository repository;
    private final TaskService tasks;

    /** Serves the workflows of the repository, whose tasks the service for tasks serves. */
    public WorkflowService(WorkflowRepository repository, TaskService tasks) {
        this.repository = Check.given("repository", repository);
        this.tasks = Check.given("tasks", tasks);
    }

    /** {@return the same service in the transaction of a caller} What it does counts, and workers hear of it, when the caller commits. */
    public WorkflowService in(Joined joined) {
        return new WorkflowService(Check.given("joined", joined).workflows(), tasks.in(joined));
    }

    /**
     * Stores a workflow with all its tasks. When this returns, outside of a caller's transaction, it is committed and will be
     * run.
     *
     * @throws InvalidInputException if it could never end: it has no tasks, names one it does not have, or waits for itself
     *     in a circle, which the message shows
     * @throws OutcomeUnknownException if the answer to the commit was lost
     * @throws DuplicateTaskException if an id or a unique key is taken
     */
    public Workflow submit(NewWorkflow workflow) {
        WorkflowDraft draft = tasks.draft(workflow);
        Workflow stored = repository.create(draft);
        tasks.submittedAfterCommit(draft.tasks().size());
        tasks.hintAfterCommit(draft);
        return stored;
    }

    /** {@return the workflow, or empty if there is none} */
    public Optional<Workflow> find(UUID id) {
        return repository.find(Check.given("id", id));
    }

    /**
     * {@return workflows that pass the filter, the newest first}
     *
     * @param after the place of the last one seen; null to begin with the newest
     * @param limit how many at most, 1 to 1,000
     */
    public List<Workflow> list(WorkflowFilter filter, @Nullable Cursor after, int limit) {
        return repository.list(Check.given("filter", filter), after, Check.between("limit", 1, MOST_LISTED, limit));
    }

    /**
     * {@return the workflow as a flowchart in the language of Mermaid, which GitHub, GitLab and many editors draw} Each task is
     * a box, coloured by its status; an arrow is dotted where a task waits for any end of another. What draws it has limits of its own:
     * Mermaid refuses more than 500 arrows unless it is told otherwise.
     *
     * @throws WorkflowNotFoundException if there is none
     */
    public String toMermaid(UUID id) {
        existing(Check.given("id", id));
        Map<String, TaskStatus> steps = new LinkedHashMap<>();
        PageRequest request = PageRequest.first(MOST_LISTED).order(TaskOrder.OLDEST_FIRST);
        Optional<PageRequest> next = Optional.of(request);
        while (next.isPresent()) {
            Page page = tasks.list(TaskFilter.all().workflow(id), next.get());
            page.tasks().forEach(task -> task.step().ifPresent(step -> steps.put(step, task.status())));
            next = page.next().map(request::after);
        }
        return Mermaid.draw(steps, repository.dependencies(id));
    }

    /** {@return the workflow with another name of 1 to 500 characters} */
    public Workflow rename(UUID id, String name) {
        return repository.rename(Check.given("id", id), Check.text("name", name, Check.TITLE));
    }

    /**
     * Cancels the tasks of a workflow that have not ended.
     *
     * @param note for the histories; may be null
     * @return the workflow as it is now
     */
    public Workflow cancel(UUID id, @Nullable String note) {
        tasks.cancel(TaskFilter.all().workflow(Check.given("id", id)), note);
        return existing(id);
    }

    /**
     * Gives the tasks of a workflow that failed or were cancelled another life, as {@link TaskService#requeue} does.
     *
     * @param note for the histories; may be null
     * @return how many live again, and which do not: another task holds the unique key of theirs, or of one they depend on
     * @throws WorkflowNotFoundException if there is none
     */
    public Changed requeue(UUID id, @Nullable String note) {
        Workflow workflow = existing(Check.given("id", id));
        return tasks.requeued(TaskFilter.all().workflow(workflow.id()), note);
    }

    /**
     * Deletes a workflow whose tasks have all ended, with the tasks, their histories and logs.
     *
     * @return whether it existed
     */
    public boolean delete(UUID id) {
        return repository.delete(Check.given("id", id));
    }

    /**
     * Waits until all tasks of a workflow have ended, as {@link TaskService#await} does for one.
     *
     * @return the workflow as it has ended, or empty if it has not within the timeout
     * @throws WorkflowNotFoundException if there is none, or it is deleted meanwhile
     * @throws InvalidInputException if called from a handler, which could wait for its own slot, or in a transaction
     * @throws InterruptedException if the thread was interrupted before or while it waited
     */
    public Optional<Workflow> await(UUID id, Duration timeout) throws InterruptedException {
        tasks.checkAwait(timeout);
        long deadline = System.nanoTime() + timeout.toNanos();
        boolean inTime = true;
        while (true) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            Workflow workflow = existing(Check.given("id", id));
            if (workflow.status() != WorkflowStatus.ACTIVE) {
                return Optional.of(workflow);
            } else if (!inTime) {
                return Optional.empty();
            }
            inTime = oneMoreHasEnded(id, deadline);
        }
    }

    /** Waits for the task that was named last of those that have not ended. {@return false when the time is over} */
    private boolean oneMoreHasEnded(UUID id, long deadline) throws InterruptedException {
        Optional<Task> open = tasks.list(OPEN.workflow(id), PageRequest.first(1)).tasks().stream()
                .findFirst();
        Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
        try {
            return open.isEmpty() || tasks.await(open.get().id(), left).isPresent();
        } catch (TaskNotFoundException e) {
            // it was deleted with its workflow, which is for the next look to say
            return true;
        }
    }

    private Workflow existing(UUID id) {
        return repository.find(id).orElseThrow(() -> new WorkflowNotFoundException(id));
    }
}
