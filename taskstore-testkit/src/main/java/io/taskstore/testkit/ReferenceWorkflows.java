package io.taskstore.testkit;

import io.taskstore.Check;
import io.taskstore.Cursor;
import io.taskstore.DuplicateTaskException;
import io.taskstore.NewWorkflow;
import io.taskstore.NewWorkflow.Requires;
import io.taskstore.TaskDraft;
import io.taskstore.TaskStatus;
import io.taskstore.Workflow;
import io.taskstore.WorkflowDraft;
import io.taskstore.WorkflowFilter;
import io.taskstore.WorkflowNotFoundException;
import io.taskstore.WorkflowRepository;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The reference for {@link WorkflowRepository}. */
final class ReferenceWorkflows implements WorkflowRepository {

    private final State state;
    private final ReferenceTasks tasks;

    /** What a workflow has beside its tasks. */
    record Header(
            UUID id,
            String name,
            Optional<String> submittedBy,
            Instant createdAt,
            long fingerprint,
            List<Dependency> dependencies) {

        Header renamed(String to) {
            return new Header(id, to, submittedBy, createdAt, fingerprint, dependencies);
        }
    }

    ReferenceWorkflows(State state, ReferenceTasks tasks) {
        this.state = state;
        this.tasks = tasks;
    }

    @Override
    public Workflow create(WorkflowDraft draft) {
        return state.transaction(() -> {
            Header header = state.workflows.get(draft.id());
            if (header == null) {
                header = stored(draft);
            } else if (header.fingerprint() != draft.fingerprint()) {
                throw DuplicateTaskException.ofId(draft.id());
            }
            return workflow(header);
        });
    }

    private Header stored(WorkflowDraft draft) {
        List<NewWorkflow.Step> steps = draft.workflow().steps();
        Map<String, UUID> ids = new HashMap<>();
        for (int i = 0; i < steps.size(); i++) {
            ids.put(steps.get(i).name(), draft.tasks().get(i).id());
        }
        for (int i = 0; i < steps.size(); i++) {
            store(draft.id(), steps.get(i), draft.tasks().get(i), ids);
        }
        List<Dependency> dependencies = steps.stream()
                .flatMap(step -> step.dependencies().entrySet().stream()
                        .map(edge -> new Dependency(step.name(), edge.getKey(), edge.getValue())))
                .toList();
        NewWorkflow wanted = draft.workflow();
        Header header = new Header(
                draft.id(), wanted.name(), wanted.submittedBy(), state.now(), draft.fingerprint(), dependencies);
        state.workflows.put(header.id(), header);
        return header;
    }

    private void store(UUID workflowId, NewWorkflow.Step step, TaskDraft draft, Map<String, UUID> ids) {
        if (tasks.existing(draft).isPresent()) {
            throw DuplicateTaskException.ofId(draft.id());
        }
        Map<UUID, Requires> dependsOn = new LinkedHashMap<>();
        step.dependencies().forEach((before, requires) -> dependsOn.put(ids.get(before), requires));
        TaskStatus status = dependsOn.isEmpty() ? TaskStatus.PENDING : TaskStatus.WAITING;
        state.put(tasks.newRow(
                draft, status, dependsOn, task -> task.workflowId(workflowId).step(step.name())));
    }

    @Override
    public Optional<Workflow> find(UUID id) {
        return state.transaction(
                () -> Optional.ofNullable(state.workflows.get(id)).map(this::workflow));
    }

    @Override
    public List<Workflow> list(WorkflowFilter filter, @Nullable Cursor after, int limit) {
        Comparator<Cursor> oldestFirst =
                Comparator.comparing(Cursor::createdAt).thenComparing(Cursor::id, State.AS_TEXT);
        return state.transaction(() -> state.workflows.values().stream()
                .map(this::workflow)
                .filter(filter::matches)
                .filter(workflow -> after == null || oldestFirst.compare(Cursor.after(workflow), after) < 0)
                .sorted(Comparator.comparing((Workflow workflow) -> Cursor.after(workflow), oldestFirst)
                        .reversed())
                .limit(limit)
                .toList());
    }

    @Override
    public List<Dependency> dependencies(UUID id) {
        return state.transaction(() -> Optional.ofNullable(state.workflows.get(id))
                .map(Header::dependencies)
                .orElse(List.of()));
    }

    @Override
    public Workflow rename(UUID id, String name) {
        return state.transaction(() -> {
            Header header = state.workflows.get(id);
            if (header == null) {
                throw new WorkflowNotFoundException(id);
            }
            Workflow renamed = workflow(header.renamed(name)); // refuses a bad name before anything is changed
            state.workflows.put(id, header.renamed(name));
            return renamed;
        });
    }

    @Override
    public boolean delete(UUID id) {
        return state.transaction(() -> {
            List<Row> members = state.ofWorkflow(id);
            long open =
                    members.stream().filter(row -> !row.status().isTerminal()).count();
            Check.that(open == 0, "workflow " + id, "ended", open + " tasks have not ended");
            members.forEach(row -> state.remove(row.id()));
            return state.workflows.remove(id) != null;
        });
    }

    private Workflow workflow(Header header) {
        Map<TaskStatus, Long> counts = state.ofWorkflow(header.id()).stream()
                .collect(Collectors.groupingBy(Row::status, Collectors.counting()));
        return new Workflow(header.id(), header.name(), header.submittedBy(), header.createdAt(), counts);
    }
}
