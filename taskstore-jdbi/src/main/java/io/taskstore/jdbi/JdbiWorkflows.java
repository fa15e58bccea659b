package io.taskstore.jdbi;

import io.taskstore.Check;
import io.taskstore.Created;
import io.taskstore.Cursor;
import io.taskstore.DuplicateTaskException;
import io.taskstore.NewWorkflow;
import io.taskstore.TaskDraft;
import io.taskstore.TaskStatus;
import io.taskstore.Workflow;
import io.taskstore.WorkflowDraft;
import io.taskstore.WorkflowFilter;
import io.taskstore.WorkflowNotFoundException;
import io.taskstore.WorkflowRepository;
import io.taskstore.WorkflowStatus;
import io.taskstore.jdbi.Creating.NewRow;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/** The workflows, for callers. */
final class JdbiWorkflows implements WorkflowRepository {

    private final Transactions transactions;
    private final Parts parts;

    JdbiWorkflows(Transactions transactions, Parts parts) {
        this.transactions = transactions;
        this.parts = parts;
    }

    private static final String COLUMNS =
            "SELECT w.id, w.name, w.submitted_by, w.created_at, w.fingerprint FROM taskstore_workflow w";

    private static final String ONE = counted(COLUMNS + " WHERE w.id = :id");

    /** {@return the query for workflows, with a row for each status in which they have tasks, and how many these are} */
    private static String counted(String workflows) {
        return String.format("""
                SELECT w.id, w.name, w.submitted_by, w.created_at, w.fingerprint, t.status, count(*)
                  FROM (%s) w
                 CROSS JOIN EACH taskstore_task t ON t.workflow_id = w.id
                 GROUP BY w.id, w.name, w.submitted_by, w.created_at, w.fingerprint, t.status
                 ORDER BY w.created_at DESC, w.id DESC""", workflows);
    }

    /** A row of the table of workflows, with the counts of its tasks. */
    private record Row(Workflow workflow, long fingerprint) {

        /** {@return the same with the counts of another row of the same workflow} */
        Row and(Row other) {
            Map<TaskStatus, Long> counts = new EnumMap<>(workflow.counts());
            counts.putAll(other.workflow.counts());
            return new Row(
                    new Workflow(workflow.id(), workflow.name(), workflow.submittedBy(), workflow.createdAt(), counts),
                    fingerprint);
        }
    }

    @Override
    public Workflow create(WorkflowDraft draft) {
        Check.given("draft", draft);
        List<UUID> ids = new ArrayList<>(List.of(draft.id()));
        draft.tasks().forEach(task -> ids.add(task.id()));
        return transactions.write(Call.of("create a workflow", ids), session -> {
            if (!insert(session, draft)) {
                Row known = find(session, draft.id())
                        .orElseThrow(() -> new IllegalStateException("the workflow is neither new nor there"));
                if (known.fingerprint() != draft.fingerprint()) {
                    throw DuplicateTaskException.ofId(draft.id());
                }
                return known.workflow();
            }
            insertTasks(session, draft);
            return find(session, draft.id()).orElseThrow().workflow();
        });
    }

    private static boolean insert(Session session, WorkflowDraft draft) {
        return session.update("""
                                INSERT INTO taskstore_workflow (id, name, submitted_by, created_at, fingerprint)
                                VALUES (:id, :name, :submitted_by, :now, :fingerprint)
                                ON CONFLICT DO NOTHING""")
                        .bind("id", draft.id())
                        .bind("name", draft.workflow().name())
                        .bind("submitted_by", TaskTable.orNull(draft.workflow().submittedBy()))
                        .bind("now", session.now())
                        .bind("fingerprint", draft.fingerprint())
                        .execute()
                == 1;
    }

    private void insertTasks(Session session, WorkflowDraft draft) {
        List<NewWorkflow.Step> steps = draft.workflow().steps();
        List<NewRow> rows = new ArrayList<>();
        Map<String, UUID> ids = new HashMap<>();
        for (int i = 0; i < steps.size(); i++) {
            NewWorkflow.Step step = steps.get(i);
            TaskDraft task = draft.tasks().get(i);
            ids.put(step.name(), task.id());
            TaskStatus status = step.dependencies().isEmpty() ? TaskStatus.PENDING : TaskStatus.WAITING;
            rows.add(new NewRow(task, status, null, draft.id(), step.name()));
        }
        for (Creating.Answer answer : parts.creating().create(session, rows)) {
            Created created = answer.orThrow();
            if (created.how() == Created.How.EXISTING) {
                throw DuplicateTaskException.ofId(created.task().id());
            }
        }
        RowBatch edges = session.batch("""
                INSERT INTO taskstore_dependency (task_id, before_id, workflow_id, requires, position)
                VALUES (:task_id, :before_id, :workflow_id, :requires, :position)""");
        for (NewWorkflow.Step step : steps) {
            step.dependencies()
                    .forEach((before, requires) -> edges.bind("task_id", ids.get(step.name()))
                            .bind("before_id", ids.get(before))
                            .bind("workflow_id", draft.id())
                            .bind("requires", requires.name())
                            .bind("position", edges.size())
                            .add());
        }
        if (edges.size() > 0) {
            edges.execute();
        }
    }

    @Override
    public Optional<Workflow> find(UUID id) {
        Check.given("id", id);
        return transactions.read(
                Call.of("find a workflow", id), session -> find(session, id).map(Row::workflow));
    }

    private Optional<Row> find(Session session, UUID id) {
        return rows(session.query(ONE).bind("id", id)).stream().findFirst();
    }

    private List<Row> rows(Query query) {
        Map<UUID, Row> rows = new LinkedHashMap<>();
        query.map((row, context) -> row(row))
                .forEach(row -> rows.merge(row.workflow().id(), row, Row::and));
        return List.copyOf(rows.values());
    }

    private Row row(ResultSet row) throws SQLException {
        Workflow workflow = new Workflow(
                parts.dialect().id(row, 1),
                row.getString(2),
                Optional.ofNullable(row.getString(3)),
                Objects.requireNonNull(parts.dialect().instant(row, 4)),
                Map.of(TaskStatus.valueOf(row.getString(6)), row.getLong(7)));
        return new Row(workflow, row.getLong(5));
    }

    @Override
    public List<Workflow> list(WorkflowFilter filter, @Nullable Cursor after, int limit) {
        Check.given("filter", filter);
        Check.between("limit", 1, 1_000, limit);
        return transactions.read(Call.of("list workflows"), session -> list(session, filter, after, limit));
    }

    private List<Workflow> list(Session session, WorkflowFilter filter, @Nullable Cursor after, int limit) {
        Map<String, Object> values = new HashMap<>();
        List<String> conditions = new ArrayList<>(List.of("1 = 1"));
        if (!filter.statuses().isEmpty()) {
            conditions.add(filter.statuses().stream()
                    .map(JdbiWorkflows::condition)
                    .collect(Collectors.joining("\n OR ", "(", ")")));
        }
        filter.namePrefix().ifPresent(prefix -> {
            conditions.add("w.name >= :name_from");
            values.put("name_from", prefix);
            String following = FilterSql.following(prefix);
            if (!following.isEmpty()) {
                conditions.add("w.name < :name_to");
                values.put("name_to", following);
            }
        });
        filter.submittedBy().ifPresent(person -> {
            conditions.add("w.submitted_by = :submitter");
            values.put("submitter", person);
        });
        filter.created().from().ifPresent(from -> bound(conditions, values, "w.created_at >= :from", "from", from));
        filter.created().to().ifPresent(to -> bound(conditions, values, "w.created_at < :to", "to", to));
        if (after != null) {
            bound(conditions, values, "(w.created_at, w.id) < (:after_at, :after_id)", "after_at", after.createdAt());
            values.put("after_id", after.id());
        }
        String some = COLUMNS + " WHERE " + String.join("\n AND ", conditions)
                + "\n ORDER BY w.created_at DESC, w.id DESC LIMIT :limit";
        Query query = session.query(counted(some)).bind("limit", limit);
        values.forEach(query::bind);
        return rows(query).stream().map(Row::workflow).toList();
    }

    private static void bound(
            List<String> conditions, Map<String, Object> values, String condition, String name, Instant value) {
        conditions.add(condition);
        values.put(name, value);
    }

    private static String condition(WorkflowStatus status) {
        String some = "EXISTS (SELECT 1 FROM taskstore_task t WHERE t.workflow_id = w.id"
                + " AND t.workflow_id IS NOT NULL AND t.status IN (%s))";
        String open = String.format(some, "'WAITING', 'PENDING', 'RUNNING'");
        String failed = String.format(some, "'FAILED'");
        String cancelled = String.format(some, "'CANCELLED'");
        return switch (status) {
            case ACTIVE -> open;
            case FAILED -> "(NOT " + open + " AND " + failed + ")";
            case CANCELLED -> "(NOT " + open + " AND NOT " + failed + " AND " + cancelled + ")";
            case COMPLETED -> "(NOT " + open + " AND NOT " + failed + " AND NOT " + cancelled + ")";
        };
    }

    @Override
    public List<Dependency> dependencies(UUID id) {
        Check.given("id", id);
        return transactions.read(
                Call.of("dependencies", id),
                session -> session.query("""
                        SELECT t.step, b.step, d.requires
                          FROM taskstore_dependency d
                          JOIN taskstore_task t ON t.id = d.task_id
                          JOIN taskstore_task b ON b.id = d.before_id
                         WHERE d.workflow_id = :id
                         ORDER BY d.position""")
                        .bind("id", id)
                        .map((row, context) -> new Dependency(
                                row.getString(1), row.getString(2), NewWorkflow.Requires.valueOf(row.getString(3))))
                        .list());
    }

    @Override
    public Workflow rename(UUID id, String name) {
        Check.given("id", id);
        Check.text("name", name, LONGEST_NAME);
        return transactions.write(Call.of("rename a workflow", id), session -> {
            session.update("UPDATE taskstore_workflow SET name = :name WHERE id = :id")
                    .bind("id", id)
                    .bind("name", name)
                    .execute();
            return find(session, id)
                    .orElseThrow(() -> new WorkflowNotFoundException(id))
                    .workflow();
        });
    }

    private static final int LONGEST_NAME = 500;

    @Override
    public boolean delete(UUID id) {
        Check.given("id", id);
        return transactions.write(Call.of("delete a workflow", id), session -> {
            Optional<Row> row = find(session, id);
            if (row.isEmpty()) {
                return false;
            }
            int deleted = Purging.deleteWorkflow(session, parts.table(), id, Instant.MAX);
            find(session, id).map(Row::workflow).ifPresent(left -> {
                long open = left.total() - left.ended();
                Check.that(false, "workflow " + id, "ended", open + " tasks have not ended");
            });
            return deleted > 0;
        });
    }
}
