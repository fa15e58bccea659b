package io.taskstore.testkit;

import static io.taskstore.testkit.Fixtures.draft;
import static io.taskstore.testkit.Fixtures.newTask;
import static java.util.Comparator.comparing;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.Count;
import io.taskstore.NewWorkflow;
import io.taskstore.Page;
import io.taskstore.PageRequest;
import io.taskstore.Task;
import io.taskstore.TaskEdit;
import io.taskstore.TaskError;
import io.taskstore.TaskFilter;
import io.taskstore.TaskOrder;
import io.taskstore.TaskStatus;
import io.taskstore.TimeRange;
import io.taskstore.WorkerId;
import io.taskstore.spi.Claim;
import io.taskstore.spi.Settlement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Lists by the last updates of tasks, and by when these were, whatever happened to the tasks: nothing, or one thing or another. */
abstract class UpdatesContract extends PortContract {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration MICRO = Duration.ofNanos(1_000);
    private static final int PAGE = 9;

    private static final Comparator<Task> BY_ID = comparing(task -> task.id().toString());
    private static final Comparator<Task> OLDEST_FIRST =
            comparing(Task::createdAt).thenComparing(BY_ID);
    private static final Comparator<Task> LAST_UPDATED_FIRST =
            comparing(Task::updatedAt).thenComparing(BY_ID).reversed();

    private final List<UUID> ids = new ArrayList<>();

    UpdatesContract(StorageContract contract) {
        super(contract);
    }

    @Test
    void theLatestUpdatedComeFirstWhateverHappenedToThem() {
        fill();

        assertList(TaskFilter.all());
        for (TaskStatus status : TaskStatus.values()) {
            assertList(TaskFilter.all().status(status));
            assertList(TaskFilter.all().status(status, TaskStatus.COMPLETED));
        }
    }

    @Test
    void rangesOfUpdatesGoFromTheStartToBeforeTheEndWhateverHappened() {
        fill();
        List<Instant> times = all().map(Task::updatedAt).distinct().sorted().toList();
        Instant middle = times.get(times.size() / 2);

        for (Instant time : times) {
            assertUpdated(TaskFilter.all(), TimeRange.since(time));
            assertUpdated(TaskFilter.all(), TimeRange.before(time));
            assertUpdated(TaskFilter.all(), TimeRange.between(time, time.plus(MICRO)));
        }
        assertUpdated(TaskFilter.all(), TimeRange.between(times.get(1), middle));
        assertUpdated(TaskFilter.all(), TimeRange.before(times.get(0)));
    }

    @Test
    void rangesOfUpdatesGoTogetherWithOtherConditionsWhateverHappened() {
        fill();
        Instant last = all().map(Task::completedAt)
                .flatMap(Optional::stream)
                .max(Comparator.naturalOrder())
                .orElseThrow();

        for (Instant time : all().map(Task::updatedAt).distinct().toList()) {
            TimeRange moment = TimeRange.between(time, time.plus(MICRO));
            for (TaskStatus status : TaskStatus.values()) {
                assertUpdated(TaskFilter.all().status(status), moment);
            }
            assertUpdated(TaskFilter.all().completed(TimeRange.before(last)), moment);
            assertUpdated(TaskFilter.all().status(TaskStatus.PENDING).completed(TimeRange.before(last)), moment);
            assertUpdated(TaskFilter.all().created(TimeRange.before(last)), moment);
        }
    }

    /** Some of each kind, of which the updates lie between those of the others, with some at one moment. */
    private void fill() {
        for (int i = 0; i < 2; i++) {
            clock.advance(SECOND);
            add(create());
            addAll(chain());
            List<Task> first = addAll(chain());
            List<Task> second = addAll(chain());
            List<Task> tasks = new ArrayList<>();
            for (int n = 0; n < 13; n++) {
                clock.advance(n % 3 == 0 ? SECOND : Duration.ZERO);
                tasks.add(add(create()));
            }
            WorkerId worker = worker();
            add(tasks().create(draft(newTask()), worker).task());
            edit(tasks.get(0));
            clock.advance(SECOND);
            edit(first.get(1));
            claim(worker, tasks.get(1));
            complete(claim(worker, tasks.get(2)));
            clock.advance(SECOND);
            fail(claim(worker, tasks.get(3)));
            cancel(tasks.get(4));
            retry(claim(worker, tasks.get(5)));
            complete(claim(worker, second.get(0)));
            clock.advance(SECOND);
            complete(claim(worker, tasks.get(6)));
            clock.advance(SECOND);
            edit(tasks.get(6));
            cancel(tasks.get(7));
            clock.advance(SECOND);
            requeue(tasks.get(7));
            edit(claim(worker, tasks.get(8)));
            retry(claim(worker, tasks.get(9)));
            complete(claim(worker, tasks.get(10)));
            clock.advance(SECOND.multipliedBy(3));
            complete(claim(worker, tasks.get(9)));
            cancel(tasks.get(11));
            Instant end = clock.instant();
            clock.set(end.minus(SECOND.multipliedBy(2)));
            edit(tasks.get(11));
            clock.set(end);
        }
        assertThat(all().map(Task::status).collect(Collectors.toSet())).containsExactlyInAnyOrder(TaskStatus.values());
        assertThat(all())
                .anyMatch(task -> task.completedAt().isPresent()
                        && task.updatedAt().isAfter(task.completedAt().get()));
        assertThat(all())
                .anyMatch(task -> task.completedAt().isPresent()
                        && task.updatedAt().isBefore(task.completedAt().get()));
        assertThat(tasks().count(TaskFilter.all(), 1_000)).isEqualTo(new Count(ids.size(), false));
    }

    private Task add(Task task) {
        ids.add(task.id());
        return task;
    }

    private List<Task> addAll(List<Task> tasks) {
        tasks.forEach(this::add);
        return tasks;
    }

    private List<Task> chain() {
        return createWorkflow(NewWorkflow.of("a chain")
                .task("first", newTask())
                .task("then", newTask())
                .after("first"));
    }

    private void edit(Task task) {
        tasks().update(task.id(), read(task.id()).version(), TaskEdit.nothing().title("other"));
    }

    private void cancel(Task task) {
        assertThat(tasks().cancel(TaskFilter.all().id(task.id()), null).count()).isEqualTo(1);
    }

    private void requeue(Task task) {
        assertThat(tasks().requeue(TaskFilter.all().id(task.id()), null).count())
                .isEqualTo(1);
    }

    private void retry(Task running) {
        TaskError error = new TaskError("Broken", "it broke");
        settle(new Settlement.Retried(Claim.of(running), Optional.empty(), error, Duration.ZERO));
    }

    /** {@return all tasks, found by their ids} */
    private Stream<Task> all() {
        return tasks().find(ids).stream();
    }

    private void assertUpdated(TaskFilter filter, TimeRange range) {
        TaskFilter updated = filter.updated(range);
        List<Task> expected = assertList(updated);
        assertThat(followed(updated, TaskOrder.OLDEST_FIRST))
                .isEqualTo(ids(expected.stream().sorted(OLDEST_FIRST)));
        assertThat(followed(updated, TaskOrder.NEWEST_FIRST))
                .isEqualTo(ids(expected.stream().sorted(OLDEST_FIRST.reversed())));
        assertThat(tasks().count(updated, 1_000)).isEqualTo(new Count(expected.size(), false));
        if (expected.size() > 1) {
            assertThat(tasks().count(updated, expected.size() - 1)).isEqualTo(new Count(expected.size() - 1, true));
        }
    }

    /** Lists by update, page by page, what passes. */
    private List<Task> assertList(TaskFilter filter) {
        List<Task> expected =
                all().filter(filter::matches).sorted(LAST_UPDATED_FIRST).toList();
        PageRequest request = PageRequest.first(PAGE).order(TaskOrder.LAST_UPDATED_FIRST);
        List<UUID> seen = new ArrayList<>();
        for (int offset = 0; offset == 0 || offset < expected.size(); offset += PAGE) {
            Page page = tasks().list(filter, request.offset(offset));
            assertThat(page.hasMore()).isEqualTo(offset + PAGE < expected.size());
            seen.addAll(ids(page.tasks().stream()));
        }
        assertThat(seen).isEqualTo(ids(expected.stream()));
        return expected;
    }

    private List<UUID> followed(TaskFilter filter, TaskOrder order) {
        List<UUID> seen = new ArrayList<>();
        PageRequest request = PageRequest.first(PAGE).order(order);
        Page page = tasks().list(filter, request);
        seen.addAll(ids(page.tasks().stream()));
        while (page.next().isPresent()) {
            page = tasks().list(filter, request.after(page.next().get()));
            seen.addAll(ids(page.tasks().stream()));
        }
        return seen;
    }

    private static List<UUID> ids(Stream<Task> tasks) {
        return tasks.map(Task::id).toList();
    }
}
