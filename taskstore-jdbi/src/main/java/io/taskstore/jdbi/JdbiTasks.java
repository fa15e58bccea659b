package io.taskstore.jdbi;

import io.taskstore.Changed;
import io.taskstore.Check;
import io.taskstore.Count;
import io.taskstore.Created;
import io.taskstore.DuplicateTaskException;
import io.taskstore.Health;
import io.taskstore.IllegalTransitionException;
import io.taskstore.Page;
import io.taskstore.PageRequest;
import io.taskstore.Situation;
import io.taskstore.StaleTaskException;
import io.taskstore.StatusHistory;
import io.taskstore.Task;
import io.taskstore.TaskDraft;
import io.taskstore.TaskEdit;
import io.taskstore.TaskError;
import io.taskstore.TaskFilter;
import io.taskstore.TaskNotFoundException;
import io.taskstore.TaskRepository;
import io.taskstore.TaskStatus;
import io.taskstore.WorkerId;
import io.taskstore.jdbi.Creating.NewRow;
import io.taskstore.jdbi.Dependencies.Edge;
import io.taskstore.jdbi.Move.Why;
import io.taskstore.jdbi.Reviving.Revival;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The tasks, for callers. */
final class JdbiTasks implements TaskRepository {

    private static final int MOST_REFUSED = 1_000;
    private static final int BLOCKERS_TOLD = 10;

    private final Transactions transactions;
    private final Parts parts;
    private final GatheredCreates creates;

    JdbiTasks(Transactions transactions, Parts parts, GatheredCreates creates) {
        this.transactions = transactions;
        this.parts = parts;
        this.creates = creates;
    }

    @Override
    public Created create(TaskDraft draft, @Nullable WorkerId claimFor) {
        Check.given("draft", draft);
        return creates.create(NewRow.of(draft, transactions.isJoined() ? null : claimFor))
                .orThrow();
    }

    @Override
    public List<Created> createAll(List<TaskDraft> drafts) {
        List<NewRow> rows = new ArrayList<>();
        for (TaskDraft draft : Check.given("drafts", drafts)) {
            rows.add(NewRow.of(Check.given("drafts member", draft), null));
        }
        if (rows.isEmpty()) {
            return List.of();
        }
        List<UUID> ids = rows.stream().map(NewRow::id).toList();
        return transactions.write(
                Call.of("createAll", ids),
                session -> parts.creating().create(session, rows).stream()
                        .map(Creating.Answer::orThrow)
                        .toList());
    }

    @Override
    public List<Task> find(Collection<UUID> ids) {
        Set<UUID> wanted = new LinkedHashSet<>();
        Check.given("ids", ids).forEach(id -> wanted.add(Check.given("ids member", id)));
        return wanted.isEmpty()
                ? transactions.read(Call.of("find"), session -> List.of())
                : transactions.read(
                        Call.of("find", wanted),
                        session -> parts.table().find(session, wanted).stream()
                                .map(TaskRow::task)
                                .toList());
    }

    @Override
    public Page list(TaskFilter filter, PageRequest request) {
        Check.given("filter", filter);
        Check.given("request", request);
        return transactions.read(Call.of("list"), session -> parts.listing().list(session, filter, request));
    }

    @Override
    public Count count(TaskFilter filter, long cap) {
        Check.given("filter", filter);
        Check.between("cap", 1, Long.MAX_VALUE, cap);
        return transactions.read(Call.of("count"), session -> parts.listing().count(session, filter, cap));
    }

    @Override
    public Task update(UUID id, long expectedVersion, TaskEdit edit) {
        Check.given("id", id);
        Check.given("edit", edit);
        return transactions.write(Call.of("update", id), session -> {
            TaskRow row = expected(session, id, expectedVersion);
            if (!edit.isAllowedIn(row.status())) {
                throw new IllegalTransitionException(
                        id, row.status(), "be edited so", "what decides how it runs is settled by then");
            }
            return parts.editing().edit(session, row, edit);
        });
    }

    private TaskRow expected(Session session, UUID id, long version) {
        TaskRow row = parts.table().lock(session, List.of(id)).stream()
                .findFirst()
                .orElseThrow(() -> new TaskNotFoundException(id));
        if (row.task().version() != version) {
            throw new StaleTaskException(id, version, row.task().version());
        }
        return row;
    }

    @Override
    public Task transition(UUID id, long expectedVersion, TaskStatus to, @Nullable String note) {
        Check.given("id", id);
        Check.given("to", to);
        checkNote(note);
        Check.given("id", id);
        return transactions.write(Call.of("transition", id), session -> {
            if (to == TaskStatus.PENDING) {
                parts.reviving().lockAround(session, List.of(id));
            }
            TaskRow row = expected(session, id, expectedVersion);
            refuseUnlessTheHosts(session, row, to);
            if (row.status().isTerminal()) {
                return requeued(session, row, note);
            }
            Task after = saved(session, hostMove(session, row, to, note)).task();
            if (to.isTerminal()) {
                parts.dependencies().afterEnd(session, List.of(id));
            }
            return after;
        });
    }

    private static Move hostMove(Session session, TaskRow row, TaskStatus to, @Nullable String note) {
        Why why = Why.note(note);
        Instant now = session.now();
        return switch (to) {
            case RUNNING -> Move.to(to, row, now, why, Move.running(row.task(), now, null));
            case FAILED -> {
                TaskError error = new TaskError(TaskError.HOST, note == null ? "" : note);
                yield Move.to(to, row, now, why.and(error), task -> task.error(error));
            }
            case COMPLETED -> Move.to(to, row, now, why, task -> task.error(null));
            case PENDING -> Move.to(to, row, now, why, task -> task.runAt(null));
            default -> Move.to(to, row, now, why, UnaryOperator.identity());
        };
    }

    private Task requeued(Session session, TaskRow row, @Nullable String note) {
        row.task()
                .uniqueKey()
                .flatMap(key -> parts.table().holder(session, key))
                .ifPresent(holder -> {
                    throw DuplicateTaskException.ofUniqueKey(
                            row.task().uniqueKey().orElseThrow(), row.id(), holder.id());
                });
        parts.reviving().revive(session, List.of(row), note);
        return parts.table().find(session, List.of(row.id())).get(0).task();
    }

    private TaskRow saved(Session session, Move move) {
        parts.table().save(session, List.of(move));
        return move.after();
    }

    private void refuseUnlessTheHosts(Session session, TaskRow row, TaskStatus to) {
        String move = "become " + to;
        if (row.isHeldByWorker()) {
            throw new IllegalTransitionException(row.id(), row.status(), move, "a worker holds it");
        } else if (!row.status().canBecome(to)) {
            throw new IllegalTransitionException(
                    row.id(), row.status(), move, "only " + row.status().successors() + " may follow");
        } else if (to == TaskStatus.WAITING || (to == TaskStatus.PENDING && row.status() == TaskStatus.WAITING)) {
            throw new IllegalTransitionException(row.id(), row.status(), move, "its workflow decides about that");
        } else if (to == TaskStatus.PENDING && !blockers(session, row).isEmpty()) {
            throw new IllegalTransitionException(row.id(), row.status(), move, "its workflow is not that far");
        }
    }

    private List<Edge> blockers(Session session, TaskRow row) {
        return row.task().workflowId().isEmpty()
                ? List.of()
                : parts.dependencies().of(session, List.of(row.id())).getOrDefault(row.id(), List.of()).stream()
                        .filter(edge -> !edge.isSatisfied())
                        .toList();
    }

    @Override
    public Changed cancel(TaskFilter filter, @Nullable String note) {
        Check.given("filter", filter);
        checkNote(note);
        Tally tally = new Tally();
        Set<TaskStatus> open = Set.of(TaskStatus.WAITING, TaskStatus.PENDING, TaskStatus.RUNNING);
        parts.bulk(transactions).forEach(Call.of("cancel"), filter, open, (session, rows) -> {
            List<Move> ends = new ArrayList<>();
            List<Move> marks = new ArrayList<>();
            int marked = 0;
            for (TaskRow row : rows) {
                if (row.isHeldByWorker()) {
                    marked++;
                    if (!row.task().cancelRequested()) {
                        marks.add(Move.within(row, task -> task.cancelRequested(true)));
                    }
                } else if (!row.status().isTerminal()) {
                    ends.add(Move.to(
                            TaskStatus.CANCELLED, row, session.now(), Why.note(note), UnaryOperator.identity()));
                }
            }
            parts.table().save(session, ends);
            parts.table().save(session, marks);
            int dependants = parts.dependencies().afterEnd(session, ids(ends));
            tally.add(session, ends.size() + marked + dependants, ids(marks), List.of());
        });
        return tally.changed();
    }

    private static List<UUID> ids(List<Move> moves) {
        return moves.stream().map(move -> move.after().id()).toList();
    }

    @Override
    public Changed requeue(TaskFilter filter, @Nullable String note) {
        Check.given("filter", filter);
        checkNote(note);
        Tally tally = new Tally();
        Set<TaskStatus> stopped = Set.of(TaskStatus.FAILED, TaskStatus.CANCELLED);
        Reviving reviving = parts.reviving();
        parts.bulk(transactions).forEach(Call.of("requeue"), filter, stopped, reviving::lockAround, (session, rows) -> {
            Revival revival = reviving.revive(session, rows, note);
            tally.add(session, revival.size(), List.of(), revival.refused);
        });
        return tally.changed();
    }

    @Override
    public Changed delete(TaskFilter filter) {
        Check.given("filter", filter);
        Tally tally = new Tally();
        Set<TaskStatus> all = Set.of(TaskStatus.values());
        parts.bulk(transactions).forEach(Call.of("delete"), filter, all, (session, rows) -> {
            List<UUID> refused = new ArrayList<>();
            List<UUID> gone = new ArrayList<>();
            for (TaskRow row : rows) {
                boolean keeps = row.status() == TaskStatus.RUNNING
                        || row.task().workflowId().isPresent();
                (keeps ? refused : gone).add(row.id());
                if (!keeps && !row.status().isTerminal()) {
                    session.ended(row.id());
                }
            }
            if (!gone.isEmpty()) {
                parts.table().delete(session, gone);
            }
            tally.add(session, gone.size(), List.of(), refused);
        });
        return tally.changed();
    }

    /** Adds up what transactions did, once each is committed: the body of one may run again. */
    private static final class Tally {

        private long count;
        private final Set<UUID> requested = new LinkedHashSet<>();
        private final Set<UUID> refused = new LinkedHashSet<>();

        void add(Session session, long changed, Collection<UUID> marked, Collection<UUID> kept) {
            session.onCommit(() -> {
                count += changed;
                requested.addAll(marked);
                kept.stream().limit(MOST_REFUSED - refused.size()).forEach(refused::add);
            });
        }

        Changed changed() {
            return new Changed(count, requested, refused);
        }
    }

    @Override
    public long purge(Instant endedBefore, int limit) {
        Check.instant("endedBefore", endedBefore);
        Check.between("limit", 1, Integer.MAX_VALUE, limit);
        return parts.purging(transactions).purge(endedBefore, limit);
    }

    @Override
    public Optional<StatusHistory> history(UUID id) {
        Check.given("id", id);
        return transactions.read(
                Call.of("history", id), session -> parts.histories().of(session, id));
    }

    @Override
    public Optional<Situation> situation(UUID id) {
        Check.given("id", id);
        return transactions.readMoment(
                Call.of("situation", id),
                session -> parts.table().find(session, List.of(id)).stream()
                        .findFirst()
                        .map(row -> situation(session, row)));
    }

    private Situation situation(Session session, TaskRow row) {
        List<UUID> blockers = blockers(session, row).stream()
                .map(Edge::before)
                .limit(BLOCKERS_TOLD)
                .toList();
        return new Situation(
                row.task(),
                parts.histories().of(session, row.id()).map(StatusHistory::last),
                session.now(),
                session.paused().contains(row.task().queue()),
                parts.liveness().alive(session),
                blockers.isEmpty()
                        ? List.of()
                        : parts.table().find(session, blockers).stream()
                                .map(TaskRow::task)
                                .toList());
    }

    @Override
    public Subscription onNews(Consumer<News> listener) {
        return parts.news().subscribe(Check.given("listener", listener));
    }

    @Override
    public void afterCommit(Runnable action) {
        transactions.afterCommit(Check.given("action", action));
    }

    @Override
    public boolean isJoined() {
        return transactions.isJoined();
    }

    @Override
    public Health health() {
        Supplier<Health> health = parts.health();
        return health.get();
    }

    private static void checkNote(@Nullable String note) {
        if (note != null) {
            Check.note("note", note);
        }
    }
}
