package io.taskstore.testkit;

import io.taskstore.Cursor;
import io.taskstore.Execution;
import io.taskstore.LogEntry;
import io.taskstore.LogLevel;
import io.taskstore.Page;
import io.taskstore.PageRequest;
import io.taskstore.Reports;
import io.taskstore.StatusChange;
import io.taskstore.Task;
import io.taskstore.TaskFilter;
import io.taskstore.TaskOrder;
import io.taskstore.TaskStatus;
import io.taskstore.TimeRange;
import io.taskstore.WorkerId;
import io.taskstore.Workflow;
import io.taskstore.WorkflowFilter;
import io.taskstore.WorkflowStatus;
import io.taskstore.spi.TaskClaims;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** All that a storage shows, read through its ports. */
final class ModelState {

    private static final int PAGE = 7;
    private static final int MOST_PAGES = 200;
    private static final int ALL = 1_000;
    /** One in so many tasks is asked for its situation, which costs more than it shows. */
    private static final int SITUATIONS_OF = 3;

    private final ModelSide side;
    private final Map<String, Object> state = new LinkedHashMap<>();

    private ModelState(ModelSide side) {
        this.side = side;
    }

    /** {@return every answer by the name of what was asked for, without what right storages may answer differently} */
    static Map<String, Object> of(ModelSide side) {
        ModelState read = new ModelState(side);
        List<Task> tasks = read.tasks();
        read.aroundTasks(tasks);
        read.lists();
        read.workflows();
        read.workers();
        read.reports(tasks);
        return read.state;
    }

    /** {@return every task, which is where most mistakes show} */
    static Map<String, Object> ofTasks(ModelSide side) {
        ModelState read = new ModelState(side);
        read.tasks();
        return read.state;
    }

    /** {@return the histories in what {@link #of} answered} */
    static List<List<StatusChange>> histories(Map<String, Object> state) {
        return ((Map<?, ?>) state.getOrDefault("history", Map.of()))
                .values().stream()
                        .map(history -> ((List<?>) history)
                                .stream().map(StatusChange.class::cast).toList())
                        .toList();
    }

    private List<Task> tasks() {
        List<Page> pages = ModelPages.read(side.tasks(), TaskFilter.all(), TaskOrder.OLDEST_FIRST, PAGE, MOST_PAGES);
        List<Task> listed =
                pages.stream().flatMap(page -> page.tasks().stream()).toList();
        state.put("list", ids(listed));
        state.put("task", byId(listed));
        List<UUID> wanted = new ArrayList<>(ids(listed));
        wanted.add(ModelIds.task(0));
        state.put("find", byId(side.tasks().find(wanted)));
        return listed;
    }

    private void aroundTasks(List<Task> tasks) {
        Map<UUID, Object> histories = new LinkedHashMap<>();
        Map<UUID, Object> situations = new LinkedHashMap<>();
        Map<UUID, Object> logs = new LinkedHashMap<>();
        Map<UUID, Object> warnings = new LinkedHashMap<>();
        for (UUID id : ids(tasks)) {
            side.tasks().history(id).ifPresent(history -> histories.put(id, ModelNeutral.history(history)));
            if (histories.size() % SITUATIONS_OF == tasks.size() % SITUATIONS_OF) {
                situations.put(id, side.tasks().situation(id).map(ModelNeutral::situation));
            }
            List<LogEntry> lines = side.storage().reports().logs(id, 0, LogLevel.DEBUG, null, ALL);
            logs.put(id, lines);
            if (lines.size() > 1) {
                LogEntry first = lines.get(0);
                warnings.put(id, side.storage().reports().logs(id, first.attempt(), LogLevel.WARN, first, 2));
            }
        }
        state.put("history", histories);
        state.put("situation", situations);
        state.put("logs", logs);
        state.put("two warnings behind the first line", warnings);
    }

    private void lists() {
        Instant middle = ModelSide.START.plusSeconds(60);
        Map<String, TaskFilter> filters = new LinkedHashMap<>();
        filters.put("all", TaskFilter.all());
        filters.put("pending", TaskFilter.all().status(TaskStatus.PENDING));
        filters.put("gone wrong", TaskFilter.all().status(TaskStatus.FAILED, TaskStatus.CANCELLED));
        filters.put("open in mail", TaskFilter.all().queue("mail").status(TaskStatus.PENDING, TaskStatus.RUNNING));
        filters.put("tenant", TaskFilter.all().metadata("tenant", 1));
        filters.put("title", TaskFilter.all().titlePrefix("alp"));
        filters.put("submitter", TaskFilter.all().submittedBy("Ada", "Grace Ö."));
        filters.put("updated", TaskFilter.all().updated(TimeRange.since(middle)));
        filters.put("ended", TaskFilter.all().completed(TimeRange.before(middle)));
        Map<String, Object> lists = new LinkedHashMap<>();
        TaskOrder[] orders = TaskOrder.values();
        filters.forEach((name, filter) -> {
            PageRequest request = PageRequest.first(PAGE).order(orders[lists.size() % orders.length]);
            Page page = side.tasks().list(filter, request);
            lists.put(name + " " + request.order(), List.of(ids(page.tasks()), page.next(), page.hasMore()));
        });
        state.put("five of all", side.tasks().count(TaskFilter.all(), 5));
        state.put("five to do", side.tasks().count(TaskFilter.all().status(TaskStatus.PENDING), 5));
        for (TaskOrder order : orders) {
            PageRequest request = PageRequest.first(PAGE).order(order).offset(1);
            lists.put(
                    "second on " + order,
                    ids(side.tasks().list(TaskFilter.all(), request).tasks()));
        }
        state.put("lists", lists);
    }

    private void workflows() {
        var workflows = side.storage().workflows();
        List<Workflow> listed = workflows.list(WorkflowFilter.all(), null, ALL);
        state.put("workflows", listed.stream().map(ModelNeutral::workflow).toList());
        Map<UUID, Object> each = new LinkedHashMap<>();
        for (Workflow workflow : listed) {
            each.put(
                    workflow.id(),
                    List.of(
                            workflows.find(workflow.id()).map(ModelNeutral::workflow),
                            Set.copyOf(workflows.dependencies(workflow.id()))));
        }
        state.put("workflow", each);
        if (!listed.isEmpty()) {
            Cursor behindFirst = Cursor.after(listed.get(0));
            state.put("workflows behind the first", workflowIds(workflows.list(WorkflowFilter.all(), behindFirst, 2)));
        }
        WorkflowFilter ended = WorkflowFilter.all().status(WorkflowStatus.CANCELLED, WorkflowStatus.FAILED);
        state.put("workflows that went wrong", workflowIds(workflows.list(ended, null, ALL)));
        state.put(
                "workflows named f…",
                workflowIds(workflows.list(WorkflowFilter.all().namePrefix("f"), null, ALL)));
    }

    private void workers() {
        state.put("paused", side.storage().queues().paused());
        Map<WorkerId, Object> held = new LinkedHashMap<>();
        for (WorkerId worker : side.memory().workers()) {
            held.put(worker, Set.copyOf(side.storage().claims().held(worker)));
        }
        state.put("held", held);
        TaskClaims claims = side.storage().claims();
        Map<String, Object> due = new LinkedHashMap<>();
        due.put("all", claims.dueSince(Set.of(), Set.of()));
        ModelContents.TYPES.forEach(type -> due.put(type, claims.dueSince(Set.of(type), Set.of())));
        ModelContents.QUEUES.forEach(queue -> due.put(queue, claims.dueSince(Set.of(), Set.of(queue))));
        state.put("due since", due);
    }

    private void reports(List<Task> tasks) {
        Reports reports = side.storage().reports();
        TimeRange late = TimeRange.since(ModelSide.START.plusSeconds(60));
        TimeRange range = tasks.size() % 3 == 0 ? late : TimeRange.always();
        state.put("statistics", reports.statistics(range));
        List<Execution> running = reports.running(ALL);
        state.put("running", executions(running));
        state.put("running longest first", isSorted(running, Comparator.comparing(Execution::startedAt)));
        Comparator<Execution> longestFirst = Comparator.comparing(
                        (Execution run) -> run.duration().orElse(Duration.ZERO))
                .reversed();
        List<Execution> ended = reports.slowest(range, ALL);
        state.put("ended", executions(ended));
        state.put("slowest first", isSorted(ended, longestFirst));
        state.put("durations", reports.durations(range));
        failing(reports.failing(range, ALL), ended, tasks);
    }

    private void failing(List<Reports.Failures> failing, List<Execution> ended, List<Task> tasks) {
        Map<UUID, String> types = tasks.stream().collect(Collectors.toMap(Task::id, Task::type, (one, other) -> one));
        Map<String, Object> byType = new HashMap<>();
        for (Reports.Failures failures : failing) {
            boolean last = lastFailed(
                            ended.stream().filter(run -> failures.type().equals(types.get(run.taskId()))))
                    .anyMatch(run -> run.error().equals(Optional.of(failures.last())));
            byType.put(failures.type(), List.of(failures.failed(), failures.runs(), last));
        }
        state.put("failing", byType);
        Comparator<Reports.Failures> mostFirst =
                Comparator.comparing(Reports.Failures::failed).reversed();
        state.put("most failures first", isSorted(failing, mostFirst));
    }

    /** {@return of these runs those that failed last; several, if they ended at the same time} */
    private static Stream<Execution> lastFailed(Stream<Execution> runs) {
        List<Execution> failed = runs.filter(run -> run.error().isPresent()).toList();
        Optional<Instant> last =
                failed.stream().flatMap(run -> run.endedAt().stream()).max(Comparator.naturalOrder());
        return failed.stream().filter(run -> run.endedAt().equals(last));
    }

    /** A run as far as the history, which is compared too, does not tell all about it. */
    private record Run(
            UUID taskId, int attempt, Instant startedAt, Optional<Instant> endedAt, Optional<Duration> duration) {}

    private static List<Run> executions(List<Execution> runs) {
        return runs.stream()
                .sorted(Comparator.comparing(Execution::taskId, State.AS_TEXT).thenComparing(Execution::attempt))
                .map(run -> new Run(run.taskId(), run.attempt(), run.startedAt(), run.endedAt(), run.duration()))
                .toList();
    }

    private static <T> boolean isSorted(List<T> values, Comparator<T> order) {
        for (int i = 1; i < values.size(); i++) {
            if (order.compare(values.get(i - 1), values.get(i)) > 0) {
                return false;
            }
        }
        return true;
    }

    private static Map<UUID, Task> byId(List<Task> tasks) {
        return tasks.stream()
                .map(ModelNeutral::task)
                .collect(Collectors.toMap(Task::id, Function.identity(), (one, other) -> one, LinkedHashMap::new));
    }

    private static List<UUID> ids(List<Task> tasks) {
        return tasks.stream().map(Task::id).toList();
    }

    private static List<UUID> workflowIds(List<Workflow> workflows) {
        return workflows.stream().map(Workflow::id).toList();
    }
}
