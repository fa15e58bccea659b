package io.taskstore.testkit;

import static io.taskstore.testkit.Fixtures.draft;
import static io.taskstore.testkit.Fixtures.drafts;
import static io.taskstore.testkit.Fixtures.newTask;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.Changed;
import io.taskstore.Created;
import io.taskstore.DuplicateTaskException;
import io.taskstore.NewTask;
import io.taskstore.NewTask.IfKeyTaken;
import io.taskstore.PageRequest;
import io.taskstore.StaleTaskException;
import io.taskstore.StatusHistory;
import io.taskstore.Task;
import io.taskstore.TaskDraft;
import io.taskstore.TaskEdit;
import io.taskstore.TaskFilter;
import io.taskstore.TaskStatus;
import io.taskstore.WorkerId;
import io.taskstore.spi.Claim;
import io.taskstore.spi.Recovered;
import io.taskstore.spi.Settled;
import io.taskstore.testkit.AtOnce.Both;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What holds when several callers come at the same moment. */
abstract class RacesContract extends RunContract {

    private static final int ROUNDS = 20;
    private static final List<String> KEYS = List.of("one key", "another key");

    RacesContract(StorageContract contract) {
        super(contract);
    }

    @Test
    void twoClaimersAtOnceShareTheTasks() {
        assertShared(2);
    }

    @Test
    void eightClaimersAtOnceShareTheTasks() {
        assertShared(8);
    }

    @Test
    void aClaimAndACancelAtTheSameMomentComeOneAfterTheOther() {
        WorkerId worker = worker();
        for (int i = 0; i < ROUNDS; i++) {
            Task task = create();
            Both<List<Task>, Changed> both = AtOnce.both(() -> claimByName(worker, task), () -> cancel(task));

            Task after = read(task.id());
            boolean claimed = !both.first().isEmpty();
            assertThat(both.second().count()).isEqualTo(1);
            assertThat(both.second().cancelRequested()).isEqualTo(claimed ? Set.of(task.id()) : Set.of());
            assertThat(after.status()).isEqualTo(claimed ? TaskStatus.RUNNING : TaskStatus.CANCELLED);
            assertThat(after.cancelRequested()).isEqualTo(claimed);
            assertThat(after.version()).isEqualTo(2);
        }
    }

    @Test
    void aClaimAndAnUpdateAtTheSameMomentComeOneAfterTheOther() {
        WorkerId worker = worker();
        for (int i = 0; i < ROUNDS; i++) {
            Task task = create();
            Both<List<Task>, Boolean> both = AtOnce.both(() -> claimByName(worker, task), () -> isUpdated(task));

            Task after = read(task.id());
            boolean updated = both.second();
            assertThat(both.first().size() + (updated ? 1 : 0)).isPositive();
            assertThat(after.version()).isEqualTo(1 + both.first().size() + (updated ? 1 : 0));
            assertThat(after.title().isPresent()).isEqualTo(updated);
            assertThat(both.first())
                    .allSatisfy(claimed ->
                            assertThat(claimed).usingRecursiveComparison().isEqualTo(after));
        }
    }

    @Test
    void aClaimAndADeleteAtTheSameMomentComeOneAfterTheOther() {
        WorkerId worker = worker();
        for (int i = 0; i < ROUNDS; i++) {
            Task task = create();
            Both<List<Task>, Changed> both =
                    AtOnce.both(() -> claimByName(worker, task), () -> tasks().delete(only(task)));

            boolean claimed = !both.first().isEmpty();
            assertThat(both.second())
                    .isEqualTo(
                            claimed ? new Changed(0, Set.of(), Set.of(task.id())) : new Changed(1, Set.of(), Set.of()));
            assertThat(tasks().find(task.id()).isPresent()).isEqualTo(claimed);
        }
    }

    @Test
    void twoSettlementsOfOneClaimAtTheSameMomentAreRecordedOnce() {
        for (int i = 0; i < ROUNDS; i++) {
            Task running = running();

            List<Settled> settled = AtOnce.times(2, () -> settle(completed(running)));

            assertThat(settled).containsOnly(new Settled(Claim.of(running), Optional.of(TaskStatus.COMPLETED)));
            assertThat(history(running.id()).changes()).hasSize(3);
        }
    }

    @Test
    void aSettlementAndACancelAtTheSameMomentEndTheTaskOnce() {
        for (int i = 0; i < ROUNDS; i++) {
            Task completing = running();
            Task failing = running();

            AtOnce.both(() -> settle(completed(completing)), () -> cancel(completing));
            AtOnce.both(() -> settle(retried(failing)), () -> cancel(failing));

            assertThat(read(completing.id()).status()).isEqualTo(TaskStatus.COMPLETED);
            assertThat(read(failing.id()).status()).isEqualTo(TaskStatus.CANCELLED);
        }
    }

    @Test
    void aSettlementAndARecoveryAtTheSameMomentComeOneAfterTheOther() {
        for (int i = 0; i < ROUNDS; i++) {
            Task running = running();
            kill(workerOf(running));

            Both<Settled, List<Recovered>> both =
                    AtOnce.both(() -> settle(completed(running)), () -> claims().recover());

            Task after = read(running.id());
            boolean lost = both.first().isLost();
            assertThat(Taken.of(both.second()))
                    .isEqualTo(lost ? List.of(taken(running, TaskStatus.PENDING)) : List.of());
            assertThat(after.status()).isEqualTo(lost ? TaskStatus.PENDING : TaskStatus.COMPLETED);
            assertThat(after.crashes()).isEqualTo(lost ? 1 : 0);
            assertThat(history(running.id()).changes()).hasSize(3);
        }
    }

    @Test
    void twoRecoveriesAtTheSameMomentTakeEachTaskOnce() {
        for (int i = 0; i < ROUNDS; i++) {
            WorkerId worker = worker();
            tasks().createAll(drafts(5));
            List<Claim> held = claim(worker, 5).stream().map(Claim::of).toList();
            kill(worker);

            List<List<Recovered>> recovered = AtOnce.times(2, () -> claims().recover());

            assertThat(recovered.stream().flatMap(List::stream).map(Recovered::claim))
                    .containsExactlyInAnyOrderElementsOf(held);
            for (Claim claim : held) {
                assertThat(read(claim.taskId()).crashes()).isEqualTo(1);
            }
            tasks().cancel(TaskFilter.all(), null);
        }
    }

    @Test
    void whatIsClaimedAtTheMomentOfADeathIsHeldByNobodyAfterTheNextSweep() {
        for (int i = 0; i < ROUNDS; i++) {
            Task task = create();
            WorkerId worker = worker();

            Both<List<Task>, List<Recovered>> both = AtOnce.both(() -> claimByName(worker, task), () -> {
                kill(worker);
                return claims().recover();
            });
            List<Recovered> late = claims().recover();

            Task after = read(task.id());
            int claimed = both.first().size();
            assertThat(both.second().size() + late.size()).isEqualTo(claimed);
            assertThat(after.status()).isEqualTo(TaskStatus.PENDING);
            assertThat(after.attempt()).isEqualTo(claimed);
            assertThat(after.crashes()).isEqualTo(claimed);
            assertThat(claims().held(worker)).isEmpty();
        }
    }

    @Test
    void whatIsCreatedForAWorkerAtTheMomentOfItsDeathIsHeldByNobodyAfterTheNextSweep() {
        for (int i = 0; i < ROUNDS; i++) {
            WorkerId worker = worker();

            Both<Created, List<Recovered>> both = AtOnce.both(() -> tasks().create(draft(), worker), () -> {
                kill(worker);
                return claims().recover();
            });
            List<Recovered> late = claims().recover();

            Task after = read(both.first().task().id());
            int claimed = both.first().how() == Created.How.CLAIMED ? 1 : 0;
            assertThat(both.second().size() + late.size()).isEqualTo(claimed);
            assertThat(after.status()).isEqualTo(TaskStatus.PENDING);
            assertThat(after.crashes()).isEqualTo(claimed);
        }
    }

    @Test
    void whatIsClaimedAtTheMomentOfARetirementIsHeldByNobodyAfterTheNextSweep() {
        for (int i = 0; i < ROUNDS; i++) {
            Task task = create();
            WorkerId worker = worker();

            Both<List<Task>, List<Recovered>> both =
                    AtOnce.both(() -> claimByName(worker, task), () -> claims().retire(worker));
            List<Recovered> late = claims().recover();

            Task after = read(task.id());
            assertThat(both.second().size() + late.size())
                    .isEqualTo(both.first().size());
            assertThat(after.status()).isEqualTo(TaskStatus.PENDING);
            assertThat(after.attempt()).isEqualTo(both.first().size());
            assertThat(after.crashes()).isEqualTo(late.size());
        }
    }

    @Test
    void twoRequeuesAtTheSameMomentGiveAUniqueKeyToOne() {
        for (int i = 0; i < ROUNDS; i++) {
            NewTask wanted = newTask().uniqueKey("key-" + i);
            Task one = create(wanted);
            cancel(one);
            Task other = create(wanted);
            cancel(other);

            Both<Changed, Changed> both = AtOnce.both(() -> requeue(one), () -> requeue(other));

            assertThat(both.first().count() + both.second().count()).isEqualTo(1);
            assertThat(both.first().refused().size() + both.second().refused().size())
                    .isEqualTo(1);
            assertThat(read(one.id()).status().isTerminal())
                    .isNotEqualTo(read(other.id()).status().isTerminal());
        }
    }

    @Test
    void whateverThreeThreadsDoAtOnceKeysStayUniqueAndHistoriesWhole() {
        long seed = Long.getLong("taskstore.seed", new SecureRandom().nextLong());
        List<UUID> ids = Stream.generate(UUID::randomUUID).limit(8).toList();

        List<Supplier<Boolean>> threads = new ArrayList<>();
        for (int thread = 0; thread < 3; thread++) {
            Random random = new Random(seed + thread);
            threads.add(() -> {
                for (int i = 0; i < 100; i++) {
                    doSomething(random, ids);
                    assertKeysUnique(seed);
                }
                return true;
            });
        }
        AtOnce.all(threads);

        for (Task task : tasks().list(TaskFilter.all(), PageRequest.first(100))) {
            StatusHistory history = history(task.id());
            assertThat(history.current()).as("seed %d", seed).isEqualTo(task.status());
            assertThat(task.version())
                    .as("seed %d", seed)
                    .isEqualTo(history.changes().size());
        }
        for (UUID id : ids) {
            assertThat(tasks().history(id).isPresent())
                    .as("seed %d", seed)
                    .isEqualTo(tasks().find(id).isPresent());
        }
    }

    private void doSomething(Random random, List<UUID> ids) {
        UUID id = ids.get(random.nextInt(ids.size()));
        String key = KEYS.get(random.nextInt(KEYS.size()));
        NewTask wanted = newTask().id(id).uniqueKey(key).title(random.nextBoolean() ? "a title" : "another");
        TaskFilter filter = random.nextBoolean()
                ? TaskFilter.all().id(id)
                : TaskFilter.all().uniqueKey(key);
        try {
            switch (random.nextInt(6)) {
                case 0, 1 -> tasks().create(draft(wanted), null);
                case 2 -> tasks().create(draft(wanted.uniqueKey(key, IfKeyTaken.ANSWER_EXISTING)), null);
                case 3 -> tasks().requeue(filter, null);
                case 4 -> tasks().cancel(filter, null);
                default -> tasks().delete(TaskFilter.all().id(id));
            }
        } catch (DuplicateTaskException e) {
            assertThat(e.id()).isEqualTo(id);
        }
    }

    private void assertKeysUnique(long seed) {
        for (String key : KEYS) {
            TaskFilter holders =
                    TaskFilter.all().uniqueKey(key).status(TaskStatus.WAITING, TaskStatus.PENDING, TaskStatus.RUNNING);
            assertThat(tasks().count(holders, 10).value())
                    .as("holders of key %s, seed %d", key, seed)
                    .isLessThanOrEqualTo(1);
        }
    }

    private void assertShared(int claimers) {
        List<TaskDraft> drafts = drafts(60);
        tasks().createAll(drafts);
        AtomicInteger left = new AtomicInteger(drafts.size());

        List<List<Task>> shares = AtOnce.times(claimers, () -> {
            WorkerId worker = worker();
            List<Task> share = new ArrayList<>();
            // a claim may find every task about to be taken by others, and that is not the end
            for (int i = 0; i < 10_000 && left.get() > 0; i++) {
                List<Task> claimed = claim(worker, 3);
                left.addAndGet(-claimed.size());
                share.addAll(claimed);
            }
            return share;
        });

        List<Task> all = shares.stream().flatMap(List::stream).toList();
        assertThat(ids(all))
                .containsExactlyInAnyOrderElementsOf(
                        drafts.stream().map(TaskDraft::id).toList());
        all.forEach(this::assertStored);
        assertThat(tasks().count(TaskFilter.all().status(TaskStatus.RUNNING), 100)
                        .value())
                .isEqualTo(drafts.size());
    }

    private List<Task> claimByName(WorkerId worker, Task task) {
        return claims().claim(due(worker, 1).hinted(Set.of(task.id()))).tasks();
    }

    private boolean isUpdated(Task seen) {
        try {
            tasks().update(seen.id(), seen.version(), TaskEdit.nothing().title("edited"));
            return true;
        } catch (StaleTaskException e) {
            return false;
        }
    }
}
