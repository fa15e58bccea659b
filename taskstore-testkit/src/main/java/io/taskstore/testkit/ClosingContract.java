package io.taskstore.testkit;

import static io.taskstore.testkit.Fixtures.draft;
import static io.taskstore.testkit.Fixtures.newTask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskstore.Health;
import io.taskstore.NewWorkflow;
import io.taskstore.StorageUnavailableException;
import io.taskstore.TaskDraft;
import io.taskstore.TaskFilter;
import io.taskstore.TaskRepository.News;
import io.taskstore.TaskRepository.Subscription;
import io.taskstore.TimeRange;
import io.taskstore.WorkerId;
import io.taskstore.WorkflowDraft;
import io.taskstore.spi.Storage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is left of a storage that was closed. */
abstract class ClosingContract {

    private final StorageContract contract;
    private final ManualClock clock = ManualClock.create();
    private Storage storage = new ReferenceStorage(clock);

    ClosingContract(StorageContract contract) {
        this.contract = contract;
    }

    @BeforeEach
    void openStorage() {
        storage = contract.open(clock);
    }

    @AfterEach
    void closeStorage() {
        storage.close();
    }

    @Test
    void everyPortOfAClosedStorageSaysSo() {
        TaskDraft task = draft(newTask());
        WorkflowDraft workflow = draft(NewWorkflow.of("flow").task("a", newTask()));
        WorkerId worker = new WorkerId(UUID.randomUUID());
        storage.close();

        Map<String, ThrowingCallable> calls = Map.of(
                "create", () -> storage.tasks().create(task, null),
                "find", () -> storage.tasks().find(task.id()),
                "cancel", () -> storage.tasks().cancel(TaskFilter.all(), null),
                "workflow", () -> storage.workflows().create(workflow),
                "pause", () -> storage.queues().pause("mail"),
                "heartbeat", () -> storage.claims().heartbeat(worker),
                "settle", () -> storage.claims().recover(),
                "log", () -> storage.runLog().append(List.of()),
                "report", () -> storage.reports().statistics(TimeRange.always()),
                "metrics", () -> storage.metrics().series("a", TimeRange.always(), Duration.ofSeconds(1)));
        calls.forEach(
                (name, call) -> assertThatThrownBy(call).as(name).isInstanceOf(StorageUnavailableException.class));
    }

    @Test
    void aClosedStorageGivesNoTurns() {
        storage.close();

        assertThatThrownBy(() -> storage.takeTurn("purge", UUID.randomUUID(), Duration.ofMinutes(1)))
                .isInstanceOf(StorageUnavailableException.class);
    }

    @Test
    void whoListensForNewsHearsThatItIsClosed() {
        List<News> told = new ArrayList<>();
        Subscription unused = storage.tasks().onNews(told::add);
        assertThat(told).isEmpty();

        storage.close();

        assertThat(told).contains(new News(Set.of(), List.of()));
    }

    @Test
    void closingTwiceIsAsGoodAsOnce() {
        storage.close();
        storage.close();
    }

    @Test
    void aClosedStorageIsDownAndStillTellsSo() {
        storage.close();

        assertThat(storage.health().level()).isEqualTo(Health.Level.DOWN);
        assertThat(storage.tasks().health().level()).isEqualTo(Health.Level.DOWN);
        assertThat(storage.clock().instant()).isEqualTo(clock.instant());
    }
}
