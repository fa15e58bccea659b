package io.taskstore.jdbi;

import io.taskstore.Check;
import io.taskstore.StorageBusyException;
import io.taskstore.Task;
import io.taskstore.TaskError;
import io.taskstore.TaskStatus;
import io.taskstore.TaskStoreException;
import io.taskstore.WorkerId;
import io.taskstore.WorkerProfile;
import io.taskstore.jdbi.Move.Why;
import io.taskstore.jdbi.Statements.Candidate;
import io.taskstore.jdbi.Statements.End;
import io.taskstore.spi.Claim;
import io.taskstore.spi.ClaimRequest;
import io.taskstore.spi.Claimed;
import io.taskstore.spi.Held;
import io.taskstore.spi.Lease;
import io.taskstore.spi.Recovered;
import io.taskstore.spi.Settled;
import io.taskstore.spi.SettledAndClaimed;
import io.taskstore.spi.Settlement;
import io.taskstore.spi.TaskClaims;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jdbi.v3.core.statement.Query;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The claims of workers on tasks. */
final class JdbiClaims implements TaskClaims {

    private static final Logger LOG = LoggerFactory.getLogger(TaskDatabase.class);

    /** How many tasks one statement settles or takes at most. */
    private static final int CHUNK = 500;

    /** How many are settled at once in a file, where a commit is what costs most. */
    private static final int LOCAL_CHUNK = 1_000;

    /** A claim of so many in a file reads them before it takes them. */
    static final int MANY = 500;

    private static final Call CLAIM = Call.of("claim");

    private final Transactions transactions;
    private final Transactions heartbeats;
    private final Parts parts;
    private final Supplier<UUID> ids;
    private final Leases leases;
    private final LeftOver leftOver;

    /** Whether the last claim found nothing; whatever it says costs time and nothing else. */
    private volatile boolean foundNothing;

    /**
     * How soon something has to be done for workers to stay alive, and for the dead to be found.
     *
     * @param beat how soon the next heartbeat should follow
     * @param trust for how long a worker may go on without another heartbeat, if its life depends on them
     * @param sweep how soon the dead should be looked for again
     */
    record Leases(Duration beat, Optional<Duration> trust, Duration sweep) {}

    JdbiClaims(Engine engine, Parts parts, Supplier<UUID> ids, Leases leases) {
        this.transactions = engine.transactions();
        this.heartbeats = engine.heartbeats();
        this.parts = parts;
        this.ids = ids;
        this.leases = leases;
        this.leftOver = new LeftOver(transactions, parts.dependencies());
    }

    @Override
    public WorkerId register(WorkerProfile profile) {
        Check.given("profile", profile);
        WorkerId worker = new WorkerId(ids.get());
        return transactions.write(Call.of("register"), session -> {
            parts.liveness().register(session, worker.value(), profile);
            return worker;
        });
    }

    @Override
    public Lease heartbeat(WorkerId worker) {
        Check.given("worker", worker);
        // one statement: a process that stands still between two would keep the row of its worker locked
        boolean alive = heartbeats.writeOne(
                Call.of("heartbeat"), session -> parts.liveness().heartbeat(session, worker.value()));
        return new Lease(alive, leases.beat(), leases.trust(), leases.sweep());
    }

    @Override
    public List<Recovered> retire(WorkerId worker) {
        Check.given("worker", worker);
        // the end and what is given back are one: a worker that ended alone could not be retired again
        List<Recovered> all = new ArrayList<>(transactions.write(
                Call.of("retire"),
                session -> parts.liveness().end(session, worker.value())
                        ? giveBack(session, heldBy(session, worker), this::released)
                        : List.of()));
        if (all.size() == CHUNK) {
            all.addAll(giveBack("retire", session -> heldBy(session, worker), this::released));
        }
        return all;
    }

    private Move released(Session session, TaskRow row) {
        Claim claim = Claim.of(row.task());
        Why why = new Why(Optional.of(claim.worker()), Optional.of("its worker was closed"), Optional.empty());
        return row.task().cancelRequested()
                ? Move.to(TaskStatus.CANCELLED, row, session.now(), cancelRequested(why), task -> task)
                : Move.to(TaskStatus.PENDING, row, session.now(), why, task -> task.runAt(null));
    }

    private static Why cancelRequested(Why why) {
        return new Why(why.worker(), Optional.of(Ending.CANCEL_NOTE), why.error());
    }

    /** Takes tasks from a worker that is not alive, some in each transaction, until there are none. */
    private List<Recovered> giveBack(
            String name, Function<Session, Map<UUID, UUID>> find, BiFunction<Session, TaskRow, Move> how) {
        List<Recovered> all = new ArrayList<>();
        List<Recovered> some;
        do {
            some = transactions.write(Call.of(name), session -> giveBack(session, find.apply(session), how));
            all.addAll(some);
        } while (!some.isEmpty());
        return all;
    }

    /** Between the look and the lock, a worker that is not alive may have let a task go, and another claimed it. */
    private List<Recovered> giveBack(Session session, Map<UUID, UUID> held, BiFunction<Session, TaskRow, Move> how) {
        List<Move> moves = parts.table().lock(session, held.keySet()).stream()
                .filter(row -> row.isHeldBy(held.get(row.id())))
                .map(row -> how.apply(session, row))
                .toList();
        parts.table().save(session, moves);
        parts.dependencies().afterEnd(session, ended(moves));
        return moves.stream()
                .map(move -> new Recovered(
                        Claim.of(move.before().task()), move.after().task()))
                .toList();
    }

    private static List<UUID> ended(Collection<Move> moves) {
        return moves.stream()
                .filter(move -> move.after().status().isTerminal())
                .map(move -> move.after().id())
                .toList();
    }

    private Map<UUID, UUID> heldBy(Session session, WorkerId worker) {
        return held(session.query("""
                        SELECT id, worker
                          FROM taskstore_task
                         WHERE status = 'RUNNING'
                           AND worker = :worker
                         ORDER BY id
                         LIMIT :limit""").bind("worker", worker.value()).bind("limit", CHUNK));
    }

    /** {@return who holds each task} */
    private Map<UUID, UUID> held(Query query) {
        return query
                .map((row, context) ->
                        Map.entry(parts.dialect().id(row, 1), parts.dialect().id(row, 2)))
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    @Override
    public Claimed claim(ClaimRequest request) {
        Check.given("request", request);
        if (foundNothing
                && request.slots().total() > 0
                && request.ids().isEmpty()
                && !transactions.read(CLAIM, JdbiClaims::isAnythingPending)) {
            return new Claimed(List.of(), false, Optional.empty());
        }
        Claiming claiming = parts.statements().isLocal() ? claimAtOnce(request) : claimInSteps(request);
        List<TaskRow> claimed = claiming.taken();
        foundNothing = claimed.isEmpty();
        boolean more = claiming.isMore();
        Optional<Duration> dueIn =
                more || request.ids().isPresent() ? Optional.empty() : dueIn(request, claimed.isEmpty());
        return new Claimed(claimed.stream().map(TaskRow::task).toList(), more, dueIn);
    }

    /** {@return whether there is any task that may be claimed at some time} Most looks of a worker with nothing to do end here. */
    private static boolean isAnythingPending(Session session) {
        return !session.question("""
                        SELECT t.id
                          FROM taskstore_task t INDEXED BY taskstore_task_status
                         WHERE t.status = 'PENDING'
                         ORDER BY t.created_at, t.id
                         LIMIT 1""").query(row -> true).isEmpty();
    }

    private Optional<Duration> dueIn(ClaimRequest request, boolean nothingTaken) {
        try {
            return transactions.read(CLAIM, session -> parts.statements().dueIn(session, request));
        } catch (TaskStoreException e) {
            throwUnless(!nothingTaken, e);
            return Optional.empty();
        }
    }

    @Override
    public Optional<Instant> dueSince(Set<String> types, Set<String> queues) {
        Check.given("types", types).forEach(type -> Check.name("types member", type));
        Check.given("queues", queues).forEach(queue -> Check.name("queues member", queue));
        return transactions.read(
                Call.of("due since"), session -> parts.statements().dueSince(session, types, queues));
    }

    /**
     * Takes in one transaction, which looks, too; but a worker that has nothing to do keeps no other from writing, and what takes long
     * to be read is read beside whoever writes.
     */
    private Claiming claimAtOnce(ClaimRequest request) {
        Optional<Seen> before = seenBefore(request);
        if (before.filter(Seen::isNothing).isPresent()) {
            return new Claiming(request);
        }
        try {
            return transactions.write(CLAIM, session -> claimAtOnce(session, request, before));
        } catch (Statements.Replaced e) {
            return transactions.write(CLAIM, session -> claimAtOnce(session, request, Optional.empty()));
        }
    }

    private Claiming claimAtOnce(Session session, ClaimRequest request, Optional<Seen> before) {
        Map<UUID, TaskRow> known = before.map(Seen::rows).orElse(Map.of());
        IntFunction<List<Candidate>> look = limit -> look(session, request, limit);
        BiConsumer<List<UUID>, Consumer<TaskRow>> take = (ids, taken) ->
                parts.statements().take(session, request, ids, known).forEach(taken);
        Claiming claiming = new Claiming(request);
        before.ifPresentOrElse(seen -> claiming.claim(seen.candidates(), look, take), () -> claiming.claim(look, take));
        return claiming;
    }

    /**
     * What a worker could take.
     *
     * @param rows those of them that it would take, if they can be read
     */
    private record Seen(List<Candidate> candidates, Map<UUID, TaskRow> rows) {

        static Seen of(List<Candidate> candidates, List<TaskRow> rows) {
            return new Seen(
                    candidates, rows.stream().collect(Collectors.toMap(TaskRow::id, row -> row, (before, row) -> row)));
        }

        static Seen of(List<TaskRow> rows) {
            return of(rows.stream().map(Candidate::of).toList(), rows);
        }

        boolean isNothing() {
            return candidates.isEmpty();
        }
    }

    /** {@return what there is, where the transaction need not look first; empty where it has to} */
    private Optional<Seen> seenBefore(ClaimRequest request) {
        if (!foundNothing && request.slots().total() < MANY) {
            return Optional.empty();
        }
        try {
            return Optional.of(transactions.read(CLAIM, session -> see(session, request)));
        } catch (StorageBusyException e) {
            // so are all that read; whoever writes may not be
            return Optional.empty();
        }
    }

    private Seen see(Session session, ClaimRequest request) {
        if (request.ids().isPresent()) {
            return Seen.of(named(session, request, request.ids().get()));
        }
        List<Candidate> candidates =
                parts.statements().look(session, request, request.slots().total());
        List<UUID> chosen = new Claiming(request).chosen(candidates);
        return Seen.of(candidates, chosen.isEmpty() ? List.of() : parts.table().find(session, chosen));
    }

    /**
     * Looks first, without locks, and takes then what is still to be had. Named tasks are taken at once if there is room for all:
     * each look is a way to the server and back, and its statement takes nothing that may not be taken.
     */
    private Claiming claimInSteps(ClaimRequest request) {
        Claiming claiming = new Claiming(request);
        try {
            if (claiming.isNamedWithRoom()) {
                claiming.claimNamed((ids, taken) -> take(request, ids, taken));
            } else {
                claiming.claim(
                        limit -> transactions.read(CLAIM, session -> look(session, request, limit)),
                        (ids, taken) -> take(request, ids, taken));
            }
        } catch (TaskStoreException e) {
            throwUnless(!claiming.taken().isEmpty(), e);
        }
        return claiming;
    }

    /** What is taken is committed, and its worker has to hear of it; what went wrong then will go wrong again. */
    private static void throwUnless(boolean someAreTaken, TaskStoreException thrown) {
        if (!someAreTaken) {
            throw thrown;
        }
        LOG.warn("a claim ended early, with what it had taken by then: {}", thrown.getMessage());
    }

    private List<Candidate> look(Session session, ClaimRequest request, int limit) {
        return request.ids().isPresent()
                ? named(session, request, request.ids().get()).stream()
                        .map(Candidate::of)
                        .toList()
                : parts.statements().look(session, request, limit);
    }

    /** What a server may not give out, its queue being paused, it does not when it is to be taken: to ask before is a way more. */
    private List<TaskRow> named(Session session, ClaimRequest request, Set<UUID> named) {
        boolean asks = parts.statements().isLocal();
        return parts.table().find(session, named).stream()
                .filter(row -> row.status() == TaskStatus.PENDING)
                .filter(row -> request.types().contains(row.task().type()))
                .filter(row -> !asks
                        || session.isDue(
                                row.task().runAt().orElse(null), row.task().queue()))
                .toList();
    }

    private void take(ClaimRequest request, List<UUID> wanted, Consumer<TaskRow> taken) {
        for (int start = 0; start < wanted.size(); start += CHUNK) {
            List<UUID> chunk = wanted.subList(start, Math.min(start + CHUNK, wanted.size()));
            transactions
                    .writeOne(
                            Call.of("claim", chunk),
                            session -> parts.statements().take(session, request, chunk, Map.of()))
                    .forEach(taken);
        }
    }

    @Override
    public List<Settled> settle(List<Settlement> settlements) {
        List<Settled> answers = new ArrayList<>();
        for (List<Settlement> chunk : chunks(checked(settlements))) {
            answers.addAll(settleDistinct(chunk));
        }
        return answers;
    }

    @Override
    public SettledAndClaimed settleAndClaim(List<Settlement> settlements, ClaimRequest request) {
        Check.given("request", request);
        List<Settlement> all = checked(settlements);
        Call call =
                Call.of("settle", all.stream().map(one -> one.claim().taskId()).toList());
        return transactions.write(call, session -> {
            List<TaskRow> goOn = new ArrayList<>();
            List<Settled> answers = new ArrayList<>();
            for (List<Settlement> chunk : chunks(all)) {
                List<Settlement> byId = chunk.stream().sorted(BY_ID).toList();
                answers.addAll(answers(chunk, settleLeft(session, byId, goOn::add)));
            }
            return new SettledAndClaimed(answers, claimed(session, request, goOn));
        });
    }

    /** {@return those of the tasks that are RUNNING by the worker now} They are PENDING since this very transaction. */
    private List<Task> claimed(Session session, ClaimRequest request, List<TaskRow> goOn) {
        Seen seen = Seen.of(goOn.stream()
                .filter(row -> request.types().contains(row.task().type()))
                .filter(row -> session.isDue(
                        row.task().runAt().orElse(null), row.task().queue()))
                .toList());
        Claiming claiming = new Claiming(request);
        claiming.claim(
                unused -> seen.candidates(),
                (ids, taken) -> parts.statements()
                        .take(session, request, ids, seen.rows())
                        .forEach(taken));
        List<Task> claimed = claiming.taken().stream().map(TaskRow::task).toList();
        session.taken(claimed.stream().map(Task::id).collect(Collectors.toSet()));
        return claimed;
    }

    private static List<Settled> answers(List<Settlement> settlements, Map<Claim, TaskStatus> became) {
        return settlements.stream()
                .map(one -> new Settled(one.claim(), Optional.ofNullable(became.get(one.claim()))))
                .toList();
    }

    private static List<Settlement> checked(List<Settlement> settlements) {
        List<Settlement> all = new ArrayList<>();
        Check.given("settlements", settlements).forEach(one -> all.add(Check.given("settlements member", one)));
        return all;
    }

    /** {@return the same in their order, in lists that name no task twice and are not long} */
    private List<List<Settlement>> chunks(List<Settlement> settlements) {
        int most = parts.statements().isLocal() ? LOCAL_CHUNK : CHUNK;
        List<List<Settlement>> chunks = new ArrayList<>();
        List<Settlement> chunk = new ArrayList<>();
        Set<UUID> tasks = new HashSet<>();
        for (Settlement settlement : settlements) {
            if (chunk.size() == most || !tasks.add(settlement.claim().taskId())) {
                chunks.add(chunk);
                chunk = new ArrayList<>();
                tasks = new HashSet<>(Set.of(settlement.claim().taskId()));
            }
            chunk.add(settlement);
        }
        if (!chunk.isEmpty()) {
            chunks.add(chunk);
        }
        return chunks;
    }

    /** Tasks without a workflow need one statement; those that are left, of workflows or lost, are looked at again. */
    private List<Settled> settleDistinct(List<Settlement> settlements) {
        List<Settlement> byId = settlements.stream().sorted(BY_ID).toList();
        Call call =
                Call.of("settle", byId.stream().map(one -> one.claim().taskId()).toList());
        Map<Claim, TaskStatus> became = new HashMap<>();
        transactions
                .writeOne(call, session -> parts.statements().settle(session, byId, true))
                .forEach((claim, end) -> became.put(claim, end.status()));
        List<Settlement> left =
                byId.stream().filter(one -> !became.containsKey(one.claim())).toList();
        if (!left.isEmpty()) {
            became.putAll(transactions.write(call, session -> settleLeft(session, left, unused -> {})));
        }
        return answers(settlements, became);
    }

    private static final Comparator<Settlement> BY_ID =
            Comparator.comparing(one -> one.claim().taskId(), Ids.BY_TEXT);

    private Map<Claim, TaskStatus> settleLeft(Session session, List<Settlement> left, Consumer<TaskRow> goesOn) {
        Map<Claim, TaskStatus> became = settleHeld(session, left, goesOn);
        List<Settlement> lost =
                left.stream().filter(one -> !became.containsKey(one.claim())).toList();
        became.putAll(settledBefore(session, lost));
        return became;
    }

    /** {@return what tasks become whose claims are held; not those that were settled before} */
    Map<Claim, TaskStatus> settleHeld(Session session, List<Settlement> settlements) {
        return settleHeld(session, settlements, unused -> {});
    }

    private Map<Claim, TaskStatus> settleHeld(Session session, List<Settlement> settlements, Consumer<TaskRow> goesOn) {
        Map<Claim, TaskStatus> became = new HashMap<>();
        Set<UUID> ended = new LinkedHashSet<>();
        Set<UUID> completed = new HashSet<>();
        Map<Claim, End> ends = parts.statements().settle(session, settlements, false);
        ends.forEach((claim, end) -> {
            became.put(claim, end.status());
            if (end.inWorkflow() && end.status().isTerminal()) {
                ended.add(claim.taskId());
                if (end.status() == TaskStatus.COMPLETED) {
                    completed.add(claim.taskId());
                }
            }
        });
        parts.dependencies().afterEnd(session, ended, completed, goesOn);
        return became;
    }

    /** {@return what tasks became when these very claims were settled in the same way, where they were} */
    private Map<Claim, TaskStatus> settledBefore(Session session, List<Settlement> lost) {
        if (lost.isEmpty()) {
            return Map.of();
        }
        record Line(UUID taskId, int attempt, UUID worker, String kind, TaskStatus status) {}
        List<Line> lines = session.query("""
                        SELECT task_id, attempt, worker, settled_as, to_status
                          FROM taskstore_change
                         WHERE task_id IN IDS (:ids)
                           AND from_status = 'RUNNING'
                           AND settled_as IS NOT NULL""")
                .bind(
                        "ids",
                        Many.uuids(
                                lost.stream().map(one -> one.claim().taskId()).toList()))
                .map((row, context) -> new Line(
                        parts.dialect().id(row, 1),
                        row.getInt(2),
                        parts.dialect().id(row, 3),
                        row.getString(4),
                        TaskStatus.valueOf(row.getString(5))))
                .list();
        Map<Claim, TaskStatus> before = new LinkedHashMap<>();
        for (Settlement settlement : lost) {
            Claim claim = settlement.claim();
            lines.stream()
                    .filter(line -> line.taskId().equals(claim.taskId())
                            && line.attempt() == claim.attempt()
                            && line.worker().equals(claim.worker().value())
                            && line.kind().equals(Ending.kind(settlement)))
                    .findFirst()
                    .ifPresent(line -> before.put(claim, line.status()));
        }
        return before;
    }

    @Override
    public List<Held> held(WorkerId worker) {
        Check.given("worker", worker);
        return transactions.read(
                Call.of("held"),
                session -> session.question("""
                        SELECT id, attempt, cancel_requested
                          FROM taskstore_task
                         WHERE status = 'RUNNING'
                           AND worker = :worker""")
                        .bind("worker", worker.value())
                        .query(row -> new Held(
                                new Claim(parts.dialect().id(row, 1), worker, row.getInt(2)), row.getBoolean(3))));
    }

    @Override
    public List<Recovered> recover() {
        Neglected neglected = transactions.read(
                Call.of("recover"), session -> parts.liveness().neglected(session));
        List<Recovered> recovered =
                neglected.byDead() ? giveBack("recover", this::heldByDead, JdbiClaims::crashed) : List.of();
        if (neglected.waiting()) {
            leftOver.repair();
        }
        return recovered;
    }

    /**
     * {@return tasks whose workers are dead, and these} Who is dead is decided once, and is final with the same commit: a
     * worker that was looked at again could have been heard of meanwhile, and would go on with tasks that were taken from it.
     */
    private Map<UUID, UUID> heldByDead(Session session) {
        parts.liveness().bury(session);
        return held(session.query("""
                        SELECT t.id, t.worker
                          FROM taskstore_task t
                         WHERE""" + " " + Neglected.HELD_BY_NOBODY + " LIMIT :limit")
                .bind("limit", CHUNK));
    }

    private static Move crashed(Session session, TaskRow row) {
        WorkerId worker = Claim.of(row.task()).worker();
        int crashes = row.task().crashes() + 1;
        boolean cancelled = row.task().cancelRequested();
        if (!cancelled && crashes >= POISON_CRASHES) {
            TaskError poison = new TaskError(TaskError.POISON, "it took its process down " + crashes + " times");
            return Move.to(
                    TaskStatus.FAILED,
                    row,
                    session.now(),
                    Why.of(worker, poison),
                    task -> task.error(poison).crashes(crashes));
        }
        TaskError crash = new TaskError(TaskError.CRASH, "its worker is not alive any more");
        Why why = Why.of(worker, crash);
        return cancelled
                ? Move.to(
                        TaskStatus.CANCELLED,
                        row,
                        session.now(),
                        cancelRequested(why),
                        task -> task.error(crash).crashes(crashes))
                : Move.to(
                        TaskStatus.PENDING,
                        row,
                        session.now(),
                        why,
                        task -> task.error(crash).crashes(crashes).runAt(null));
    }
}
