package io.taskstore.benchmarks;

import io.taskstore.Cursor;
import io.taskstore.PageRequest;
import io.taskstore.TaskFilter;
import io.taskstore.TaskOrder;
import io.taskstore.TaskRepository;
import io.taskstore.TaskStatus;
import io.taskstore.TimeRange;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** The lists and counts that are measured, each with values that many tasks have, that few have, and that none has. */
final class Queries {

    static final double LIMIT = 50;
    private static final double PAGE_LIMIT = 5;

    private static final int PAGE = 50;
    private static final long CAP = 10_000;
    private static final TaskFilter ALL = TaskFilter.all();

    private final TaskRepository tasks;
    private final int size;
    private final List<Measured> queries = new ArrayList<>();

    private Queries(TaskRepository tasks, int size) {
        this.tasks = tasks;
        this.size = size;
    }

    static List<Measured> of(TaskRepository tasks, int size) {
        Queries queries = new Queries(tasks, size);
        queries.singles();
        queries.ranges();
        queries.byUpdate();
        queries.pairs();
        queries.pages();
        return queries.queries;
    }

    private void singles() {
        both("all", "common", i -> ALL);
        both(
                "ids",
                "50",
                i -> ALL.ids(IntStream.range(0, PAGE)
                        .mapToObj(n -> id(i * 31 + n * 17))
                        .toList()));
        both("ids", "absent", i -> ALL.id(absent(i)));
        both("status", "common", i -> ALL.status(TaskStatus.COMPLETED));
        both("status", "medium", i -> ALL.status(i % 2 == 0 ? TaskStatus.FAILED : TaskStatus.PENDING));
        both("status", "rare", i -> ALL.status(i % 2 == 0 ? TaskStatus.RUNNING : TaskStatus.WAITING));
        both("status", "open", i -> ALL.status(TaskStatus.PENDING, TaskStatus.RUNNING, TaskStatus.WAITING));
        values("type", ALL::type);
        values("queue", ALL::queue);
        values("submittedBy", ALL::submittedBy);
        values("metadata", value -> ALL.metadata(SkewedTasks.METADATA_KEY, value));
        both("workflow", "common", i -> ALL.workflow(SkewedTasks.COMMON_WORKFLOW));
        both("workflow", "absent", i -> ALL.workflow(absent(i)));
        both("step", "common", i -> ALL.step("load"));
        both("step", "rare", i -> ALL.step("step-" + i % 5));
        both("step", "absent", i -> ALL.step("absent-" + i));
        both("uniqueKey", "common", i -> ALL.uniqueKey(SkewedTasks.COMMON));
        both("uniqueKey", "rare", i -> ALL.uniqueKey("key-" + (i * 10 + 6)));
        both("uniqueKey", "absent", i -> ALL.uniqueKey("absent-" + i));
        both("titlePrefix", "common", i -> ALL.titlePrefix("Report"));
        both("titlePrefix", "medium", i -> ALL.titlePrefix("Report " + (1 + i % 9)));
        both("titlePrefix", "few", i -> ALL.titlePrefix("Report " + (10 + i % 90)));
        both("titlePrefix", "rare", i -> ALL.titlePrefix("Zebra"));
        both("titlePrefix", "absent", i -> ALL.titlePrefix("absent-" + i));
    }

    private void values(String name, Function<String, TaskFilter> filter) {
        both(name, "common", i -> filter.apply(SkewedTasks.COMMON));
        both(name, "medium", i -> filter.apply("medium" + i % 20));
        both(name, "rare", i -> filter.apply(SkewedTasks.RARE));
        both(name, "absent", i -> filter.apply("absent-" + i));
    }

    private void ranges() {
        ranges("created", ALL::created);
        ranges("updated", ALL::updated);
        ranges("completed", ALL::completed);
    }

    private void ranges(String name, Function<TimeRange, TaskFilter> filter) {
        both(name, "half", i -> filter.apply(half(i)));
        both(name, "day", i -> filter.apply(since(i, Duration.ofDays(1))));
        both(name, "hour", i -> filter.apply(since(i, Duration.ofHours(1))));
        both(name, "second", i -> filter.apply(since(i, Duration.ofSeconds(1))));
        both(name, "absent", i -> filter.apply(TimeRange.since(SkewedTasks.at(3 + i / 1e6))));
        PageRequest oldest = PageRequest.first(PAGE).order(TaskOrder.OLDEST_FIRST);
        add("list " + name + ", oldest first", "half", LIMIT, i -> tasks.list(filter.apply(half(i)), oldest));
        add(
                "list " + name + ", oldest first",
                "day",
                LIMIT,
                i -> tasks.list(filter.apply(since(i, Duration.ofDays(1))), oldest));
    }

    private void byUpdate() {
        byUpdate("all", ALL);
        byUpdate("status PENDING", ALL.status(TaskStatus.PENDING));
        byUpdate("status COMPLETED", ALL.status(TaskStatus.COMPLETED));
        byUpdate("type", ALL.type(SkewedTasks.COMMON));
    }

    private void byUpdate(String name, TaskFilter filter) {
        PageRequest first = PageRequest.first(PAGE).order(TaskOrder.LAST_UPDATED_FIRST);
        add("list " + name + ", last updated first", "common", LIMIT, i -> tasks.list(filter, first));
    }

    private static TimeRange half(int i) {
        return TimeRange.since(SkewedTasks.at(0.5 + i / 1e6));
    }

    private static TimeRange since(int i, Duration length) {
        return TimeRange.between(
                SkewedTasks.at(i % 97 / 100.0), SkewedTasks.at(i % 97 / 100.0).plus(length));
    }

    private void pairs() {
        for (TaskStatus status : List.of(TaskStatus.COMPLETED, TaskStatus.FAILED, TaskStatus.RUNNING)) {
            TaskFilter some = ALL.status(status);
            values("status " + status + " + type", some::type);
            values("status " + status + " + queue", some::queue);
            values("status " + status + " + submittedBy", some::submittedBy);
            values("status " + status + " + metadata", value -> some.metadata(SkewedTasks.METADATA_KEY, value));
        }
    }

    private void pages() {
        page("all", "common", i -> ALL);
        page("status", "common", i -> ALL.status(TaskStatus.COMPLETED));
        page("status", "medium", i -> ALL.status(TaskStatus.FAILED));
        page("type", "common", i -> ALL.type(SkewedTasks.COMMON));
        page("type", "medium", i -> ALL.type("medium" + i % 20));
        page("queue", "common", i -> ALL.queue(SkewedTasks.COMMON));
        page("submittedBy", "common", i -> ALL.submittedBy(SkewedTasks.COMMON));
        page("metadata", "common", i -> ALL.metadata(SkewedTasks.METADATA_KEY, SkewedTasks.COMMON));
        page("workflow", "common", i -> ALL.workflow(SkewedTasks.COMMON_WORKFLOW));
        page("uniqueKey", "common", i -> ALL.uniqueKey(SkewedTasks.COMMON));
        page("created", "half", i -> ALL.created(TimeRange.since(SkewedTasks.at(0.5))));
        page(
                "status COMPLETED + type",
                "common",
                i -> ALL.status(TaskStatus.COMPLETED).type(SkewedTasks.COMMON));
        page(
                "status COMPLETED + queue",
                "common",
                i -> ALL.status(TaskStatus.COMPLETED).queue(SkewedTasks.COMMON));
        page(
                "status FAILED + type",
                "common",
                i -> ALL.status(TaskStatus.FAILED).type(SkewedTasks.COMMON));
        page(
                "status COMPLETED + metadata",
                "common",
                i -> ALL.status(TaskStatus.COMPLETED).metadata(SkewedTasks.METADATA_KEY, SkewedTasks.COMMON));
    }

    private void both(String name, String kind, IntFunction<TaskFilter> filter) {
        add("list " + name, kind, LIMIT, i -> tasks.list(filter.apply(i), PageRequest.first(PAGE)));
        add("count " + name, kind, LIMIT, i -> tasks.count(filter.apply(i), CAP));
    }

    /** From the first page to the last, in both orders. */
    private void page(String name, String kind, IntFunction<TaskFilter> filter) {
        for (TaskOrder order : List.of(TaskOrder.NEWEST_FIRST, TaskOrder.OLDEST_FIRST)) {
            add("page " + name + ", " + order, kind, PAGE_LIMIT, i -> {
                int number = (int) ((long) i * 7_919 % 200 * (size / 200L));
                Cursor cursor = new Cursor(SkewedTasks.at((double) number / size), id(number));
                tasks.list(filter.apply(i), PageRequest.first(PAGE).order(order).after(cursor));
            });
        }
    }

    private void add(String name, String kind, double limit, Measured.Run run) {
        queries.add(new Measured(name, kind, limit, run));
    }

    private UUID id(int number) {
        return SkewedTasks.id(Math.floorMod(number * 1_009, size), size);
    }

    private static UUID absent(int i) {
        return new UUID(0x019b_7000_0000_7000L, 0x8fff_0000_0000_0000L + i);
    }
}
