package io.taskstore.testkit;

import static io.taskstore.testkit.Fixtures.newTask;
import static io.taskstore.testkit.TaskStoreAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.NewWorkflow;
import io.taskstore.PageRequest;
import io.taskstore.Task;
import io.taskstore.TaskFilter;
import io.taskstore.TaskQueue;
import io.taskstore.TaskRepository;
import io.taskstore.TaskService;
import io.taskstore.TaskStatus;
import io.taskstore.WorkflowService;
import io.taskstore.spi.Storage;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;

final class TaskStoreExtensionTest {

    @Nested
    @ExtendWith(TaskStoreExtension.class)
    class OverTheReference {

        private final TaskService fromTheConstructor;
        private List<Task> before = List.of();

        OverTheReference(TaskService tasks) {
            this.fromTheConstructor = tasks;
        }

        @BeforeEach
        void submitBefore(TaskService tasks) {
            before = List.of(tasks.submit(newTask()));
        }

        @AfterEach
        void everythingIsOpenStill(TaskService tasks) {
            assertThat(tasks.health().works()).isTrue();
        }

        @Test
        void allPartsAreOfTheSameStore(
                Storage storage,
                TaskRepository repository,
                TaskQueue queue,
                TaskService tasks,
                WorkflowService workflows,
                ManualClock clock) {
            assertThat(fromTheConstructor).isSameAs(tasks);
            assertThat(repository).isSameAs(storage.tasks());
            assertThat(storage.clock()).isSameAs(clock);
            assertThat(queue.depth()).isEqualTo(1);
            workflows.submit(NewWorkflow.of("a workflow").task("a", newTask()));
            assertThat(storage.tasks().list(TaskFilter.all(), PageRequest.first(10)))
                    .hasSize(2);
            assertThat(tasks.find(before.get(0).id()).orElseThrow()).hasStatus(TaskStatus.PENDING);
        }

        @Test
        void theTestMovesTheClock(TaskService tasks, ManualClock clock) {
            clock.advance(Duration.ofDays(3));

            assertThat(tasks.submit(newTask()).createdAt()).isEqualTo(clock.instant());
        }

        @RepeatedTest(3)
        void eachTestBeginsWithAFreshStoreAndTheSameIds(TaskService tasks, ManualClock clock) {
            assertThat(before).extracting(Task::id).containsExactly(CountingIds.number(1));
            assertThat(tasks.count(TaskFilter.all(), 10).value()).isEqualTo(1);
            assertThat(clock.instant()).isEqualTo(ManualClock.create().instant());
        }
    }

    /** What the extension of the nested tests opened, of which each is closed when the next one is opened. */
    private static final List<Storage> OPENED = new ArrayList<>();

    private static final List<TaskQueue> QUEUES = new ArrayList<>();

    private static Storage opened(Storage storage) {
        assertThat(OPENED).allMatch(before -> !before.health().works());
        OPENED.add(storage);
        return storage;
    }

    @Nested
    class OverASupplier {

        @RegisterExtension
        final TaskStoreExtension store = TaskStoreExtension.over(() -> opened(new ReferenceStorage()));

        @RepeatedTest(3)
        void theStorageIsTheSuppliers(Storage storage, TaskQueue queue) {
            QUEUES.add(queue);
            assertThat(storage).isSameAs(OPENED.get(OPENED.size() - 1));
            assertThat(storage.clock()).isSameAs(InstantSource.system());
            assertThat(queue.health().works()).isTrue();
        }

        @Test
        void aTestThatAsksForNothingOpensNothing() {
            assertThat(store).isNotNull();
        }
    }

    @Nested
    class OverAFunctionOfTheClock {

        @RegisterExtension
        final TaskStoreExtension store = TaskStoreExtension.overClock(clock -> opened(new ReferenceStorage(clock)));

        @RepeatedTest(2)
        void theStorageHasTheManualClock(ManualClock clock, Storage storage) {
            assertThat(storage).isSameAs(OPENED.get(OPENED.size() - 1));
            assertThat(storage.clock()).isSameAs(clock);
        }
    }

    @AfterAll
    static void everythingWasClosed() {
        assertThat(OPENED).allMatch(storage -> !storage.health().works());
        assertThat(QUEUES).allMatch(queue -> !queue.health().works());
    }
}
