package io.taskstore.jdbi;

import io.taskstore.Hint;
import io.taskstore.Slots;
import io.taskstore.Task;
import io.taskstore.TaskStatus;
import io.taskstore.WorkerId;
import io.taskstore.jdbi.Creating.NewRow;
import io.taskstore.jdbi.Insertion.Part;
import io.taskstore.spi.Claim;
import io.taskstore.spi.ClaimRequest;
import io.taskstore.spi.Settlement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/** One prepared statement many times: there is nobody else in the file meanwhile, and no way to travel. */
final class SqliteStatements implements Statements {

    /** A statement that stores tasks which have something in the same parts, with the columns that it fills from them. */
    private record Store(String sql, List<Column<NewRow>> columns, boolean claims) {

        static Store of(Set<Part> parts) {
            List<Column<NewRow>> columns = Insertion.ofTask(parts);
            boolean claims = parts.contains(Part.CLAIM);
            String sql = String.format(
                    """
                INSERT INTO taskstore_task (
                       %1$s, status, attempt, failures, crashes, version, seq, cancel_requested, created_at, updated_at%3$s)
                VALUES (%2$s, :status, :claimed, 0, 0, 1 + :claimed, 1 + :claimed, 0, :now, :now%4$s)
                ON CONFLICT DO NOTHING""",
                    Column.names(columns),
                    columns.stream().map(column -> ":" + column.name()).collect(Collectors.joining(", ")),
                    claims ? ", started_at, worker" : "",
                    claims ? ", :started_at, :worker" : "");
            return new Store(sql, columns, claims);
        }
    }

    /** A statement for tasks with these ids, and the same for one: a list costs more to be looked through than a row to be written. */
    private record ByIds(String many, String one) {

        static ByIds of(String sql) {
            return new ByIds(String.format(sql, "id IN IDS (:ids)"), String.format(sql, "id = :id"));
        }

        RowBatch batch(Session session, Collection<UUID> ids) {
            return ids.size() == 1
                    ? session.batch(one).bind("id", ids.iterator().next())
                    : session.batch(many).bind("ids", Many.uuids(ids));
        }
    }

    private static final Map<Set<Part>, Store> STORES = new ConcurrentHashMap<>();

    private static final String CLAIMED = """
            INSERT INTO taskstore_change (task_id, seq, from_status, to_status, at, attempt, worker)
            VALUES (:task_id, :seq, 'PENDING', 'RUNNING', :now, :attempt, :worker)""";

    private static final String METADATA = """
            INSERT INTO taskstore_metadata (task_id, name, value, created_at)
            VALUES (:task_id, :name, :value, :created_at)""";

    private final Dialect dialect;
    private final TaskTable table;
    private final Liveness liveness;

    SqliteStatements(Dialect dialect, TaskTable table, Liveness liveness) {
        this.dialect = dialect;
        this.table = table;
        this.liveness = liveness;
    }

    @Override
    public Map<UUID, TaskStatus> insert(Session session, List<NewRow> rows) {
        Map<UUID, TaskStatus> statuses = new LinkedHashMap<>();
        Set<Part> parts = Insertion.forms(rows).keySet();
        Store store = STORES.computeIfAbsent(Set.copyOf(parts), Store::of);
        RowBatch batch = session.batch(store.sql());
        for (NewRow row : rows) {
            boolean claimed = isClaimed(session, row);
            TaskStatus status = claimed ? TaskStatus.RUNNING : row.status();
            statuses.put(row.id(), status);
            for (Column<NewRow> column : store.columns()) {
                batch.bind(column.name(), column.of(row));
            }
            batch.bind("now", session.now()).bind("status", status.name()).bind("claimed", claimed ? 1 : 0);
            if (store.claims()) {
                batch.bind("started_at", claimed ? session.now() : null)
                        .bind(
                                "worker",
                                claimed && row.claimFor() != null
                                        ? row.claimFor().value()
                                        : null);
            }
            batch.add();
        }
        int[] counts = batch.execute();
        List<NewRow> stored = new ArrayList<>(rows.size());
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] == 1) {
                stored.add(rows.get(i));
            } else {
                statuses.remove(rows.get(i).id());
            }
        }
        claims(
                session,
                stored.stream()
                        .filter(row -> statuses.get(row.id()) == TaskStatus.RUNNING)
                        .toList());
        metadata(session, stored);
        return statuses;
    }

    private boolean isClaimed(Session session, NewRow row) {
        WorkerId worker = row.claimFor();
        return worker != null
                && row.status() == TaskStatus.PENDING
                && session.isDue(
                        row.draft().task().runAt().orElse(null),
                        row.draft().task().queue())
                && liveness.isAlive(session, worker.value());
    }

    private static void claims(Session session, List<NewRow> claimed) {
        if (claimed.isEmpty()) {
            return;
        }
        RowBatch batch = session.batch(CLAIMED);
        for (NewRow row : claimed) {
            batch.bind("task_id", row.id())
                    .bind("seq", 2)
                    .bind("now", session.now())
                    .bind("attempt", 1)
                    .bind("worker", Objects.requireNonNull(row.claimFor()).value())
                    .add();
        }
        batch.execute();
    }

    private static void metadata(Session session, List<NewRow> stored) {
        if (stored.stream().allMatch(row -> row.draft().task().metadata().isEmpty())) {
            return;
        }
        RowBatch batch = session.batch(METADATA);
        for (NewRow row : stored) {
            row.draft()
                    .task()
                    .metadata()
                    .scalars()
                    .forEach((name, value) -> batch.bind("task_id", row.id())
                            .bind("name", name)
                            .bind("value", value)
                            .bind("created_at", session.now())
                            .add());
        }
        if (batch.size() > 0) {
            batch.execute();
        }
    }

    /**
     * A row of tasks that are claimed one after the other: those of one priority, queue and type.
     *
     * @param scheduled whether they have a time to run at
     */
    private record Lane(int priority, String queue, String type, boolean scheduled) {}

    @Override
    public boolean isLocal() {
        return true;
    }

    @Override
    public List<Candidate> look(Session session, ClaimRequest request, int limit) {
        if (!liveness.isAlive(session, request.worker().value())) {
            return List.of();
        }
        List<Candidate> found = new ArrayList<>(inLanes(session, request, lanes(session, request, false), limit));
        found.addAll(inLanes(session, request, lanes(session, request, true), limit));
        if (request.suspect()) {
            found.addAll(suspects(session, request));
        }
        return found;
    }

    /** Lanes of lower priority are left alone once those above them fill all slots. */
    private List<Candidate> inLanes(Session session, ClaimRequest request, List<Lane> lanes, int limit) {
        List<Candidate> found = new ArrayList<>();
        int priority = Integer.MAX_VALUE;
        for (Lane lane : lanes) {
            if (lane.priority() < priority && !request.oldestFirst() && fills(found, request.slots(), limit)) {
                break;
            }
            priority = lane.priority();
            if (isWanted(session, request, lane)) {
                found.addAll(inLane(session, lane, limit));
            }
        }
        return found;
    }

    /** {@return whether so many of the tasks can be taken, though some queues have fewer slots} */
    private static boolean fills(List<Candidate> found, Slots slots, int limit) {
        Map<String, Long> perQueue =
                found.stream().collect(Collectors.groupingBy(Candidate::queue, Collectors.counting()));
        long spare = (long) limit - slots.total();
        long usable = perQueue.entrySet().stream()
                .mapToLong(entry -> Math.min(entry.getValue(), slots.free(entry.getKey()) + spare))
                .sum();
        return usable >= limit;
    }

    private static boolean isWanted(Session session, ClaimRequest request, Lane lane) {
        return request.slots().free(lane.queue()) > 0 && !session.paused().contains(lane.queue());
    }

    /** {@return the lanes of these types, the highest priority first} */
    private static List<Lane> lanes(Session session, ClaimRequest request, boolean scheduled) {
        return session.query(scheduled ? SCHEDULED_LANES : READY_LANES)
                .bind("types", Many.texts(request.types()))
                .map((row, context) -> new Lane(row.getInt(1), row.getString(2), row.getString(3), scheduled))
                .list();
    }

    private static final String READY_LANES = lanes("ready", "NULL");
    private static final String SCHEDULED_LANES = lanes("scheduled", "NOT NULL");

    /**
     * Walks from one pair of priority and queue to the next with one look at the index for each, however many tasks it has, and
     * sees which of the types it has. The tasks of types that are not asked for cost nothing.
     */
    private static String lanes(String index, String runAt) {
        return String.format("""
                WITH RECURSIVE pair (place) AS (
                    SELECT (SELECT n.rowid
                              FROM taskstore_task n INDEXED BY taskstore_task_%1$s
                             WHERE n.status = 'PENDING' AND n.crashes = 0 AND n.run_at IS %2$s
                             ORDER BY n.priority DESC, n.queue
                             LIMIT 1)
                    UNION ALL
                    SELECT coalesce(
                               (SELECT n.rowid
                                  FROM taskstore_task n INDEXED BY taskstore_task_%1$s
                                 WHERE n.status = 'PENDING' AND n.crashes = 0 AND n.run_at IS %2$s
                                   AND n.priority = t.priority AND n.queue > t.queue
                                 ORDER BY n.queue
                                 LIMIT 1),
                               (SELECT n.rowid
                                  FROM taskstore_task n INDEXED BY taskstore_task_%1$s
                                 WHERE n.status = 'PENDING' AND n.crashes = 0 AND n.run_at IS %2$s
                                   AND n.priority < t.priority
                                 ORDER BY n.priority DESC, n.queue
                                 LIMIT 1))
                      FROM pair p
                      JOIN taskstore_task t ON t.rowid = p.place
                )
                SELECT t.priority, t.queue, y.value
                  FROM pair p
                 CROSS JOIN taskstore_task t
                 CROSS JOIN json_each(:types) y
                 WHERE t.rowid = p.place
                   AND EXISTS (
                       SELECT 1
                         FROM taskstore_task n INDEXED BY taskstore_task_%1$s
                        WHERE n.status = 'PENDING' AND n.crashes = 0 AND n.run_at IS %2$s
                          AND n.priority = t.priority AND n.queue = t.queue AND n.type = y.value)
                 ORDER BY t.priority DESC, t.queue, y.value""", index, runAt);
    }

    private static Query bind(Query query, Lane lane) {
        return query.bind("priority", lane.priority())
                .bind("queue", lane.queue())
                .bind("type", lane.type());
    }

    private List<Candidate> inLane(Session session, Lane lane, int limit) {
        String sql = lane.scheduled() ? """
                SELECT id, queue, priority, run_at, created_at, crashes
                  FROM taskstore_task INDEXED BY taskstore_task_scheduled
                 WHERE status = 'PENDING' AND crashes = 0 AND run_at IS NOT NULL
                   AND priority = :priority AND queue = :queue AND type = :type
                   AND run_at <= :now
                 ORDER BY run_at, created_at, id
                 LIMIT :limit""" : """
                SELECT id, queue, priority, created_at, created_at, crashes
                  FROM taskstore_task INDEXED BY taskstore_task_ready
                 WHERE status = 'PENDING' AND crashes = 0 AND run_at IS NULL
                   AND priority = :priority AND queue = :queue AND type = :type
                 ORDER BY created_at, id
                 LIMIT :limit""";
        return candidates(
                bind(session.query(sql), lane).bind("now", session.now()).bind("limit", limit));
    }

    private List<Candidate> suspects(Session session, ClaimRequest request) {
        return candidates(
                session.query("""
                        SELECT id, queue, priority, coalesce(run_at, created_at), created_at, crashes
                          FROM taskstore_task INDEXED BY taskstore_task_suspect
                         WHERE status = 'PENDING' AND crashes > 0
                           AND type IN MANY (:types)
                           AND (run_at IS NULL OR run_at <= :now)
                           AND queue NOT IN (SELECT queue FROM taskstore_paused_queue)""").bind("types", Many.texts(request.types())).bind("now", session.now()));
    }

    private List<Candidate> candidates(Query query) {
        return query.map((row, context) -> new Candidate(
                        dialect.id(row, 1),
                        row.getString(2),
                        row.getInt(3),
                        Times.instant(row.getLong(4)),
                        Times.instant(row.getLong(5)),
                        row.getInt(6) > 0))
                .list();
    }

    private static final String TAKE = """
            UPDATE taskstore_task INDEXED BY sqlite_autoindex_taskstore_task_1
               SET status = 'RUNNING', attempt = attempt + 1, version = version + 1, seq = seq + 1,
                   worker = :worker, updated_at = :now, started_at = :now, progress = NULL, progress_text = NULL
             WHERE %s
               AND status = 'PENDING'
               AND version = :version
            RETURNING id, fingerprint, created_at""";

    private static final ByIds TAKES = ByIds.of(TAKE);

    @Override
    public List<TaskRow> take(Session session, ClaimRequest request, List<UUID> ids, Map<UUID, TaskRow> seen) {
        if (!liveness.isAlive(session, request.worker().value())) {
            return List.of();
        }
        Map<Long, Map<UUID, TaskRow>> byVersion = new LinkedHashMap<>();
        for (TaskRow row : rows(session, ids, seen)) {
            if (isWanted(session, request, row)) {
                byVersion
                        .computeIfAbsent(row.task().version(), unused -> new LinkedHashMap<>())
                        .put(row.id(), row);
            }
        }
        List<TaskRow> running = new ArrayList<>(ids.size());
        byVersion.forEach((version, rows) -> TAKES.batch(session, rows.keySet())
                .bind("version", version)
                .bind("worker", request.worker().value())
                .bind("now", session.now())
                .query(row -> same(row, Objects.requireNonNull(rows.get(dialect.id(row, 1)))))
                .forEach(row -> running.add(running(row, request.worker(), session.now()))));
        claims(session, request.worker(), running);
        return running;
    }

    /** A version says nothing of a task that was deleted and stored anew. */
    private static TaskRow same(ResultSet row, TaskRow seen) throws SQLException {
        if (row.getLong(2) != seen.fingerprint()
                || row.getLong(3) != Times.micros(seen.task().createdAt())) {
            throw new Replaced(seen.id());
        }
        return seen;
    }

    /** {@return the rows with these ids} Those that changed since they were seen are not taken, for their version is another. */
    private List<TaskRow> rows(Session session, List<UUID> ids, Map<UUID, TaskRow> seen) {
        List<UUID> unseen = ids.stream().filter(id -> !seen.containsKey(id)).toList();
        List<TaskRow> rows = new ArrayList<>(unseen.isEmpty() ? List.of() : table.find(session, unseen));
        for (UUID id : ids) {
            TaskRow known = seen.get(id);
            if (known != null) {
                rows.add(known);
            }
        }
        return rows;
    }

    private static void claims(Session session, WorkerId worker, List<TaskRow> running) {
        if (running.isEmpty()) {
            return;
        }
        RowBatch changes = session.batch(CLAIMED);
        for (TaskRow row : running) {
            changes.bind("task_id", row.id())
                    .bind("seq", row.seq())
                    .bind("now", session.now())
                    .bind("attempt", row.task().attempt())
                    .bind("worker", worker.value())
                    .add();
        }
        changes.execute();
    }

    private static boolean isWanted(Session session, ClaimRequest request, TaskRow row) {
        return row.status() == TaskStatus.PENDING
                && request.types().contains(row.task().type())
                && request.slots().free(row.task().queue()) > 0
                && session.isDue(row.task().runAt().orElse(null), row.task().queue());
    }

    private static TaskRow running(TaskRow row, WorkerId worker, Instant now) {
        Task task = row.task();
        Task running = Move.running(task, now, worker)
                .apply(task.toBuilder()
                        .status(TaskStatus.RUNNING)
                        .version(task.version() + 1)
                        .updatedAt(now))
                .build();
        return new TaskRow(running, row.seq() + 1, row.fingerprint(), null);
    }

    @Override
    public Optional<Duration> dueIn(Session session, ClaimRequest request) {
        if (!liveness.isAlive(session, request.worker().value())) {
            return Optional.empty();
        }
        Optional<Instant> next = Optional.empty();
        for (Lane lane : lanes(session, request, true)) {
            if (isWanted(session, request, lane)) {
                next = Stream.concat(next.stream(), nextInLane(session, lane).stream())
                        .min(Comparator.naturalOrder());
            }
        }
        return Stream.concat(next.stream(), nextSuspect(session, request).stream())
                .min(Comparator.naturalOrder())
                .map(due -> Duration.between(session.now(), due));
    }

    private static Optional<Instant> nextSuspect(Session session, ClaimRequest request) {
        return session
                .query("""
                        SELECT run_at, queue
                          FROM taskstore_task INDEXED BY taskstore_task_suspect
                         WHERE status = 'PENDING' AND crashes > 0
                           AND type IN MANY (:types)
                           AND run_at > :now
                           AND queue NOT IN (SELECT queue FROM taskstore_paused_queue)
                         ORDER BY run_at""")
                .bind("types", Many.texts(request.types()))
                .bind("now", session.now())
                .map((row, context) -> Map.entry(row.getString(2), Times.instant(row.getLong(1))))
                .stream()
                .filter(entry -> request.slots().free(entry.getKey()) > 0)
                .map(Map.Entry::getValue)
                .findFirst();
    }

    private static Optional<Instant> nextInLane(Session session, Lane lane) {
        return bind(session.query("""
                                SELECT run_at
                                  FROM taskstore_task INDEXED BY taskstore_task_scheduled
                                 WHERE status = 'PENDING' AND crashes = 0 AND run_at IS NOT NULL
                                   AND priority = :priority AND queue = :queue AND type = :type
                                   AND run_at > :now
                                 ORDER BY run_at
                                 LIMIT 1"""), lane)
                .bind("now", session.now())
                .mapTo(Instant.class)
                .findFirst();
    }

    private static final String DUE_SINCE =
            String.format("""
            WITH RECURSIVE %1$s, %2$s, first (place) AS (
                SELECT place FROM ready
                UNION ALL
                SELECT place FROM scheduled
                UNION ALL
                SELECT rowid
                  FROM taskstore_task INDEXED BY taskstore_task_suspect
                 WHERE status = 'PENDING' AND crashes > 0
            )
            SELECT min(max(coalesce(t.run_at, t.created_at), t.created_at, t.updated_at))
              FROM first f
             CROSS JOIN taskstore_task t
             WHERE t.rowid = f.place
               AND (t.run_at IS NULL OR t.run_at <= :now)
               AND (:all_types OR t.type IN MANY (:types))
               AND (:all_queues OR t.queue IN MANY (:queues))
               AND t.queue NOT IN (SELECT queue FROM taskstore_paused_queue)""", firsts("ready", "NULL", ""), firsts("scheduled", "NOT NULL", "n.run_at, "));

    /** Walks from the first task of one lane to that of the next with one look at the index for each, however long the lanes are. */
    private static String firsts(String index, String runAt, String turn) {
        return String.format("""
                %1$s (place) AS (
                    SELECT (SELECT n.rowid
                              FROM taskstore_task n INDEXED BY taskstore_task_%1$s
                             WHERE n.status = 'PENDING' AND n.crashes = 0 AND n.run_at IS %2$s
                             ORDER BY n.priority DESC, n.queue, n.type, %3$sn.created_at, n.id
                             LIMIT 1)
                    UNION ALL
                    SELECT coalesce(
                               (SELECT n.rowid
                                  FROM taskstore_task n INDEXED BY taskstore_task_%1$s
                                 WHERE n.status = 'PENDING' AND n.crashes = 0 AND n.run_at IS %2$s
                                   AND n.priority = t.priority AND n.queue = t.queue AND n.type > t.type
                                 ORDER BY n.type, %3$sn.created_at, n.id
                                 LIMIT 1),
                               (SELECT n.rowid
                                  FROM taskstore_task n INDEXED BY taskstore_task_%1$s
                                 WHERE n.status = 'PENDING' AND n.crashes = 0 AND n.run_at IS %2$s
                                   AND n.priority = t.priority AND n.queue > t.queue
                                 ORDER BY n.queue, n.type, %3$sn.created_at, n.id
                                 LIMIT 1),
                               (SELECT n.rowid
                                  FROM taskstore_task n INDEXED BY taskstore_task_%1$s
                                 WHERE n.status = 'PENDING' AND n.crashes = 0 AND n.run_at IS %2$s
                                   AND n.priority < t.priority
                                 ORDER BY n.priority DESC, n.queue, n.type, %3$sn.created_at, n.id
                                 LIMIT 1))
                      FROM %1$s f
                      JOIN taskstore_task t ON t.rowid = f.place
                )""", index, runAt, turn);
    }

    @Override
    public Optional<Instant> dueSince(Session session, Set<String> types, Set<String> queues) {
        return session.query(DUE_SINCE)
                .bind("all_types", types.isEmpty())
                .bind("types", Many.texts(types))
                .bind("all_queues", queues.isEmpty())
                .bind("queues", Many.texts(queues))
                .bind("now", session.now())
                .map((row, context) -> Optional.ofNullable(dialect.instant(row, 1)))
                .one();
    }

    /** What a settlement makes of a row. Those that make the same of theirs are written at once. */
    private record Change(
            WorkerId worker,
            int attempt,
            TaskStatus to,
            boolean yields,
            @Nullable Instant runAt,
            int failures,
            @Nullable String result,
            boolean setsError,
            @Nullable String errorKind,
            @Nullable String errorMessage) {

        static Change of(Ending ending) {
            Claim claim = ending.settlement().claim();
            return new Change(
                    claim.worker(),
                    claim.attempt(),
                    ending.to(),
                    ending.yields(),
                    ending.runAt(),
                    ending.failures(),
                    ending.result(),
                    ending.error() != null || ending.clearsError(),
                    ending.errorKind(),
                    ending.errorMessage());
        }
    }

    /**
     * What became of a task whose run ended.
     *
     * @param hint where it is PENDING again
     */
    private record Ended(
            Ending ending,
            int seq,
            TaskStatus status,
            boolean inWorkflow,
            @Nullable Hint hint) {

        Claim claim() {
            return ending.settlement().claim();
        }
    }

    @Override
    public List<TaskRow> letGo(Session session, Collection<UUID> completed) {
        return Dependencies.lockWaitingFor(session, table, completed);
    }

    private static final String SETTLE = """
            UPDATE taskstore_task INDEXED BY sqlite_autoindex_taskstore_task_1
               SET status = CASE WHEN :yields AND cancel_requested THEN 'CANCELLED' ELSE :to END,
                   version = version + 1, seq = seq + 1, updated_at = :now,
                   completed_at = CASE WHEN :to = 'PENDING' AND NOT cancel_requested THEN NULL ELSE :now END,
                   run_at = CASE WHEN :to = 'PENDING' AND NOT cancel_requested THEN :run_at ELSE run_at END,
                   failures = failures + :failures, worker = NULL, cancel_requested = 0, result = :result,
                   error_kind = CASE WHEN :sets_error THEN :error_kind ELSE error_kind END,
                   error_message = CASE WHEN :sets_error THEN :error_message ELSE error_message END
             WHERE %s
               AND status = 'RUNNING'
               AND worker = :worker
               AND attempt = :attempt
               AND (NOT :alone OR workflow_id IS NULL)
            RETURNING id, seq, status, workflow_id IS NOT NULL, type, queue, priority""";

    private static final ByIds SETTLES = ByIds.of(SETTLE);

    @Override
    public Map<Claim, End> settle(Session session, List<Settlement> settlements, boolean alone) {
        Map<UUID, Ending> endings = new HashMap<>();
        Map<Change, List<UUID>> changes = new LinkedHashMap<>();
        for (Settlement settlement : settlements) {
            UUID id = settlement.claim().taskId();
            Ending ending = Ending.of(settlement, session.now());
            endings.put(id, ending);
            changes.computeIfAbsent(Change.of(ending), unused -> new ArrayList<>())
                    .add(id);
        }
        List<Ended> ended = new ArrayList<>(settlements.size());
        changes.forEach((change, ids) -> ended.addAll(SETTLES.batch(session, ids)
                .bind("worker", change.worker().value())
                .bind("attempt", change.attempt())
                .bind("alone", alone)
                .bind("to", change.to().name())
                .bind("yields", change.yields())
                .bind("now", session.now())
                .bind("run_at", change.runAt())
                .bind("failures", change.failures())
                .bind("result", change.result())
                .bind("sets_error", change.setsError())
                .bind("error_kind", change.errorKind())
                .bind("error_message", change.errorMessage())
                .query(row -> ended(row, endings))));
        return recorded(session, ended);
    }

    private Ended ended(ResultSet row, Map<UUID, Ending> endings) throws SQLException {
        UUID id = dialect.id(row, 1);
        TaskStatus status = TaskRow.Mapper.status(row.getString(3));
        Hint hint =
                status == TaskStatus.PENDING ? new Hint(id, row.getString(5), row.getString(6), row.getInt(7)) : null;
        return new Ended(Objects.requireNonNull(endings.get(id)), row.getInt(2), status, row.getBoolean(4), hint);
    }

    private static Map<Claim, End> recorded(Session session, List<Ended> runs) {
        if (runs.isEmpty()) {
            return Map.of();
        }
        Map<Claim, End> ends = new HashMap<>();
        RowBatch changes = session.batch("""
                INSERT INTO taskstore_change (
                       task_id, seq, from_status, to_status, at, attempt, worker, note, error_kind, error_message, ran,
                       settled_as)
                VALUES (:task_id, :seq, 'RUNNING', :to, :now, :attempt, :worker, :note, :error_kind, :error_message,
                       :ran, :settled_as)""");
        for (Ended run : runs) {
            Ending ending = run.ending();
            Claim claim = run.claim();
            ends.put(claim, new End(run.status(), run.inWorkflow()));
            changes.bind("task_id", claim.taskId())
                    .bind("seq", run.seq())
                    .bind("to", run.status().name())
                    .bind("now", session.now())
                    .bind("attempt", claim.attempt())
                    .bind("worker", claim.worker().value())
                    .bind("note", run.status() == ending.to() ? ending.note() : Ending.CANCEL_NOTE)
                    .bind("error_kind", ending.errorKind())
                    .bind("error_message", ending.errorMessage())
                    .bind("ran", ending.ran())
                    .bind("settled_as", ending.kind())
                    .add();
            if (run.hint() == null) {
                session.ended(claim.taskId());
            } else {
                session.pending(run.hint(), ending.runAt());
            }
        }
        changes.execute();
        return ends;
    }
}
