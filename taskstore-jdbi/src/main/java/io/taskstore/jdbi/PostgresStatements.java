package io.taskstore.jdbi;

import io.taskstore.Hint;
import io.taskstore.LogEntry;
import io.taskstore.Metadata;
import io.taskstore.TaskStatus;
import io.taskstore.jdbi.Creating.NewRow;
import io.taskstore.jdbi.Insertion.Form;
import io.taskstore.jdbi.Insertion.Part;
import io.taskstore.spi.Claim;
import io.taskstore.spi.ClaimRequest;
import io.taskstore.spi.Settlement;
import java.sql.Array;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
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
import org.jdbi.v3.core.statement.Update;
import org.jspecify.annotations.Nullable;

/** Whole batches as arrays, each in one statement that writes tasks and history together: every way to the server counts. */
final class PostgresStatements implements Statements {

    /**
     * What a statement that stores tasks has to do, which is most often little.
     *
     * @param forms what the tasks have in each part; a lone task has nothing that another has not
     * @param findable whether any has metadata to be found by
     */
    private record Storing(Map<Part, Form> forms, boolean findable) {

        static Storing of(List<NewRow> rows) {
            return new Storing(
                    Insertion.forms(rows),
                    rows.stream().map(row -> row.draft().task().metadata()).anyMatch(Storing::isFindable));
        }

        private static boolean isFindable(Metadata metadata) {
            return !metadata.isEmpty() && !metadata.scalars().isEmpty();
        }

        private boolean claims() {
            return forms.containsKey(Part.CLAIM);
        }

        String sql() {
            String drafts = claims() ? "given AS (" + given() + "), " + claimed() : "draft AS (" + given() + ")";
            String insert = String.format(
                    """
                INSERT INTO taskstore_task (
                       %1$s, failures, crashes, cancel_requested, created_at, updated_at, status, attempt, version, seq%2$s)
                SELECT %1$s, 0, 0, false, now, now, %3$s
                  FROM draft
                ON CONFLICT DO NOTHING
                RETURNING id, status""",
                    Column.names(Insertion.ofTask(forms.keySet())),
                    claims() ? ", started_at, worker" : "",
                    claims() ? FOR_CLAIMED : "status, 0, 1, 1");
            return claims() || findable
                    ? "WITH " + drafts + ", stored AS (" + insert + ", worker, created_at)"
                            + (claims() ? CLAIMED_CHANGE : "")
                            + (findable ? FINDABLE : "")
                            + " SELECT id, status FROM stored"
                    : "WITH " + drafts + " " + insert;
        }

        /** {@return the tasks as they are given: what is the same of all is one value, the rest comes in arrays} */
        private String given() {
            List<Column<NewRow>> each = Insertion.columns(forms, Form.EACH_ITS_OWN);
            String same = Stream.concat(
                            Insertion.columns(forms, Form.THE_SAME).stream(),
                            Stream.of(new Column<NewRow>("now", "timestamptz", row -> null)))
                    .map(column -> "CAST(:" + column.name() + " AS " + column.type() + ") AS " + column.name())
                    .collect(Collectors.joining(", ", "SELECT ", ""));
            return each.isEmpty()
                    ? same
                    : same + ", d.* FROM " + Column.rows(each, false) + " AS d (" + Column.names(each) + ")";
        }

        private String claimed() {
            return String.format(
                    """
            draft AS MATERIALIZED (
                SELECT d.*,
                       CASE
                           WHEN d.claim_for IS NOT NULL
                                AND d.status = 'PENDING'
                                AND %1$s
                                AND NOT EXISTS (SELECT FROM taskstore_paused_queue p WHERE p.queue = d.queue)
                                AND EXISTS (SELECT FROM taskstore_worker w WHERE w.id = d.claim_for AND %2$s)
                           THEN 1
                           ELSE 0
                       END AS claimed
                  FROM given d
            )""",
                    forms.containsKey(Part.SCHEDULE) ? "(d.run_at IS NULL OR d.run_at <= d.now)" : "true",
                    PostgresLiveness.ALIVE);
        }
    }

    private static final String FOR_CLAIMED = """
            CASE claimed WHEN 1 THEN 'RUNNING' ELSE status END, claimed,
                           1 + claimed, 1 + claimed, CASE claimed WHEN 1 THEN now END, CASE claimed WHEN 1 THEN claim_for END""";

    private static final String CLAIMED_CHANGE = """
            , claimed_change AS (
                INSERT INTO taskstore_change (task_id, seq, from_status, to_status, at, attempt, worker)
                SELECT id, 2, 'PENDING', 'RUNNING', created_at, 1, worker
                  FROM stored
                 WHERE status = 'RUNNING'
            )""";

    private static final String FINDABLE = """
            , findable AS (
                INSERT INTO taskstore_metadata (task_id, name, value, created_at)
                SELECT m.task_id, m.name, m.value, s.created_at
                  FROM unnest(:metadata_ids, :metadata_names, :metadata_values) AS m (task_id, name, value)
                  JOIN stored s ON s.id = m.task_id
            )""";

    private static final List<Column<LogEntry>> LINE = List.of(
            new Column<>("task_id", "uuid", LogEntry::taskId),
            new Column<>("attempt", "integer", LogEntry::attempt),
            new Column<>("line", "integer", LogEntry::line),
            new Column<>("at", "timestamptz", LogEntry::at),
            new Column<>("level", "text", LogEntry::level),
            new Column<>("message", "text", LogEntry::message));

    /** Of two lines with one number the first is kept, as they are stored in the order in which they are given. */
    private static final String LOG = String.format("""
            INSERT INTO taskstore_log (%1$s)
            SELECT l.task_id, l.attempt, l.line, l.at, l.level, l.message
              FROM %2$s WITH ORDINALITY AS l (%1$s, place)
             CROSS JOIN EACH taskstore_task t ON t.id = l.task_id
             ORDER BY l.place
            ON CONFLICT DO NOTHING""", Column.names(LINE), unseen(LINE));

    /** {@return the rows of a batch, of which the server does not see how many they are, so that it keeps its plan} */
    private static String unseen(List<? extends Column<?>> columns) {
        return columns.stream()
                .map(column -> "(SELECT :" + column.name() + ")")
                .collect(Collectors.joining(", ", "unnest(", ")"));
    }

    /** A statement that stores tasks, with what it has bound once, and what as arrays. */
    private record Store(String sql, List<Column<NewRow>> same, List<Column<NewRow>> each) {

        static Store of(Storing storing) {
            return new Store(
                    storing.sql(),
                    Insertion.columns(storing.forms(), Form.THE_SAME),
                    Insertion.columns(storing.forms(), Form.EACH_ITS_OWN));
        }
    }

    private static final Map<Storing, Store> STORES = new ConcurrentHashMap<>();

    private final Dialect dialect;
    private final TaskTable table;

    PostgresStatements(Dialect dialect, TaskTable table) {
        this.dialect = dialect;
        this.table = table;
    }

    @Override
    public Map<UUID, TaskStatus> insert(Session session, List<NewRow> rows) {
        Storing storing = Storing.of(rows);
        Store store = STORES.computeIfAbsent(storing, Store::of);
        RowBatch insert = session.batch(store.sql()).bind("now", session.now());
        for (Column<NewRow> column : store.same()) {
            insert.bind(column.name(), Many.kept(column.of(rows.get(0))));
        }
        for (Column<NewRow> column : store.each()) {
            insert.bind(column.name(), column.of(rows));
        }
        if (storing.findable()) {
            bindMetadata(insert, rows);
        }
        Map<UUID, TaskStatus> stored = new LinkedHashMap<>();
        insert.query(row -> Map.entry(row.getObject(1, UUID.class), TaskRow.Mapper.status(row.getString(2))))
                .forEach(entry -> stored.put(entry.getKey(), entry.getValue()));
        return stored;
    }

    private static void bindMetadata(RowBatch insert, List<NewRow> rows) {
        Many ids = Many.empty("uuid");
        Many names = Many.empty("text");
        Many values = Many.empty("text");
        for (NewRow row : rows) {
            row.draft().task().metadata().scalars().forEach((name, value) -> {
                ids.add(row.id());
                names.add(name);
                values.add(value);
            });
        }
        insert.bind("metadata_ids", ids).bind("metadata_names", names).bind("metadata_values", values);
    }

    /**
     * A lane is a row of tasks that are claimed one after the other: those of one priority, queue and type. Lanes are found
     * with one look at the index for each, however long they are.
     */
    private static final String READY_LANES = """
            ready_lane AS (
                (SELECT priority, queue, type
                   FROM taskstore_task
                  WHERE status = 'PENDING' AND crashes = 0 AND run_at IS NULL
                  ORDER BY priority DESC, queue, type
                  LIMIT 1)
                UNION ALL
                SELECT n.priority, n.queue, n.type
                  FROM ready_lane l
                 CROSS JOIN LATERAL (
                    (SELECT priority, queue, type
                       FROM taskstore_task
                      WHERE status = 'PENDING' AND crashes = 0 AND run_at IS NULL
                        AND priority = l.priority AND (queue, type) > (l.queue, l.type)
                      ORDER BY priority DESC, queue, type
                      LIMIT 1)
                    UNION ALL
                    (SELECT priority, queue, type
                       FROM taskstore_task
                      WHERE status = 'PENDING' AND crashes = 0 AND run_at IS NULL
                        AND priority < l.priority
                      ORDER BY priority DESC, queue, type
                      LIMIT 1)
                    LIMIT 1) n
            )""";

    private static final String SCHEDULED_LANES = """
            scheduled_lane AS (
                (SELECT priority, queue, type
                   FROM taskstore_task
                  WHERE status = 'PENDING' AND crashes = 0 AND run_at IS NOT NULL
                  ORDER BY priority DESC, queue, type
                  LIMIT 1)
                UNION ALL
                SELECT n.priority, n.queue, n.type
                  FROM scheduled_lane l
                 CROSS JOIN LATERAL (
                    (SELECT priority, queue, type
                       FROM taskstore_task
                      WHERE status = 'PENDING' AND crashes = 0 AND run_at IS NOT NULL
                        AND priority = l.priority AND (queue, type) > (l.queue, l.type)
                      ORDER BY priority DESC, queue, type
                      LIMIT 1)
                    UNION ALL
                    (SELECT priority, queue, type
                       FROM taskstore_task
                      WHERE status = 'PENDING' AND crashes = 0 AND run_at IS NOT NULL
                        AND priority < l.priority
                      ORDER BY priority DESC, queue, type
                      LIMIT 1)
                    LIMIT 1) n
            )""";

    /** What the request says of the queue and the type of x, beside what is paused. */
    private static final String WANTED = """
            x.type IN MANY (:types)
                   AND (x.queue IN MANY (:queues) OR (:others AND NOT x.queue IN MANY (:named)))
                   AND NOT EXISTS (SELECT FROM taskstore_paused_queue p WHERE p.queue = x.queue)""";

    private static final String IS_ALIVE =
            "EXISTS (SELECT FROM taskstore_worker w WHERE w.id = :worker AND " + PostgresLiveness.ALIVE + ")";

    private static final String LOOK =
            "WITH RECURSIVE " + READY_LANES + ", " + SCHEDULED_LANES + String.format("""

                    SELECT c.id, x.queue, x.priority, c.created_at, c.created_at, 0
                      FROM ready_lane x
                     CROSS JOIN LATERAL (
                         SELECT t.id, t.created_at
                           FROM taskstore_task t
                          WHERE t.status = 'PENDING' AND t.crashes = 0 AND t.run_at IS NULL
                            AND t.priority = x.priority AND t.queue = x.queue AND t.type = x.type
                          ORDER BY t.created_at, t.id
                          LIMIT :limit) c
                     WHERE %1$s
                       AND %2$s
                     UNION ALL
                    SELECT c.id, x.queue, x.priority, c.run_at, c.created_at, 0
                      FROM scheduled_lane x
                     CROSS JOIN LATERAL (
                         SELECT t.id, t.run_at, t.created_at
                           FROM taskstore_task t
                          WHERE t.status = 'PENDING' AND t.crashes = 0 AND t.run_at IS NOT NULL
                            AND t.priority = x.priority AND t.queue = x.queue AND t.type = x.type
                            AND t.run_at <= :now
                          ORDER BY t.run_at, t.created_at, t.id
                          LIMIT :limit) c
                     WHERE %1$s
                       AND %2$s
                     UNION ALL
                    SELECT x.id, x.queue, x.priority, coalesce(x.run_at, x.created_at), x.created_at, x.crashes
                      FROM taskstore_task x
                     WHERE :suspect
                       AND x.status = 'PENDING' AND x.crashes > 0
                       AND (x.run_at IS NULL OR x.run_at <= :now)
                       AND %1$s
                       AND %2$s""", WANTED, IS_ALIVE);

    @Override
    public boolean isLocal() {
        return false;
    }

    @Override
    public List<Candidate> look(Session session, ClaimRequest request, int limit) {
        return bind(session.query(LOOK), session, request)
                .bind("limit", limit)
                .bind("suspect", request.suspect())
                .map((row, context) -> new Candidate(
                        row.getObject(1, UUID.class),
                        row.getString(2),
                        row.getInt(3),
                        given(dialect.instant(row, 4)),
                        given(dialect.instant(row, 5)),
                        row.getInt(6) > 0))
                .list();
    }

    private static Query bind(Query query, Session session, ClaimRequest request) {
        Map<String, Integer> perQueue = request.slots().perQueue();
        return query.bind("worker", request.worker().value())
                .bind("types", Many.texts(request.types()))
                .bind(
                        "queues",
                        Many.texts(perQueue.entrySet().stream()
                                .filter(entry -> entry.getValue() > 0)
                                .map(Map.Entry::getKey)
                                .toList()))
                .bind("named", Many.texts(perQueue.keySet()))
                .bind("others", request.slots().otherQueues())
                .bind("now", session.now());
    }

    /**
     * The ids are the way to the tasks. The other conditions are written so that no index fits them: on a table of which it knows
     * nothing yet, PostgreSQL would read all that is PENDING.
     */
    private static final String TAKE = String.format("""
            WITH free AS MATERIALIZED (
                SELECT x.id
                  FROM taskstore_task x
                 WHERE x.id AMONG IDS (:ids)
                   AND (x.status = 'PENDING') IS TRUE
                   AND (x.run_at IS NULL OR x.run_at <= :now)
                   AND (:suspect OR x.crashes = 0)
                   AND (%1$s) IS TRUE
                   AND %2$s
                 ORDER BY x.id
                   FOR UPDATE SKIP LOCKED
            ), claimed AS (
                UPDATE taskstore_task t
                   SET status = 'RUNNING', attempt = attempt + 1, version = version + 1, seq = seq + 1, worker = :worker,
                       updated_at = :now, started_at = :now, progress = NULL, progress_text = NULL
                 WHERE t.id = ANY (ARRAY (SELECT id FROM free))
                   AND (t.status = 'PENDING') IS TRUE
                   AND LOOKED UP (t)
                RETURNING t.*
            ), change AS (
                INSERT INTO taskstore_change (task_id, seq, from_status, to_status, at, attempt, worker)
                SELECT id, seq, 'PENDING', 'RUNNING', :now, attempt, worker
                  FROM claimed
            )
            SELECT %3$s FROM claimed t""", WANTED, IS_ALIVE, TaskRow.COLUMNS);

    @Override
    public List<TaskRow> take(Session session, ClaimRequest request, List<UUID> ids, Map<UUID, TaskRow> unused) {
        return table.rows(bind(session.query(TAKE), session, request)
                .bind("suspect", request.suspect())
                .bind("ids", Many.uuids(ids)));
    }

    private static final String NEXT_DUE = "WITH RECURSIVE " + SCHEDULED_LANES + String.format("""

                    SELECT min(due)
                      FROM (SELECT (SELECT t.run_at
                                      FROM taskstore_task t
                                     WHERE t.status = 'PENDING' AND t.crashes = 0 AND t.run_at IS NOT NULL
                                       AND t.priority = x.priority AND t.queue = x.queue AND t.type = x.type
                                       AND t.run_at > :now
                                     ORDER BY t.run_at
                                     LIMIT 1) AS due
                              FROM scheduled_lane x
                             WHERE %1$s
                             UNION ALL
                            SELECT x.run_at
                              FROM taskstore_task x
                             WHERE x.status = 'PENDING' AND x.crashes > 0 AND x.run_at > :now
                               AND %1$s) n
                     WHERE %2$s""", WANTED, IS_ALIVE);

    @Override
    public Optional<Duration> dueIn(Session session, ClaimRequest request) {
        return bind(session.query(NEXT_DUE), session, request)
                .map((row, context) -> Optional.ofNullable(dialect.instant(row, 1)))
                .one()
                .map(due -> Duration.between(session.now(), due));
    }

    /** What is asked for is hidden from the planner, which would plan anew for each answer. */
    private static final String DUE_SINCE = "WITH RECURSIVE " + READY_LANES + ", " + SCHEDULED_LANES + """

            SELECT min(greatest(x.run_at, x.created_at, x.updated_at))
              FROM (SELECT l.queue, l.type, c.*
                      FROM ready_lane l
                     CROSS JOIN LATERAL (
                         SELECT t.run_at, t.created_at, t.updated_at
                           FROM taskstore_task t
                          WHERE t.status = 'PENDING' AND t.crashes = 0 AND t.run_at IS NULL
                            AND t.priority = l.priority AND t.queue = l.queue AND t.type = l.type
                          ORDER BY t.created_at, t.id
                          LIMIT 1) c
                     UNION ALL
                    SELECT l.queue, l.type, c.*
                      FROM scheduled_lane l
                     CROSS JOIN LATERAL (
                         SELECT t.run_at, t.created_at, t.updated_at
                           FROM taskstore_task t
                          WHERE t.status = 'PENDING' AND t.crashes = 0 AND t.run_at IS NOT NULL
                            AND t.priority = l.priority AND t.queue = l.queue AND t.type = l.type
                          ORDER BY t.run_at, t.created_at, t.id
                          LIMIT 1) c
                     UNION ALL
                    SELECT t.queue, t.type, t.run_at, t.created_at, t.updated_at
                      FROM taskstore_task t
                     WHERE t.status = 'PENDING' AND t.crashes > 0) x
             WHERE (x.run_at IS NULL OR x.run_at <= :now)
               AND ((SELECT :all_types) OR x.type IN (SELECT unnest(:types)))
               AND ((SELECT :all_queues) OR x.queue IN (SELECT unnest(:queues)))
               AND NOT EXISTS (SELECT FROM taskstore_paused_queue p WHERE p.queue = x.queue)""";

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

    /** What goes into the statement that settles. */
    private static final List<Column<Ending>> ENDING = List.of(
            new Column<>("id", "uuid", ending -> ending.settlement().claim().taskId()),
            new Column<>(
                    "worker",
                    "uuid",
                    ending -> ending.settlement().claim().worker().value()),
            new Column<>(
                    "attempt", "integer", ending -> ending.settlement().claim().attempt()),
            new Column<>("status", "text", ending -> ending.to().name()),
            new Column<>("yields", "boolean", Ending::yields),
            new Column<>("run_at", "timestamptz", Ending::runAt),
            new Column<>("failures", "integer", Ending::failures),
            new Column<>("result", "text", Ending::result),
            new Column<>("sets_error", "boolean", ending -> ending.error() != null || ending.clearsError()),
            new Column<>("error_kind", "text", Ending::errorKind),
            new Column<>("error_message", "text", Ending::errorMessage),
            new Column<>("note", "text", Ending::note),
            new Column<>("ran", "bigint", Ending::ran),
            new Column<>("kind", "text", Ending::kind));

    private static final String SETTLE = """
            WITH ending AS (
                SELECT e.*
                  FROM %1$s AS e (%2$s)
            ), ended AS (
                UPDATE taskstore_task t
                   SET status = CASE WHEN e.yields AND t.cancel_requested THEN 'CANCELLED' ELSE e.status END,
                       version = t.version + 1, seq = t.seq + 1, updated_at = :now,
                       completed_at = CASE WHEN e.status = 'PENDING' AND NOT t.cancel_requested THEN NULL ELSE :now END,
                       run_at = CASE WHEN e.status = 'PENDING' AND NOT t.cancel_requested THEN e.run_at ELSE t.run_at END,
                       failures = t.failures + e.failures, worker = NULL, cancel_requested = false, result = e.result,
                       error_kind = CASE WHEN e.sets_error THEN e.error_kind ELSE t.error_kind END,
                       error_message = CASE WHEN e.sets_error THEN e.error_message ELSE t.error_message END
                  FROM ending e
                 WHERE t.id = e.id
                   AND (t.status = 'RUNNING') IS TRUE
                   AND LOOKED UP (t)
                   AND (t.worker = e.worker) IS TRUE
                   AND t.attempt = e.attempt
                   AND (NOT :alone OR t.workflow_id IS NULL)
                RETURNING t.id, t.seq, t.status, t.run_at, t.type, t.queue, t.priority, t.workflow_id
            ), change AS (
                INSERT INTO taskstore_change (
                       task_id, seq, from_status, to_status, at, attempt, worker, note, error_kind, error_message, ran,
                       settled_as)
                SELECT t.id, t.seq, 'RUNNING', t.status, :now, e.attempt, e.worker,
                       CASE WHEN t.status = e.status THEN e.note ELSE :cancel_note END, e.error_kind, e.error_message,
                       e.ran, e.kind
                  FROM ended t
                  JOIN ending e ON e.id = t.id
            )
            SELECT id, status, run_at, type, queue, priority, workflow_id,
                   EXISTS (SELECT FROM taskstore_paused_queue q WHERE q.queue = ended.queue)
              FROM ended""";

    private static final String SETTLE_ONE = String.format(SETTLE, Column.rows(ENDING, true), Column.names(ENDING));
    private static final String SETTLE_MANY = String.format(SETTLE, unseen(ENDING), Column.names(ENDING));

    @Override
    public Map<Claim, End> settle(Session session, List<Settlement> settlements, boolean alone) {
        List<Ending> endings = settlements.stream()
                .map(settlement -> Ending.of(settlement, session.now()))
                .toList();
        Query query = session.query(endings.size() == 1 ? SETTLE_ONE : SETTLE_MANY)
                .bind("now", session.now())
                .bind("alone", alone)
                .bind("cancel_note", Ending.CANCEL_NOTE);
        Column.bind(query, ENDING, endings);
        Map<UUID, Claim> claims =
                settlements.stream().map(Settlement::claim).collect(Collectors.toMap(Claim::taskId, claim -> claim));
        Map<Claim, End> ends = new HashMap<>();
        query.map((row, context) -> {
                    UUID id = row.getObject(1, UUID.class);
                    TaskStatus status = TaskRow.Mapper.status(row.getString(2));
                    ends.put(given(claims.get(id)), new End(status, row.getObject(7) != null));
                    boolean paused = row.getBoolean(8);
                    if (status.isTerminal()) {
                        session.ended(id);
                    }
                    if (status.isTerminal() || paused) {
                        return Optional.<Due>empty();
                    }
                    Hint hint = new Hint(id, row.getString(4), row.getString(5), row.getInt(6));
                    return Optional.of(new Due(hint, dialect.instant(row, 3)));
                })
                .list()
                .forEach(due -> due.ifPresent(pending -> session.pendingUnpaused(pending.hint(), pending.runAt())));
        return ends;
    }

    /**
     * What a task waits for is written with it and never changes: if all of it completed in this transaction, there is nobody else
     * to look for. The ways to the rows are those of {@link Dependencies#WAITING_FOR}.
     */
    static final String LET_GO = String.format("""
            WITH waiting AS MATERIALIZED (
                SELECT t.*,
                       (SELECT d.before_id
                          FROM taskstore_dependency d
                         WHERE d.task_id = t.id
                           AND NOT d.before_id IN (SELECT unnest(:completed))
                         ORDER BY d.before_id DESC
                         LIMIT 1) IS NULL AS free
                  FROM taskstore_task t
                 WHERE t.id IN FOUND (SELECT task_id FROM taskstore_dependency WHERE before_id AMONG IDS (:completed))
                   AND (t.status = 'WAITING') IS TRUE
                   AND LOOKED UP (t)
                 ORDER BY t.id
                   FOR UPDATE
            ), pending AS (
                UPDATE taskstore_task t
                   SET status = 'PENDING', version = version + 1, seq = seq + 1, updated_at = :now
                 WHERE t.id = ANY (ARRAY (SELECT id FROM waiting WHERE free))
                   AND (t.status = 'WAITING') IS TRUE
                   AND LOOKED UP (t)
                RETURNING t.*
            ), change AS (
                INSERT INTO taskstore_change (task_id, seq, from_status, to_status, at, attempt)
                SELECT id, seq, 'WAITING', 'PENDING', :now, attempt
                  FROM pending
            )
            SELECT %1$s, ARRAY (SELECT queue FROM taskstore_paused_queue) FROM pending t
             UNION ALL
            SELECT %1$s, NULL FROM waiting t WHERE NOT free""", TaskRow.COLUMNS);

    private static final int PAUSED_AT = 35;

    @Override
    public List<TaskRow> letGo(Session session, Collection<UUID> completed) {
        List<TaskRow> rows = new ArrayList<>();
        session.query(LET_GO)
                .bind("completed", Many.uuids(completed))
                .bind("now", session.now())
                .map((row, context) -> {
                    Array paused = row.getArray(PAUSED_AT);
                    if (paused != null) {
                        session.paused((String[]) paused.getArray());
                    }
                    return table.mapper().map(row, context);
                })
                .forEach(row -> row.ifPresent(rows::add));
        rows.stream()
                .map(TaskRow::task)
                .filter(task -> task.status() == TaskStatus.PENDING)
                .forEach(session::became);
        return rows;
    }

    /** A task that is PENDING again. */
    private record Due(Hint hint, @Nullable Instant runAt) {}

    private static <T> T given(@Nullable T value) {
        return Objects.requireNonNull(value);
    }

    @Override
    public void log(Session session, List<LogEntry> lines) {
        Update update = session.update(LOG);
        LINE.forEach(column -> update.bind(column.name(), column.of(lines)));
        update.execute();
    }
}
