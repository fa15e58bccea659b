package io.taskstore.testkit;

import io.taskstore.Changed;
import io.taskstore.Count;
import io.taskstore.Created;
import io.taskstore.Cursor;
import io.taskstore.DuplicateTaskException;
import io.taskstore.Health;
import io.taskstore.IllegalTransitionException;
import io.taskstore.NewTask;
import io.taskstore.NewWorkflow.Requires;
import io.taskstore.Page;
import io.taskstore.PageRequest;
import io.taskstore.Situation;
import io.taskstore.StaleTaskException;
import io.taskstore.StatusChange;
import io.taskstore.StatusHistory;
import io.taskstore.StorageUnavailableException;
import io.taskstore.Task;
import io.taskstore.TaskDraft;
import io.taskstore.TaskEdit;
import io.taskstore.TaskError;
import io.taskstore.TaskFilter;
import io.taskstore.TaskNotFoundException;
import io.taskstore.TaskOrder;
import io.taskstore.TaskRepository;
import io.taskstore.TaskStatus;
import io.taskstore.WorkerId;
import io.taskstore.testkit.Row.Why;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The reference for {@link TaskRepository}. */
final class ReferenceTasks implements TaskRepository {

    private static final int BLOCKERS_TOLD = 10;

    private final State state;
    private final Dependencies dependencies;

    ReferenceTasks(State state) {
        this.state = state;
        this.dependencies = new Dependencies(state);
    }

    @Override
    public Created create(TaskDraft draft, @Nullable WorkerId claimFor) {
        return state.transaction(() -> created(draft, claimFor));
    }

    @Override
    public List<Created> createAll(List<TaskDraft> drafts) {
        return state.transaction(
                () -> drafts.stream().map(draft -> created(draft, null)).toList());
    }

    @Override
    public List<Task> find(Collection<UUID> ids) {
        return state.transaction(() -> new LinkedHashSet<>(ids)
                .stream().flatMap(id -> state.find(id).stream()).map(Row::task).toList());
    }

    @Override
    public Page list(TaskFilter filter, PageRequest request) {
        return state.transaction(() -> {
            Comparator<Task> order = order(request.order());
            List<Task> found = matching(filter)
                    .map(Row::task)
                    .sorted(order)
                    .filter(task -> request.cursor()
                            .map(cursor -> order.compare(place(task, cursor), task) < 0)
                            .orElse(true))
                    .skip(request.offset())
                    .limit(request.limit() + 1L)
                    .toList();
            return Page.of(request, found);
        });
    }

    @Override
    public Count count(TaskFilter filter, long cap) {
        long count = state.transaction(() -> matching(filter).count());
        return new Count(Math.min(count, cap), count > cap);
    }

    @Override
    public Task update(UUID id, long expectedVersion, TaskEdit edit) {
        return state.transaction(() -> {
            Row row = expected(id, expectedVersion);
            if (!edit.isAllowedIn(row.status())) {
                throw new IllegalTransitionException(
                        id, row.status(), "be edited so", "what decides how it runs is settled by then");
            }
            return state.put(row.with(task ->
                            edited(task, edit).version(row.task().version() + 1).updatedAt(state.now())))
                    .task();
        });
    }

    @Override
    public Task transition(UUID id, long expectedVersion, TaskStatus to, @Nullable String note) {
        return state.transaction(() -> {
            Row row = expected(id, expectedVersion);
            refuseUnlessTheHosts(row, to);
            Why why = Why.NOTHING.note(Optional.ofNullable(note));
            Instant now = state.now();
            if (row.status().isTerminal()) {
                refuseTakenKey(row);
                Row alive = state.put(requeued(row, to, now, why));
                dependencies.revive(dependencies.revivedWith(Set.of(id), new LinkedHashSet<>()));
                return alive.task();
            }
            Row moved = switch (to) {
                case RUNNING -> row.moved(to, now, why, task -> running(task, row.task(), now));
                case FAILED -> {
                    TaskError error = new TaskError(TaskError.HOST, note == null ? "" : note);
                    yield row.moved(to, now, why.error(error), task -> task.error(error));
                }
                case COMPLETED -> row.moved(to, now, why, task -> task.error(null));
                case PENDING -> row.moved(to, now, why, task -> task.runAt(null));
                default -> row.moved(to, now, why, UnaryOperator.identity());
            };
            state.put(moved);
            if (moved.status().isTerminal()) {
                dependencies.afterEnd(moved);
            }
            return moved.task();
        });
    }

    @Override
    public Changed cancel(TaskFilter filter, @Nullable String note) {
        return state.transaction(() -> {
            long count = 0;
            Set<UUID> requested = new LinkedHashSet<>();
            List<Row> cancelled = new ArrayList<>();
            for (Row row : matching(filter).toList()) {
                if (State.isRunningByWorker(row)) {
                    count++;
                    if (!row.task().cancelRequested()) {
                        requested.add(row.id());
                        state.put(row.with(task -> task.cancelRequested(true)));
                    }
                } else if (!row.status().isTerminal()) {
                    count++;
                    Why why = Why.NOTHING.note(Optional.ofNullable(note));
                    cancelled.add(
                            state.put(row.moved(TaskStatus.CANCELLED, state.now(), why, UnaryOperator.identity())));
                }
            }
            for (Row row : cancelled) {
                count += dependencies.afterEnd(row);
            }
            return new Changed(count, requested, Set.of());
        });
    }

    @Override
    public Changed requeue(TaskFilter filter, @Nullable String note) {
        return state.transaction(() -> {
            Set<UUID> refused = new LinkedHashSet<>();
            Set<UUID> requeued = new LinkedHashSet<>();
            for (Row row : matching(filter).toList()) {
                if (row.isIn(TaskStatus.FAILED, TaskStatus.CANCELLED)) {
                    (dependencies.isKeyTaken(row, requeued) ? refused : requeued).add(row.id());
                }
            }
            refused.addAll(dependencies.takeOutTheDoomed(requeued));
            Set<UUID> revived = dependencies.revivedWith(requeued, refused);
            refused.removeAll(revived);
            Set<UUID> alive = new LinkedHashSet<>(requeued);
            alive.addAll(revived);
            Why why = Why.NOTHING.note(Optional.ofNullable(note));
            for (UUID id : requeued) {
                Row row = state.find(id).orElseThrow();
                state.put(requeued(row, dependencies.waitingStatus(row, alive), state.now(), why));
            }
            dependencies.revive(revived);
            return new Changed(alive.size(), Set.of(), refused);
        });
    }

    @Override
    public Changed delete(TaskFilter filter) {
        return state.transaction(() -> {
            Set<UUID> refused = new LinkedHashSet<>();
            long count = 0;
            for (Row row : matching(filter).toList()) {
                if (row.status() == TaskStatus.RUNNING
                        || row.task().workflowId().isPresent()) {
                    refused.add(row.id());
                } else {
                    state.remove(row.id());
                    count++;
                }
            }
            return new Changed(count, Set.of(), refused);
        });
    }

    @Override
    public long purge(Instant endedBefore, int limit) {
        return state.transaction(() -> {
            long count = 0;
            for (Row row : matching(TaskFilter.all()).toList()) {
                List<Row> whole = row.task().workflowId().map(state::ofWorkflow).orElse(List.of(row));
                boolean gone = state.find(row.id()).isEmpty();
                if (count < limit && !gone && whole.stream().allMatch(member -> endedBefore(member, endedBefore))) {
                    whole.forEach(member -> state.remove(member.id()));
                    row.task().workflowId().ifPresent(state.workflows::remove);
                    count += whole.size();
                }
            }
            return count;
        });
    }

    @Override
    public Optional<StatusHistory> history(UUID id) {
        return state.transaction(() -> state.find(id).map(Row::statusHistory));
    }

    @Override
    public Optional<Situation> situation(UUID id) {
        return state.transaction(() -> state.find(id)
                .map(row -> new Situation(
                        row.task(),
                        Optional.of(row.statusHistory().last()),
                        state.now(),
                        state.paused.contains(row.task().queue()),
                        state.alive,
                        dependencies.blockers(row).stream()
                                .map(Row::task)
                                .limit(BLOCKERS_TOLD)
                                .toList())));
    }

    @Override
    public Subscription onNews(Consumer<News> listener) {
        // a listener of its own for each subscription, so that closing one does not end another of the same code
        Consumer<News> own = news -> listener.accept(news);
        state.listeners.add(own);
        return () -> state.listeners.remove(own);
    }

    @Override
    public void afterCommit(Runnable action) {
        action.run();
    }

    @Override
    public Health health() {
        long asked = System.nanoTime();
        return asked().within(Duration.ofNanos(System.nanoTime() - asked));
    }

    private Health asked() {
        try {
            return state.transaction(() -> Health.of("storage", Health.Level.UP, "in memory"));
        } catch (StorageUnavailableException e) {
            return Health.of("storage", Health.Level.DOWN, String.valueOf(e.getMessage()));
        }
    }

    private Created created(TaskDraft draft, @Nullable WorkerId claimFor) {
        Optional<Task> existing = existing(draft);
        if (existing.isPresent()) {
            return new Created(existing.get(), Created.How.EXISTING);
        }
        Row row = state.put(newRow(draft, TaskStatus.PENDING, Map.of(), UnaryOperator.identity()));
        if (claimFor == null || !state.isAlive(claimFor) || !state.isClaimable(row)) {
            return new Created(row.task(), Created.How.NEW);
        }
        return new Created(state.put(claimed(row, claimFor, state.now())).task(), Created.How.CLAIMED);
    }

    /** {@return the task that stands where the draft wants to be, if the draft puts up with it} */
    Optional<Task> existing(TaskDraft draft) {
        Optional<Row> same = state.find(draft.id());
        if (same.isPresent()) {
            if (same.get().fingerprint() != draft.fingerprint()) {
                throw DuplicateTaskException.ofId(draft.id());
            }
            return same.map(Row::task);
        }
        Optional<Row> holder = draft.task().uniqueKey().flatMap(state::holderOf);
        if (holder.isPresent() && draft.task().ifKeyTaken() == NewTask.IfKeyTaken.REFUSE) {
            throw DuplicateTaskException.ofUniqueKey(
                    draft.task().uniqueKey().orElseThrow(),
                    draft.id(),
                    holder.get().id());
        }
        return holder.map(Row::task);
    }

    Row newRow(TaskDraft draft, TaskStatus status, Map<UUID, Requires> dependsOn, UnaryOperator<Task.Builder> also) {
        NewTask wanted = draft.task();
        Instant now = state.now();
        Task task = also.apply(Task.builder()
                        .id(draft.id())
                        .type(wanted.type().name())
                        .title(wanted.title().orElse(null))
                        .description(wanted.description().orElse(null))
                        .payload(draft.payload())
                        .metadata(wanted.metadata())
                        .queue(wanted.queue())
                        .priority(wanted.priority())
                        .status(status)
                        .submittedBy(wanted.submittedBy().orElse(null))
                        .uniqueKey(wanted.uniqueKey().orElse(null))
                        .runAt(wanted.runAt().orElse(null))
                        .timeout(wanted.timeout().orElse(null))
                        .maxFailures(orNull(wanted.maxFailures()))
                        .createdAt(now)
                        .updatedAt(now))
                .build();
        StatusChange first = new StatusChange(
                1,
                Optional.empty(),
                status,
                now,
                Optional.empty(),
                0,
                wanted.note(),
                Optional.empty(),
                Optional.empty());
        return new Row(task, List.of(first), draft.fingerprint(), dependsOn, Optional.empty(), Map.of());
    }

    static Row claimed(Row row, WorkerId worker, Instant now) {
        Why why = Why.NOTHING.by(Optional.of(worker));
        return row.moved(
                TaskStatus.RUNNING,
                now,
                why,
                task -> running(task, row.task(), now).worker(worker));
    }

    static Row requeued(Row row, TaskStatus to, Instant now, Why why) {
        return row.moved(
                to,
                now,
                why,
                task -> task.failures(0)
                        .crashes(0)
                        .progress(null)
                        .result(null)
                        .error(null)
                        .runAt(null));
    }

    private static Task.Builder running(Task.Builder task, Task before, Instant now) {
        return task.attempt(before.attempt() + 1).startedAt(now).progress(null);
    }

    private static Task.Builder edited(Task.Builder task, TaskEdit edit) {
        edit.title().ifPresent(task::title);
        edit.description().ifPresent(task::description);
        edit.metadata().ifPresent(task::metadata);
        edit.queue().ifPresent(task::queue);
        edit.priority().ifPresent(task::priority);
        edit.runAt().ifPresent(task::runAt);
        edit.timeout().ifPresent(task::timeout);
        edit.maxFailures().ifPresent(task::maxFailures);
        edit.payload().ifPresent(task::payload);
        return task;
    }

    private Row expected(UUID id, long version) {
        Row row = state.find(id).orElseThrow(() -> new TaskNotFoundException(id));
        if (row.task().version() != version) {
            throw new StaleTaskException(id, version, row.task().version());
        }
        return row;
    }

    private void refuseUnlessTheHosts(Row row, TaskStatus to) {
        String move = "become " + to;
        if (State.isRunningByWorker(row)) {
            throw new IllegalTransitionException(row.id(), row.status(), move, "a worker holds it");
        } else if (!row.status().canBecome(to)) {
            throw new IllegalTransitionException(
                    row.id(), row.status(), move, "only " + row.status().successors() + " may follow");
        } else if (to == TaskStatus.WAITING || (to == TaskStatus.PENDING && row.status() == TaskStatus.WAITING)) {
            throw new IllegalTransitionException(row.id(), row.status(), move, "its workflow decides about that");
        } else if (to == TaskStatus.PENDING && !dependencies.blockers(row).isEmpty()) {
            throw new IllegalTransitionException(row.id(), row.status(), move, "its workflow is not that far");
        }
    }

    private void refuseTakenKey(Row row) {
        row.task().uniqueKey().flatMap(state::holderOf).ifPresent(holder -> {
            throw DuplicateTaskException.ofUniqueKey(row.task().uniqueKey().orElseThrow(), row.id(), holder.id());
        });
    }

    private Stream<Row> matching(TaskFilter filter) {
        return state.all().stream().filter(row -> filter.matches(row.task())).sorted(State.OLDEST_FIRST);
    }

    private static Comparator<Task> order(TaskOrder order) {
        Comparator<Task> byId = Comparator.comparing(Task::id, State.AS_TEXT);
        Comparator<Task> oldestFirst = Comparator.comparing(Task::createdAt).thenComparing(byId);
        return switch (order) {
            case NEWEST_FIRST -> oldestFirst.reversed();
            case OLDEST_FIRST -> oldestFirst;
            case LAST_UPDATED_FIRST ->
                Comparator.comparing(Task::updatedAt).thenComparing(byId).reversed();
            case HIGHEST_PRIORITY_FIRST ->
                Comparator.comparing(Task::priority).reversed().thenComparing(oldestFirst);
        };
    }

    /** {@return a task that stands where the cursor stands} */
    private static Task place(Task task, Cursor cursor) {
        return task.toBuilder().id(cursor.id()).createdAt(cursor.createdAt()).build();
    }

    private static boolean endedBefore(Row row, Instant instant) {
        return row.task().completedAt().map(instant::isAfter).orElse(false);
    }

    private static @Nullable Integer orNull(OptionalInt value) {
        return value.isPresent() ? value.getAsInt() : null;
    }
}
