package io.taskstore.testkit;

import static io.taskstore.testkit.Fixtures.drafts;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.Task;
import io.taskstore.TaskStatus;
import io.taskstore.WorkerId;
import io.taskstore.spi.Claim;
import io.taskstore.spi.Settled;
import io.taskstore.spi.Settlement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a storage does with the ends of many runs at once. */
abstract class SettlingTogetherContract extends RunContract {

    SettlingTogetherContract(StorageContract contract) {
        super(contract);
    }

    @Test
    void theEndsOfManyRunsAreAnsweredInTheirOrder() {
        Task completed = running();
        Task retried = running();
        Task failed = running();
        Task cancelled = running();
        Task released = running();
        Task snoozed = running();

        List<Settled> settled = claims().settle(List.of(
                snoozed(snoozed),
                failed(failed),
                completed(completed),
                released(released),
                cancelled(cancelled),
                retried(retried)));

        assertThat(settled)
                .containsExactly(
                        became(snoozed, TaskStatus.PENDING),
                        became(failed, TaskStatus.FAILED),
                        became(completed, TaskStatus.COMPLETED),
                        became(released, TaskStatus.PENDING),
                        became(cancelled, TaskStatus.CANCELLED),
                        became(retried, TaskStatus.PENDING));
        assertThat(settled)
                .allSatisfy(each -> assertThat(each.status())
                        .contains(read(each.claim().taskId()).status()));
    }

    @Test
    void whatIsLostKeepsNoneOfTheOthersFromBeingRecorded() {
        Task first = running();
        Task recovered = running();
        Task second = running();
        Task deleted = createIn(TaskStatus.COMPLETED);
        Task third = running();
        crash(recovered);
        tasks().delete(only(deleted));
        Claim gone = new Claim(deleted.id(), worker(), 1);
        Claim others = new Claim(second.id(), worker(), 1);

        List<Settled> settled = claims().settle(List.of(
                completed(recovered),
                completed(first),
                completed(gone),
                completed(others),
                failed(second),
                completed(third)));

        assertThat(settled)
                .containsExactly(
                        new Settled(Claim.of(recovered), Optional.empty()),
                        became(first, TaskStatus.COMPLETED),
                        new Settled(gone, Optional.empty()),
                        new Settled(others, Optional.empty()),
                        became(second, TaskStatus.FAILED),
                        became(third, TaskStatus.COMPLETED));
        assertThat(read(first.id()).status()).isEqualTo(TaskStatus.COMPLETED);
        assertThat(read(second.id()).status()).isEqualTo(TaskStatus.FAILED);
        assertThat(read(third.id()).status()).isEqualTo(TaskStatus.COMPLETED);
        assertThat(read(recovered.id()).status()).isEqualTo(TaskStatus.PENDING);
    }

    @Test
    void ofTwoEndsOfOneRunInOneBatchTheFirstCounts() {
        Task running = running();
        Task other = running();

        List<Settled> settled =
                claims().settle(List.of(retried(running), completed(other), completed(running), failed(running)));

        assertThat(settled)
                .containsExactly(
                        became(running, TaskStatus.PENDING),
                        became(other, TaskStatus.COMPLETED),
                        lost(running),
                        lost(running));
        assertThat(history(running.id()).changes()).hasSize(3);
        assertThat(read(running.id()).failures()).isEqualTo(1);
        assertThat(read(running.id()).result()).isEmpty();
    }

    @Test
    void aBatchMayBeEmpty() {
        assertThat(claims().settle(List.of())).isEmpty();
    }

    @Test
    void aWholeClaimWindowIsSettledInOneBatch() {
        tasks().createAll(drafts(512));
        WorkerId worker = worker();
        List<Task> claimed = claim(worker, 512);
        List<Settlement> ends = new ArrayList<>();
        List<Settled> expected = new ArrayList<>();
        for (Task task : claimed) {
            boolean good = ends.size() % 2 == 0;
            ends.add(good ? completed(task) : retried(task));
            expected.add(became(task, good ? TaskStatus.COMPLETED : TaskStatus.PENDING));
        }

        List<Settled> settled = claims().settle(ends);

        assertThat(settled).isEqualTo(expected).hasSize(512);
        assertThat(claims().held(worker)).isEmpty();
        assertThat(tasks().find(ids(claimed)))
                .allSatisfy(task -> assertThat(expected)
                        .contains(
                                new Settled(new Claim(task.id(), worker, task.attempt()), Optional.of(task.status()))));
    }
}
