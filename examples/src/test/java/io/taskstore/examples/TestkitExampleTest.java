package io.taskstore.examples;

import static io.taskstore.testkit.TaskStoreAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.NewTask;
import io.taskstore.RetryPolicy;
import io.taskstore.Task;
import io.taskstore.TaskQueue;
import io.taskstore.TaskService;
import io.taskstore.TaskStatus;
import io.taskstore.TaskType;
import io.taskstore.inmemory.Worker;
import io.taskstore.jdbi.TaskDatabase;
import io.taskstore.spi.Storage;
import io.taskstore.testkit.ManualClock;
import io.taskstore.testkit.TaskStoreExtension;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A test of a host's work: each test method has its own SQLite in memory, and a clock that only the test moves.
 *
 * <pre>{@code
 * mvn -Dquick -pl examples -am test -Dtest=TestkitExampleTest
 * }</pre>
 */
final class TestkitExampleTest {

    private static final TaskType<String> REMIND = TaskType.of("remind", String.class);
    private static final RetryPolicy DAILY =
            RetryPolicy.fixed(Duration.ofDays(1)).maxFailures(7);

    @RegisterExtension
    final TaskStoreExtension database = TaskStoreExtension.overClock(
            clock -> TaskDatabase.builder("jdbc:sqlite::memory:").clock(clock).open());

    private Worker worker;

    @BeforeEach
    void build(Storage storage, TaskQueue queue) {
        worker = Worker.builder(storage, queue)
                .handle(REMIND, (customer, run) -> remind(customer), DAILY)
                .build(); // and not start(): runDue() runs the tasks, on the thread of the test
    }

    /** The code under test. */
    private static void remind(String customer) {
        if (customer.isBlank()) {
            throw new IllegalStateException("nobody to remind");
        }
    }

    @Test
    void aReminderIsSentOnItsDay(TaskService tasks, ManualClock clock) {
        Task task = tasks.submit(NewTask.of(REMIND, "Ada").runAt(clock.instant().plus(Duration.ofDays(30))));
        clock.advance(Duration.ofDays(29));
        assertThat(worker.runDue()).isZero();
        clock.advance(Duration.ofDays(1));
        assertThat(worker.runDue()).isEqualTo(1);
        assertThat(tasks.find(task.id()).orElseThrow()).hasStatus(TaskStatus.COMPLETED);
    }

    @Test
    void aWeekOfRetriesIsOverAtOnce(TaskService tasks, ManualClock clock) {
        Task task = tasks.submit(NewTask.of(REMIND, " "));
        for (int day = 1; day <= 7; day++) {
            assertThat(worker.runDue()).isEqualTo(1);
            clock.advance(Duration.ofDays(1));
        }
        assertThat(tasks.find(task.id()).orElseThrow())
                .withHistory(tasks.history(task.id()).orElseThrow()) // shown where an assertion fails
                .hasStatus(TaskStatus.FAILED)
                .hasFailures(7)
                .hasErrorOfKind(IllegalStateException.class.getName());
    }
}
