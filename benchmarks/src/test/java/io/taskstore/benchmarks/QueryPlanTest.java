package io.taskstore.benchmarks;

import static io.taskstore.TaskStatus.CANCELLED;
import static io.taskstore.TaskStatus.COMPLETED;
import static io.taskstore.TaskStatus.FAILED;
import static io.taskstore.TaskStatus.PENDING;
import static io.taskstore.TaskStatus.RUNNING;
import static io.taskstore.TaskStatus.WAITING;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.Cursor;
import io.taskstore.PageRequest;
import io.taskstore.Reports;
import io.taskstore.Slots;
import io.taskstore.Task;
import io.taskstore.TaskFilter;
import io.taskstore.TaskOrder;
import io.taskstore.TimeRange;
import io.taskstore.WorkerId;
import io.taskstore.WorkerProfile;
import io.taskstore.jdbi.TaskDatabase;
import io.taskstore.spi.Claim;
import io.taskstore.spi.ClaimRequest;
import io.taskstore.spi.Recovered;
import io.taskstore.spi.Settlement;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * No statement reads a whole table, or a whole index, of what grows with the number of tasks. Asked of 50,000 tasks; of more
 * with {@code -Dtaskstore.plans.tasks=1000000}.
 */
final class QueryPlanTest {

    private static final int TASKS = Integer.getInteger("taskstore.plans.tasks", 50_000);
    private static final TaskFilter ALL = TaskFilter.all();

    /** Hold only tasks that have not ended, went wrong, or were changed: what is read from one end to the other there, is few. */
    private static final Set<String> SMALL = Set.of(
            "taskstore_task_ready",
            "taskstore_task_scheduled",
            "taskstore_task_suspect",
            "taskstore_task_running",
            "taskstore_task_status",
            "taskstore_task_updated");

    /** Where every task passes, or every other: the list is full after a few steps from one end. */
    private static final Set<String> FULL_SOON = Set.of("taskstore_task_created", "taskstore_task_completed");

    /** All that ended, sorted after it was read. */
    private static final Pattern SORTED =
            Pattern.compile("INDEX taskstore_task_completed.*\\nUSE TEMP B-TREE FOR ORDER BY"
                    + "|Sort Key: .*\\n +->  .*(?:Scan|Scan Backward) using taskstore_task_completed");

    private final Set<String> failures = new TreeSet<>();

    @Test
    void sqliteScansNoTable(@TempDir Path folder) throws SQLException, IOException {
        try (Plans plans = new Plans.Sqlite(folder, TASKS)) {
            check(plans);
        }
    }

    @Test
    void postgresScansNoTable() throws SQLException, IOException {
        try (Plans plans = new Plans.Postgres(TASKS)) {
            check(plans);
        }
    }

    private void check(Plans plans) throws SQLException {
        for (Map.Entry<String, TaskFilter> filter : filters().entrySet()) {
            lists(plans, filter.getKey(), filter.getValue());
        }
        listsByUpdate(plans);
        reports(plans);
        work(plans);
        assertThat(failures).isEmpty();
    }

    private static Map<String, TaskFilter> filters() {
        Map<String, TaskFilter> filters = new LinkedHashMap<>();
        filters.put(
                "ids",
                ALL.ids(IntStream.range(0, 50)
                        .mapToObj(i -> SkewedTasks.id(i * 7, TASKS))
                        .toList()));
        List.of(WAITING, PENDING, RUNNING, FAILED, CANCELLED)
                .forEach(status -> filters.put("" + status, ALL.status(status)));
        filters.put("open", ALL.status(WAITING, PENDING, RUNNING));
        filters.put("workflow", ALL.workflow(SkewedTasks.COMMON_WORKFLOW));
        filters.put("absent workflow", ALL.workflow(SkewedTasks.DEAD_WORKER));
        List.of("load", "step-1", "absent").forEach(step -> filters.put("step " + step, ALL.step(step)));
        List.of("common", "key-16", "absent").forEach(key -> filters.put("uniqueKey " + key, ALL.uniqueKey(key)));
        // one that fewer than 5,000 share: of more, the newest are looked for
        String shared = TASKS < 100_000 ? "Report 1" : "Report 12";
        List.of(shared, "Zebra", "absent").forEach(title -> filters.put("title " + title, ALL.titlePrefix(title)));
        for (String value : List.of(SkewedTasks.COMMON, SkewedTasks.MEDIUM, SkewedTasks.RARE, SkewedTasks.ABSENT)) {
            filters.put("type " + value, ALL.type(value));
            filters.put("queue " + value, ALL.queue(value));
            filters.put("submittedBy " + value, ALL.submittedBy(value));
            filters.put("metadata " + value, ALL.metadata(SkewedTasks.METADATA_KEY, value));
            for (TaskFilter status : List.of(ALL.status(COMPLETED), ALL.status(FAILED), ALL.status(RUNNING))) {
                filters.put(status + " type " + value, status.type(value));
                filters.put(status + " queue " + value, status.queue(value));
                filters.put(status + " submittedBy " + value, status.submittedBy(value));
                filters.put(status + " metadata " + value, status.metadata(SkewedTasks.METADATA_KEY, value));
            }
        }
        TimeRange day =
                TimeRange.between(SkewedTasks.at(0.5), SkewedTasks.at(0.5).plus(Duration.ofHours(12)));
        for (TimeRange range :
                List.of(day, TimeRange.since(SkewedTasks.at(0.999)), TimeRange.since(SkewedTasks.at(3)))) {
            filters.put("created " + range, ALL.created(range));
            filters.put("updated " + range, ALL.updated(range));
            filters.put("completed " + range, ALL.completed(range));
        }
        return filters;
    }

    private void lists(Plans plans, String name, TaskFilter filter) throws SQLException {
        var tasks = plans.database().tasks();
        Cursor cursor = new Cursor(SkewedTasks.at(0.3), SkewedTasks.id(TASKS / 10 * 3, TASKS));
        PageRequest first = PageRequest.first(50);
        expectNoScan(plans, "list " + name, () -> tasks.list(filter, first));
        expectNoScan(plans, "page " + name, () -> tasks.list(filter, first.after(cursor)));
        expectNoScan(
                plans,
                "page oldest first " + name,
                () -> tasks.list(filter, first.order(TaskOrder.OLDEST_FIRST).after(cursor)));
        expectNoScan(plans, "count " + name, () -> tasks.count(filter, 10_000));
    }

    private void listsByUpdate(Plans plans) throws SQLException {
        PageRequest first = PageRequest.first(50).order(TaskOrder.LAST_UPDATED_FIRST);
        for (TaskFilter filter : List.of(ALL, ALL.status(COMPLETED), ALL.type(SkewedTasks.COMMON))) {
            expectNoScan(
                    plans,
                    "list by update " + filter,
                    FULL_SOON,
                    () -> plans.database().tasks().list(filter, first));
        }
        for (TaskFilter filter : List.of(ALL.status(PENDING), ALL.status(WAITING, PENDING))) {
            expectNoScan(
                    plans,
                    "list by update " + filter,
                    () -> plans.database().tasks().list(filter, first));
        }
        TimeRange day =
                TimeRange.between(SkewedTasks.at(0.5), SkewedTasks.at(0.5).plus(Duration.ofDays(1)));
        for (TaskFilter filter : List.of(ALL, ALL.status(COMPLETED), ALL.status(PENDING))) {
            expectNoScan(
                    plans,
                    "list by update " + filter + " of a day",
                    () -> plans.database().tasks().list(filter.updated(day), first));
            expectNoScan(
                    plans,
                    "count " + filter + " of a day",
                    () -> plans.database().tasks().count(filter.updated(day), 10_000));
        }
    }

    private void reports(Plans plans) throws SQLException {
        Reports reports = plans.database().reports();
        for (double begin : List.of(0.5, 0.98)) {
            TimeRange range = TimeRange.between(
                    SkewedTasks.at(begin), SkewedTasks.at(begin).plus(Duration.ofHours(1)));
            expectNoScan(plans, "statistics", () -> reports.statistics(range));
            expectNoScan(plans, "slowest", () -> reports.slowest(range, 20));
            expectNoScan(plans, "failing", () -> reports.failing(range, 20));
            expectNoScan(plans, "durations", () -> reports.durations(range));
            expectNoScan(plans, "waits", () -> reports.waits(range));
            expectNoScan(plans, "throughput", () -> reports.throughput(range, Duration.ofMinutes(1)));
        }
        TimeRange many = TimeRange.since(SkewedTasks.at(0.5));
        expectNoScan(plans, "statistics of many", () -> reports.statistics(many));
        expectNoScan(plans, "running", () -> reports.running(20));
    }

    private void work(Plans plans) throws SQLException {
        TaskDatabase database = plans.database();
        Set<String> types = Stream.concat(
                        Stream.of("common", "rare"), IntStream.range(0, 20).mapToObj(i -> "medium" + i))
                .collect(Collectors.toSet());
        WorkerId worker = database.claims().register(new WorkerProfile("w", types, Set.of()));
        expectNoScan(plans, "history", () -> database.tasks().history(SkewedTasks.id(7, TASKS)));
        List<Recovered> recovered = new ArrayList<>();
        expectNoScan(plans, "recover", () -> recovered.addAll(database.claims().recover()));
        assertThat(recovered).isNotEmpty();
        expectNoScan(plans, "recover again", () -> database.claims().recover());
        expectNoScan(plans, "due since", () -> database.claims().dueSince(Set.of(), Set.of()));
        expectNoScan(plans, "due since of some", () -> database.claims().dueSince(types, Set.of(SkewedTasks.MEDIUM)));
        List<Task> claimed = new ArrayList<>();
        ClaimRequest due = ClaimRequest.due(worker, types, Slots.of(20)).withSuspect();
        expectNoScan(
                plans,
                "claim",
                () -> claimed.addAll(database.claims().claim(due).tasks()));
        Set<UUID> inWorkflow = recovered.stream()
                .map(Recovered::task)
                .filter(task -> task.workflowId().isPresent())
                .map(Task::id)
                .collect(Collectors.toSet());
        expectNoScan(
                plans,
                "claim by hint",
                () -> claimed.addAll(
                        database.claims().claim(due.hinted(inWorkflow)).tasks()));
        assertThat(claimed).anyMatch(task -> task.workflowId().isPresent());
        expectNoScan(
                plans,
                "when the next is due",
                () -> database.claims().claim(ClaimRequest.due(worker, Set.of("absent"), Slots.of(20))));
        expectNoScan(plans, "held", () -> database.claims().held(worker));
        List<Settlement> completed = claimed.stream()
                .<Settlement>map(task -> new Settlement.Completed(Claim.of(task), Optional.empty(), Optional.empty()))
                .toList();
        expectNoScan(plans, "settle and unblock", () -> database.claims().settle(completed));
        expectNoScan(plans, "settle again", () -> database.claims().settle(completed));
        Task one = database.tasks()
                .list(ALL.status(PENDING), PageRequest.first(1))
                .tasks()
                .get(0);
        expectNoScan(plans, "situation", () -> database.tasks().situation(one.id()));
        expectNoScan(plans, "cancel", () -> database.tasks().cancel(ALL.type("rare"), null));
        expectNoScan(plans, "requeue", () -> database.tasks().requeue(ALL.type("rare"), null));
        expectNoScan(plans, "delete", () -> database.tasks().delete(ALL.type("rare")));
        expectNoScan(plans, "retire", () -> database.claims().retire(worker));
        expectNoScan(plans, "purge", () -> database.tasks().purge(SkewedTasks.at(0.05), 300));
        expectNoScan(plans, "purge nothing", () -> database.tasks().purge(SkewedTasks.at(-1), 300));
    }

    private void expectNoScan(Plans plans, String name, Runnable calls) throws SQLException {
        expectNoScan(plans, name, name.contains(SkewedTasks.COMMON) ? FULL_SOON : Set.of(), calls);
    }

    private void expectNoScan(Plans plans, String name, Set<String> allowed, Runnable calls) throws SQLException {
        List<String> all = plans.of(calls);
        assertThat(all).as("the plans of %s", name).isNotEmpty();
        for (String plan : all) {
            Set<String> scanned = new TreeSet<>(plans.scanned(plan));
            scanned.removeAll(SMALL);
            scanned.removeAll(allowed);
            if (SORTED.matcher(plan).find() && allowed.equals(FULL_SOON)) {
                failures.add(name + " sorts all that ended:\n" + plan);
            }
            if (!scanned.isEmpty()) {
                failures.add(name + " reads all of " + scanned + ":\n" + plan);
            }
        }
    }
}
