package io.taskstore.jdbi;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.LogLevel;
import io.taskstore.Page;
import io.taskstore.PageRequest;
import io.taskstore.StatusChange;
import io.taskstore.Task;
import io.taskstore.TaskError;
import io.taskstore.TaskFilter;
import io.taskstore.TaskOrder;
import io.taskstore.TaskStatus;
import io.taskstore.WorkerId;
import io.taskstore.Workflow;
import io.taskstore.WorkflowFilter;
import io.taskstore.WorkflowStatus;
import io.taskstore.spi.Storage;
import io.taskstore.testkit.ManualClock;
import io.taskstore.testkit.ReferenceStorage;
import io.taskstore.testkit.SampleData;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Sample data are whole, and the same on every storage. */
final class SampleDataTest {

    private static final long SEED = 7;
    private static final int TASKS = 600;

    private static List<String> reference = List.of();

    private static Storage sqlite(InstantSource clock) {
        return Databases.inMemory(clock);
    }

    private static Storage postgres(InstantSource clock) {
        return Databases.postgres(TestPostgres.schema(), clock);
    }

    @BeforeAll
    static void fillTheReference() {
        reference = checked(ReferenceStorage::new);
    }

    @Test
    void sqliteTellsTheSameOfThemAsTheReference() {
        assertThat(checked(SampleDataTest::sqlite)).isEqualTo(reference);
    }

    @Test
    void postgresTellsTheSameOfThemAsTheReference() {
        assertThat(checked(SampleDataTest::postgres)).isEqualTo(reference);
    }

    @Test
    void anotherSeedBringsOtherTasks() {
        List<String> others = filled(SEED + 1, TASKS, SampleDataTest::sqlite, storage -> told(storage));
        assertThat(others).doesNotContainAnyElementsOf(reference);
    }

    @Test
    void aFewTasksAreTasksToo() {
        for (int tasks : new int[] {1, 12, 50}) {
            List<Task> all = filled(SEED, tasks, SampleDataTest::sqlite, storage -> all(storage));
            assertThat(all).hasSize(tasks);
        }
    }

    private static void kill(Storage storage, WorkerId worker) {
        if (storage instanceof TaskDatabase database) {
            database.kill(worker);
        } else {
            ((ReferenceStorage) storage).kill(worker);
        }
    }

    @Test
    void nothingHasCrashedUnlessProcessesDie() {
        ManualClock clock = ManualClock.create();
        try (Storage storage = sqlite(clock)) {
            SampleData.of(SEED).fill(storage, clock, TASKS);

            assertThat(all(storage)).hasSize(TASKS).allMatch(task -> task.crashes() == 0);
        }
    }

    private static <R> R filled(
            long seed, int tasks, Function<InstantSource, Storage> open, Function<Storage, R> look) {
        ManualClock clock = ManualClock.create();
        Instant start = clock.instant();
        try (Storage storage = open.apply(clock)) {
            SampleData.of(seed).withCrashes(worker -> kill(storage, worker)).fill(storage, clock, tasks);
            assertThat(clock.instant()).isEqualTo(start.plus(Duration.ofDays(7)));
            return look.apply(storage);
        }
    }

    /** {@return all that is to be said of the tasks, which have been looked at} */
    private static List<String> checked(Function<InstantSource, Storage> open) {
        return filled(SEED, TASKS, open, storage -> {
            List<Task> all = all(storage);
            assertThat(all).hasSize(TASKS);
            assertThat(all).extracting(Task::status).contains(TaskStatus.values());
            assertThat(all).anyMatch(task -> task.status() == TaskStatus.COMPLETED && task.failures() > 0);
            assertThat(all)
                    .anyMatch(task ->
                            task.status() == TaskStatus.PENDING && task.runAt().isPresent());
            assertThat(all).anyMatch(task -> task.status() == TaskStatus.COMPLETED && task.crashes() > 0);
            assertThat(all).anyMatch(task -> task.error().map(TaskError::kind).equals(Optional.of(TaskError.POISON)));
            assertThat(all).anyMatch(task -> task.progress().isPresent());
            assertThat(all)
                    .anyMatch(task -> history(storage, task).stream()
                            .anyMatch(change -> change.from().equals(Optional.of(TaskStatus.FAILED))));
            assertThat(all)
                    .anyMatch(task -> !storage.reports()
                            .logs(task.id(), 1, LogLevel.DEBUG, null, 9)
                            .isEmpty());
            all.forEach(task -> checkHistory(storage, task));
            List<Workflow> workflows = storage.workflows().list(WorkflowFilter.all(), null, 1_000);
            assertThat(workflows)
                    .extracting(Workflow::status)
                    .contains(WorkflowStatus.ACTIVE, WorkflowStatus.COMPLETED, WorkflowStatus.FAILED);
            return told(storage);
        });
    }

    private static void checkHistory(Storage storage, Task task) {
        TaskStatus before = null;
        int seq = 0;
        Instant last = Instant.MIN;
        for (StatusChange change : history(storage, task)) {
            assertThat(change.seq()).isEqualTo(++seq);
            assertThat(change.from()).isEqualTo(Optional.ofNullable(before));
            assertThat(before == null ? change.to().canBeFirst() : before.canBecome(change.to()))
                    .isTrue();
            assertThat(change.at()).isAfterOrEqualTo(last);
            if (change.ran().isPresent()) {
                assertThat(change.ran().orElseThrow()).isLessThanOrEqualTo(Duration.between(last, change.at()));
            }
            before = change.to();
            last = change.at();
        }
        assertThat(task.status()).isEqualTo(before);
    }

    private static List<StatusChange> history(Storage storage, Task task) {
        return storage.tasks().history(task.id()).orElseThrow().changes();
    }

    private static List<Task> all(Storage storage) {
        List<Task> tasks = new ArrayList<>();
        PageRequest first = PageRequest.first(1_000).order(TaskOrder.OLDEST_FIRST);
        Page page = storage.tasks().list(TaskFilter.all(), first);
        while (page.next().isPresent()) {
            tasks.addAll(page.tasks());
            page = storage.tasks()
                    .list(TaskFilter.all(), first.after(page.next().get()));
        }
        tasks.addAll(page.tasks());
        return tasks;
    }

    /** {@return all that is to be said of each task, but for its workers} */
    private static List<String> told(Storage storage) {
        return all(storage).stream()
                .map(task -> String.join(
                        " ",
                        task.id().toString(),
                        task.type() + task.queue() + task.priority(),
                        task.status() + " " + task.attempt() + task.failures() + task.crashes() + task.version(),
                        task.title() + task.payload() + task.metadata().json() + task.result() + task.error(),
                        task.submittedBy() + task.uniqueKey().orElse("") + task.runAt() + task.progress(),
                        task.workflowId().map(UUID::toString).orElse("") + task.step(),
                        task.createdAt() + " " + task.updatedAt() + task.startedAt() + task.completedAt(),
                        told(history(storage, task))))
                .toList();
    }

    private static String told(List<StatusChange> history) {
        return history.stream()
                .map(change -> change.seq() + " " + change.from() + change.to() + change.at() + change.attempt()
                        + change.worker().isPresent() + change.note() + change.error() + change.ran())
                .collect(Collectors.joining(", "));
    }
}
