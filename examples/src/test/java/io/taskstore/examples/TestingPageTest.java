package io.taskstore.examples;

import static io.taskstore.testkit.TaskStoreAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.NewTask;
import io.taskstore.RetryPolicy;
import io.taskstore.StatusHistory;
import io.taskstore.Task;
import io.taskstore.TaskEvent;
import io.taskstore.TaskStatus;
import io.taskstore.TaskType;
import io.taskstore.embedded.TaskStore;
import io.taskstore.inmemory.Worker;
import io.taskstore.testkit.ManualClock;
import io.taskstore.testkit.RecordingListener;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The lines of docs/testing.md that are not in the example stand here as they stand there, which the last test makes sure of. */
@Timeout(60)
final class TestingPageTest {

    private static final TaskType<String> REMIND = TaskType.of("remind", String.class);

    @Test
    void aWholeStoreTakesAClockOfTheTest() {
        ManualClock clock = ManualClock.create();
        try (TaskStore store =
                TaskStore.builder("jdbc:sqlite::memory:").clock(clock).open()) {
            Worker worker = store.worker().handle(REMIND, (customer, run) -> {}).build();
            Task task = store.tasks()
                    .submit(NewTask.of(REMIND, "Ada").runAt(clock.instant().plusSeconds(60)));
            assertThat(worker.runDue()).isZero();
            clock.advance(Duration.ofMinutes(1));
            assertThat(worker.runDue()).isEqualTo(1);
            assertThat(store.tasks().find(task.id()).orElseThrow()).hasStatus(TaskStatus.COMPLETED);
        }
    }

    @Test
    void taskAndHistoryAreAsserted() {
        TaskType<Integer> other = TaskType.of("remind", Integer.class);
        try (TaskStore store = TaskStore.open("jdbc:sqlite::memory:")) {
            Worker worker = store.worker()
                    .handle(other, (number, run) -> {}, RetryPolicy.none())
                    .build();
            Task submitted = store.tasks().submit(NewTask.of(REMIND, "Ada"));
            worker.runDue();

            Task task = store.tasks().find(submitted.id()).orElseThrow();
            StatusHistory history = store.tasks().history(task.id()).orElseThrow();
            assertThat(task).hasStatus(TaskStatus.FAILED).hasFailures(1).hasErrorOfKind("PAYLOAD");
            assertThat(history)
                    .wentThrough(TaskStatus.PENDING, TaskStatus.RUNNING, TaskStatus.FAILED)
                    .hasRuns(1);
        }
    }

    @Test
    void eventsAreAwaited() throws InterruptedException {
        RecordingListener events = new RecordingListener();
        try (TaskStore store = TaskStore.open("jdbc:sqlite::memory:")) {
            store.worker()
                    .listener(events)
                    .retries(RetryPolicy.fixed(Duration.ZERO).maxFailures(3))
                    .handle(REMIND, (customer, run) -> {
                        throw new IllegalStateException("no paper");
                    })
                    .start();
            store.tasks().submit(NewTask.of(REMIND, "Ada"));
            events.await(TaskEvent.Kind.RETRIED, 2, Duration.ofSeconds(10));
        }
    }

    @Test
    void thePageShowsWhatIsTested() throws IOException {
        Path tests = Path.of("src/test/java/io/taskstore/examples");
        String tested = squeezed(Files.readString(tests.resolve("TestkitExampleTest.java"), StandardCharsets.UTF_8)
                + Files.readString(tests.resolve("TestingPageTest.java"), StandardCharsets.UTF_8));
        String page = Files.readString(Path.of("../docs/testing.md"), StandardCharsets.UTF_8);
        List<String> blocks = List.of(page.split("```java\n", -1)).stream()
                .skip(1)
                .map(rest -> squeezed(rest.substring(0, rest.indexOf("```"))))
                .toList();

        assertThat(blocks)
                .hasSizeGreaterThan(5)
                .allSatisfy(block -> assertThat(tested).contains(block));
    }

    private static String squeezed(String code) {
        return code.replaceAll("\\s+", "");
    }
}
