package io.taskstore;

import io.taskstore.TaskQueue.Reservation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The service through which an application submits, reads, changes and awaits tasks. It stores durably first and tells the
 * queue after; a queue that refuses or fails costs latency, never a submit.
 *
 * <p>It is thread-safe. Where a method names no other exception, it throws what {@link TaskRepository} names, and
 * {@link InvalidInputException} for arguments out of range.
 */
public final class TaskService {

    private static final Logger LOG = LoggerFactory.getLogger(TaskService.class);
    private static final int MOST_AT_ONCE = 100_000;
    private static final int PURGED_AT_ONCE = 500;

    private final TaskRepository repository;
    private final TaskQueue queue;
    private final Drafting drafting;
    private final Awaiting awaiting;
    private final LongAdder submitted;
    private final boolean joined;

    /** Serves the tasks of the repository, with the standard codec and ids. */
    public TaskService(TaskRepository repository, TaskQueue queue) {
        this(repository, queue, JacksonCodec.standard(), TaskIds.standard());
    }

    /**
     * Serves the tasks of the repository.
     *
     * @param codec turns payloads and results into JSON and back
     * @param ids gives an id to each task that brings none
     */
    public TaskService(TaskRepository repository, TaskQueue queue, PayloadCodec codec, Supplier<UUID> ids) {
        this(repository, queue, new Drafting(codec, ids), new LongAdder());
    }

    private TaskService(TaskRepository repository, TaskQueue queue, Drafting drafting, LongAdder submitted) {
        this.repository = Check.given("repository", repository);
        this.queue = Check.given("queue", queue);
        this.drafting = drafting;
        this.awaiting = new Awaiting(repository);
        this.submitted = submitted;
        this.joined = repository.isJoined();
    }

    /** {@return the same service in the transaction of a caller} What it does counts, and workers hear of it, when the caller commits. */
    public TaskService in(Joined joined) {
        return new TaskService(Check.given("joined", joined).tasks(), queue, drafting, submitted);
    }

    /**
     * Stores a task. When this returns, outside of a caller's transaction, the task is committed and will be run.
     *
     * @return the task as it was stored, or, for a repeated id or unique key, the one that was there before
     * @throws OutcomeUnknownException if the answer to the commit was lost; it names the id, and with that id the submit may
     *     be repeated
     * @throws DuplicateTaskException if the id or the unique key is taken
     * @throws PayloadException if the payload cannot be encoded
     */
    public Task submit(NewTask task) {
        TaskDraft draft = drafting.draft(task);
        Optional<Reservation> slot = reserve(draft);
        try {
            Created created =
                    repository.create(draft, slot.flatMap(TaskService::worker).orElse(null));
            submittedAfterCommit(isNew(created) ? 1 : 0);
            tell(created, slot);
            return created.task();
        } finally {
            slot.ifPresent(TaskService::release);
        }
    }

    /**
     * Stores many tasks, at most 100,000, all of them or none.
     *
     * @return the tasks in the same order, each as {@link #submit} would answer
     */
    public List<Task> submitAll(Collection<NewTask> tasks) {
        List<TaskDraft> drafts = Check.<NewTask>list("tasks", tasks, MOST_AT_ONCE).stream()
                .map(drafting::draft)
                .toList();
        List<Created> created = repository.createAll(drafts);
        submittedAfterCommit(created.stream().filter(TaskService::isNew).count());
        List<Task> stored = created.stream().map(Created::task).toList();
        hintAfterCommit(stored);
        return stored;
    }

    private static boolean isNew(Created created) {
        return created.how() != Created.How.EXISTING;
    }

    /**
     * {@return how many tasks were stored through this service since it was made} Those count that were stored in a caller's
     * transaction, once it is known to be committed, and those of workflows; what was there before does not, but for workflows
     * that are submitted again.
     */
    public long submitted() {
        return submitted.sum();
    }

    /** {@return the task, or empty if there is none} */
    public Optional<Task> find(UUID id) {
        return repository.find(Check.given("id", id));
    }

    /**
     * {@return the payload of the task}
     *
     * @param type the type the task is of
     * @throws PayloadException if it is not what the type says
     */
    public <T> T payload(Task task, TaskType<T> type) {
        Check.given("task", task);
        Check.given("type", type);
        Check.that(task.type().equals(type.name()), "type", "\"" + task.type() + "\"", type.name());
        return drafting.decode("payload of task " + task.id(), task.payload(), type.payloadClass());
    }

    /**
     * {@return what the task made, or empty if it has made nothing}
     *
     * @throws PayloadException if it is not of that type
     */
    public <T> Optional<T> result(Task task, Class<T> type) {
        Check.given("task", task);
        Check.given("type", type);
        return task.result().map(json -> drafting.decode("result of task " + task.id(), json, type));
    }

    /** {@return the part of all tasks that pass the filter which the request asks for} */
    public Page list(TaskFilter filter, PageRequest request) {
        return repository.list(Check.given("filter", filter), Check.given("request", request));
    }

    /**
     * {@return how many tasks pass the filter}
     *
     * @param cap where to stop counting, at least 1
     */
    public Count count(TaskFilter filter, long cap) {
        return repository.count(Check.given("filter", filter), Check.between("cap", 1, Long.MAX_VALUE, cap));
    }

    /**
     * Edits a task, unless somebody has changed it since.
     *
     * @param seen the task as the caller has read it
     * @param change names what is to be another value
     * @return the task as it is now
     * @throws StaleTaskException if it was changed since
     */
    public Task update(Task seen, UnaryOperator<TaskEdit> change) {
        Check.given("seen", seen);
        TaskEdit edit = Check.given("edit", Check.given("change", change).apply(TaskEdit.nothing()));
        Task updated = repository.update(seen.id(), seen.version(), edit);
        if (updated.status() == TaskStatus.PENDING) {
            wakeAfterCommit();
        }
        return updated;
    }

    /**
     * Moves a task to another status, for a host that drives statuses itself.
     *
     * @param expectedVersion the version the caller has seen
     * @param note for the history; may be null
     * @return the task as it is now
     * @throws StaleTaskException if it was changed since
     * @throws IllegalTransitionException if the move is not the host's to make
     */
    public Task transition(UUID id, long expectedVersion, TaskStatus to, @Nullable String note) {
        Check.given("id", id);
        Check.given("to", to);
        Task moved = repository.transition(id, expectedVersion, to, checkedNote(note));
        if (moved.status() == TaskStatus.PENDING) {
            repository.afterCommit(() -> hint(Hint.of(moved)));
        }
        return moved;
    }

    /** {@return every status the task has had, or empty if there is no such task} */
    public Optional<StatusHistory> history(UUID id) {
        return repository.history(Check.given("id", id));
    }

    /**
     * Cancels a task: at once, or, if it is RUNNING, as soon as its handler lets itself be stopped. A task that has ended
     * stays as it is.
     *
     * @param note for the history of what is cancelled at once; may be null. A request to cancel a RUNNING task keeps no note: it is
     *     no change of status, and it may come to nothing. Where the task ends by it, the history says that a cancel was requested
     * @return the task as it is now
     * @throws TaskNotFoundException if there is none
     */
    public Task cancel(UUID id, @Nullable String note) {
        cancel(TaskFilter.all().id(Check.given("id", id)), note);
        return existing(id);
    }

    /**
     * Cancels all tasks that pass the filter and have not ended.
     *
     * @param note for the histories of those that are cancelled at once, as in {@link #cancel(UUID, String)}; may be null
     * @return how many were cancelled or marked to be
     */
    public long cancel(TaskFilter filter, @Nullable String note) {
        Changed changed = repository.cancel(Check.given("filter", filter), checkedNote(note));
        if (!changed.cancelRequested().isEmpty()) {
            Set<UUID> running = changed.cancelRequested();
            repository.afterCommit(() -> quietly("cancel request", () -> queue.cancelRequested(running)));
        }
        return changed.count();
    }

    /**
     * Gives a FAILED or CANCELLED task another life.
     *
     * @param note for the history; may be null
     * @return the task as it is now
     * @throws TaskNotFoundException if there is none
     * @throws IllegalTransitionException if it is neither FAILED nor CANCELLED
     * @throws DuplicateTaskException if another task holds its unique key meanwhile
     */
    public Task requeue(UUID id, @Nullable String note) {
        Changed changed = requeued(TaskFilter.all().id(Check.given("id", id)), note);
        Task task = existing(id);
        if (changed.refused().contains(id)) {
            throw refusal(task);
        } else if (changed.count() == 0) {
            throw new IllegalTransitionException(
                    id, task.status(), "be requeued", "only FAILED and CANCELLED tasks can");
        }
        return task;
    }

    /**
     * Gives all FAILED and CANCELLED tasks that pass the filter another life, but for those whose unique key another task
     * holds meanwhile.
     *
     * @param note for the history; may be null
     * @return how many were requeued
     */
    public long requeue(TaskFilter filter, @Nullable String note) {
        return requeued(Check.given("filter", filter), note).count();
    }

    /**
     * Deletes a task with its history and logs.
     *
     * @return whether it existed
     * @throws IllegalTransitionException if it is RUNNING, or belongs to a workflow, which is deleted as a whole
     */
    public boolean delete(UUID id) {
        Changed changed = repository.delete(TaskFilter.all().id(Check.given("id", id)));
        if (changed.refused().contains(id)) {
            throw new IllegalTransitionException(
                    id,
                    existing(id).status(),
                    "be deleted",
                    "a RUNNING task has to end first, and a workflow is deleted as a whole");
        }
        return changed.count() > 0;
    }

    /**
     * Deletes all tasks that pass the filter, with their histories and logs, but for those that are RUNNING or belong to a
     * workflow.
     *
     * @return how many were deleted
     */
    public long delete(TaskFilter filter) {
        return repository.delete(Check.given("filter", filter)).count();
    }

    /**
     * Deletes tasks, and whole workflows, that ended before the instant, with their histories and logs, in small steps that
     * keep no worker waiting.
     *
     * @return how many tasks were deleted
     */
    public long purge(Instant endedBefore) {
        Instant before = Check.instant("endedBefore", endedBefore);
        long purged = 0;
        long step;
        do {
            step = repository.purge(before, PURGED_AT_ONCE);
            purged += step;
        } while (step >= PURGED_AT_ONCE);
        return purged;
    }

    /**
     * Waits until a task has ended. In the process that runs it the end is known at once, in others within a quarter of a
     * second.
     *
     * @return the task as it has ended, or empty if it has not within the timeout
     * @throws TaskNotFoundException if there is none, or it is deleted meanwhile
     * @throws InvalidInputException if called from a handler, which could wait for its own slot, or in a transaction
     * @throws InterruptedException if the thread was interrupted before or while it waited
     */
    public Optional<Task> await(UUID id, Duration timeout) throws InterruptedException {
        Check.given("id", id);
        checkAwait(timeout);
        return awaiting.await(id, timeout);
    }

    void checkAwait(Duration timeout) {
        Check.delay("timeout", timeout);
        RunScope.current().ifPresent(run -> {
            String caller = "the handler of task " + run.task().id();
            throw new InvalidInputException("await", "called outside of handlers, which hold a slot", caller);
        });
        Check.that(
                !joined, "await", "called outside of a transaction, which hides the end from it", "a joined service");
    }

    /**
     * {@return one sentence that says why the task is where it is}
     *
     * @throws TaskNotFoundException if there is none
     */
    public String explain(UUID id) {
        return repository
                .situation(Check.given("id", id))
                .map(Explanation::of)
                .orElseThrow(() -> new TaskNotFoundException(id));
    }

    /** Asks all workers of this process for a scan, as after a commit that the library could not observe. */
    public void wake() {
        quietly("wake-up", queue::wake);
    }

    /** {@return how storage and queue are; it never throws} */
    public Health health() {
        return Health.of("taskstore", health("storage", repository::health), health("queue", queue::health));
    }

    void submittedAfterCommit(long number) {
        if (number > 0) {
            quietly("count", () -> repository.afterCommit(() -> submitted.add(number)));
        }
    }

    void wakeAfterCommit() {
        repository.afterCommit(this::wake);
    }

    WorkflowDraft draft(NewWorkflow workflow) {
        return drafting.draft(workflow);
    }

    private Optional<Reservation> reserve(TaskDraft draft) {
        NewTask task = draft.task();
        if (joined || task.runAt().isPresent()) {
            return Optional.empty();
        }
        return quietly("reservation", () -> queue.reserve(hint(draft)), Optional.empty());
    }

    private static Optional<WorkerId> worker(Reservation slot) {
        return quietly("reservation", () -> Optional.of(slot.worker()), Optional.empty());
    }

    private void tell(Created created, Optional<Reservation> slot) {
        Task task = created.task();
        if (created.how() == Created.How.CLAIMED) {
            slot.ifPresent(reservation -> quietly("hand-over", () -> reservation.deliver(task)));
        } else {
            hintAfterCommit(List.of(task));
        }
    }

    private void hintAfterCommit(List<Task> stored) {
        List<Task> pending = stored.stream()
                .filter(task -> task.status() == TaskStatus.PENDING)
                .toList();
        hintAfterCommit(
                pending.stream()
                        .filter(task -> task.runAt().isEmpty())
                        .map(Hint::of)
                        .toList(),
                pending.stream().anyMatch(task -> task.runAt().isPresent()));
    }

    /** Tells of the tasks of a new workflow that wait for no other. */
    void hintAfterCommit(WorkflowDraft workflow) {
        List<NewWorkflow.Step> steps = workflow.workflow().steps();
        List<TaskDraft> first = new ArrayList<>();
        for (int i = 0; i < steps.size(); i++) {
            if (steps.get(i).dependencies().isEmpty()) {
                first.add(workflow.tasks().get(i));
            }
        }
        hintAfterCommit(
                first.stream()
                        .filter(draft -> draft.task().runAt().isEmpty())
                        .map(TaskService::hint)
                        .toList(),
                first.stream().anyMatch(draft -> draft.task().runAt().isPresent()));
    }

    /** Whatever goes wrong here, the tasks are stored. */
    private void hintAfterCommit(List<Hint> due, boolean scheduled) {
        quietly("hint", () -> repository.afterCommit(() -> hintAll(due, scheduled)));
    }

    /** What the queue refuses once it would refuse again: the worker it told scans for the rest. */
    private void hintAll(List<Hint> due, boolean scheduled) {
        boolean taken = true;
        for (Hint hint : due) {
            taken = taken && hint(hint);
        }
        if (scheduled) {
            wake();
        }
    }

    private boolean hint(Hint hint) {
        return quietly("hint", () -> queue.offer(hint), false);
    }

    private static Hint hint(TaskDraft draft) {
        NewTask task = draft.task();
        return new Hint(draft.id(), task.type().name(), task.queue(), task.priority());
    }

    private static void release(Reservation reservation) {
        quietly("release", reservation::release);
    }

    /** Gives all FAILED and CANCELLED tasks that pass the filter another life, and tells which are refused it. */
    Changed requeued(TaskFilter filter, @Nullable String note) {
        Changed changed = repository.requeue(filter, checkedNote(note));
        if (changed.count() > 0) {
            wakeAfterCommit();
        }
        return changed;
    }

    private TaskStoreException refusal(Task task) {
        return task.uniqueKey()
                .flatMap(key -> holderOf(key, task))
                .<TaskStoreException>map(holder ->
                        DuplicateTaskException.ofUniqueKey(task.uniqueKey().orElse(""), task.id(), holder.id()))
                .orElseGet(() -> new IllegalTransitionException(
                        task.id(),
                        task.status(),
                        "be requeued",
                        task.workflowId().isPresent()
                                ? "what it depends on failed or was cancelled, and has to be requeued first"
                                : "another task held its unique key a moment ago"));
    }

    private Optional<Task> holderOf(String uniqueKey, Task refused) {
        TaskFilter holders = TaskFilter.all()
                .uniqueKey(uniqueKey)
                .status(TaskStatus.WAITING, TaskStatus.PENDING, TaskStatus.RUNNING);
        return repository.list(holders, PageRequest.first(2)).tasks().stream()
                .filter(task -> !task.id().equals(refused.id()))
                .findFirst();
    }

    private Task existing(UUID id) {
        return repository.find(id).orElseThrow(() -> new TaskNotFoundException(id));
    }

    private static @Nullable String checkedNote(@Nullable String note) {
        return note == null ? null : Check.text("note", note, Check.NOTE);
    }

    private static Health health(String part, Supplier<Health> check) {
        try {
            return check.get();
        } catch (RuntimeException e) {
            return Health.of(part, Health.Level.DOWN, String.valueOf(e.getMessage()));
        }
    }

    private static void quietly(String what, Runnable action) {
        quietly(
                what,
                () -> {
                    action.run();
                    return true;
                },
                false);
    }

    /** The queue is a hint: whatever goes wrong with it is logged and leaves the task to the next scan. */
    private static <R> R quietly(String what, Supplier<R> action, R otherwise) {
        try {
            return action.get();
        } catch (RuntimeException e) {
            LOG.warn("The queue failed at a {}; the next scan makes up for it", what, e);
            return otherwise;
        }
    }
}
