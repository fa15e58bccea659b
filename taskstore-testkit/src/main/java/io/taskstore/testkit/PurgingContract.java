package io.taskstore.testkit;

import static io.taskstore.testkit.Fixtures.draft;
import static io.taskstore.testkit.Fixtures.drafts;
import static io.taskstore.testkit.Fixtures.newTask;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.Created;
import io.taskstore.LogEntry;
import io.taskstore.LogLevel;
import io.taskstore.NewTask;
import io.taskstore.NewWorkflow;
import io.taskstore.Task;
import io.taskstore.TaskFilter;
import io.taskstore.TaskStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What a purge takes away: what ended before an instant, workflows whole, and no more than asked for. */
abstract class PurgingContract extends PortContract {

    private static final Duration MICRO = Duration.ofNanos(1_000);

    PurgingContract(StorageContract contract) {
        super(contract);
    }

    @Test
    void whatEndedBeforeTheInstantIsPurged() {
        List<Task> ended =
                List.of(createIn(TaskStatus.COMPLETED), createIn(TaskStatus.FAILED), createIn(TaskStatus.CANCELLED));

        assertThat(tasks().purge(clock.instant().plus(MICRO), 10)).isEqualTo(3);
        assertThat(tasks().find(ended.stream().map(Task::id).toList())).isEmpty();
    }

    @Test
    void whatEndedAtTheInstantIsNotPurged() {
        createIn(TaskStatus.COMPLETED);

        assertThat(tasks().purge(clock.instant(), 10)).isZero();
        assertThat(count()).isEqualTo(1);
    }

    @Test
    void whatEndedAfterTheInstantIsNotPurgedHoweverOldItIs() {
        Task old = create();
        clock.advance(Duration.ofDays(1));
        Instant instant = clock.instant();
        clock.advance(Duration.ofDays(1));
        complete(claim(worker(), old));

        assertThat(tasks().purge(instant, 10)).isZero();
        assertThat(count()).isEqualTo(1);
    }

    @Test
    void whatHasNotEndedIsNeverPurged() {
        createIn(TaskStatus.PENDING);
        createIn(TaskStatus.RUNNING);
        createIn(TaskStatus.WAITING);
        run(create());
        clock.advance(Duration.ofDays(1_000));

        assertThat(tasks().purge(clock.instant(), 10)).isZero();
        assertThat(count()).isEqualTo(5);
    }

    @Test
    void whatLivesAgainIsNotPurged() {
        Task failed = createIn(TaskStatus.FAILED);
        tasks().requeue(TaskFilter.all().id(failed.id()), null);
        clock.advance(Duration.ofDays(1));

        assertThat(tasks().purge(clock.instant(), 10)).isZero();
    }

    @Test
    void aPurgeTakesNoMoreThanItsLimit() {
        createCancelled(5);

        assertThat(purge(2)).isEqualTo(2);
        assertThat(count()).isEqualTo(3);
    }

    @Test
    void aPurgeTakesFewerThanItsLimitOnlyIfNothingIsLeft() {
        createCancelled(5);

        assertThat(purge(2)).isEqualTo(2);
        assertThat(purge(2)).isEqualTo(2);
        assertThat(purge(2)).isEqualTo(1);
        assertThat(purge(2)).isZero();
        assertThat(count()).isZero();
    }

    @Test
    void aPurgeMayTakeThousandsAtOnce() {
        createCancelled(1_700);

        assertThat(purge(1_600)).isEqualTo(1_600);
        assertThat(purge(1_600)).isEqualTo(100);
    }

    @Test
    void whatMayNotBePurgedDoesNotHideWhatMay() {
        for (int i = 0; i < 20; i++) {
            createHalfEndedWorkflow();
        }
        createCancelled(2);
        clock.advance(MICRO);

        assertThat(purge(2)).isEqualTo(2);
        assertThat(purge(2)).isZero();
        assertThat(count()).isEqualTo(40);
    }

    @Test
    void aWorkflowWhoseTasksAllEndedBeforeIsPurgedWhole() {
        List<Task> tasks = createWorkflow(chain());
        complete(claim(worker(), tasks.get(0)));
        clock.advance(MICRO);
        fail(claim(worker(), tasks.get(1)));
        UUID workflow = tasks.get(0).workflowId().orElseThrow();

        assertThat(purge(10)).isEqualTo(2);
        assertThat(count()).isZero();
        assertThat(storage().workflows().find(workflow)).isEmpty();
        assertThat(storage().workflows().dependencies(workflow)).isEmpty();
    }

    @Test
    void aWorkflowThatHasNotEndedIsNotPurged() {
        createHalfEndedWorkflow();
        clock.advance(Duration.ofDays(1));

        assertThat(purge(10)).isZero();
        assertThat(count()).isEqualTo(2);
    }

    @Test
    void aWorkflowOfWhichOneTaskEndedTooLateIsNotPurged() {
        List<Task> tasks = createWorkflow(chain());
        complete(claim(worker(), tasks.get(0)));
        clock.advance(Duration.ofDays(1));
        Instant instant = clock.instant();
        complete(claim(worker(), read(tasks.get(1).id())));

        assertThat(tasks().purge(instant, 10)).isZero();
        assertThat(count()).isEqualTo(2);
        assertThat(tasks().purge(instant.plus(MICRO), 10)).isEqualTo(2);
    }

    @Test
    void aWorkflowThatIsGreaterThanTheLimitIsPurgedWhole() {
        createWorkflow(chain());
        tasks().cancel(TaskFilter.all(), null);

        assertThat(purge(1)).isEqualTo(2);
        assertThat(count()).isZero();
    }

    @Test
    void aPurgeBeginsNoOtherWorkflowOnceItHasEnough() {
        createWorkflow(chain());
        createWorkflow(chain());
        createWorkflow(chain());
        tasks().cancel(TaskFilter.all(), null);

        assertThat(purge(3)).isEqualTo(4);
        assertThat(count()).isEqualTo(2);
        assertThat(purge(3)).isEqualTo(2);
    }

    @Test
    void nothingTellsOfATaskThatWasPurged() {
        Task running = claim(worker(), create(newTask().metadata("tenant", "acme")));
        LogEntry line = new LogEntry(running.id(), 1, 1, clock.instant(), LogLevel.INFO, "half done");
        storage().runLog().append(List.of(line));
        complete(running);

        assertThat(purge(10)).isEqualTo(1);

        assertThat(tasks().history(running.id())).isEmpty();
        assertThat(storage().reports().logs(running.id(), 0, LogLevel.DEBUG, null, 10))
                .isEmpty();
        assertThat(tasks().count(TaskFilter.all().metadata("tenant", "acme"), 10)
                        .value())
                .isZero();
    }

    @Test
    void anIdIsFreeAgainAfterAPurge() {
        NewTask wanted = newTask().id(CountingIds.number(17)).metadata("tenant", "acme");
        createIn(TaskStatus.COMPLETED, wanted);
        purge(10);

        Created created = tasks().create(draft(wanted.title("other")), null);

        assertThat(created.how()).isEqualTo(Created.How.NEW);
        assertThat(history(created.task().id()).changes()).hasSize(1);
    }

    @Test
    void aPurgeLeavesTheHolderOfAKeyThatAnEndedTaskHadAlone() {
        NewTask wanted = newTask().uniqueKey("a key");
        createIn(TaskStatus.COMPLETED, wanted);
        Task holder = create(wanted);

        assertThat(purge(10)).isEqualTo(1);
        assertTask(read(holder.id())).isEqualTo(holder);
        assertThat(tasks().count(TaskFilter.all().uniqueKey("a key"), 10).value())
                .isEqualTo(1);
    }

    @Test
    void purgesAtOnceCountEachTaskOnce() throws Exception {
        createCancelled(200);

        List<Long> counts = Together.call(4, () -> purge(1_000));

        assertThat(counts.stream().mapToLong(Long::longValue).sum()).isEqualTo(200);
        assertThat(count()).isZero();
    }

    @Test
    void purgesAtOnceCountEachWorkflowOnce() throws Exception {
        for (int i = 0; i < 20; i++) {
            createWorkflow(chain());
        }
        tasks().cancel(TaskFilter.all(), null);

        List<Long> counts = Together.call(4, () -> purge(1_000));

        assertThat(counts.stream().mapToLong(Long::longValue).sum()).isEqualTo(40);
        assertThat(count()).isZero();
    }

    @Test
    void ofThoseWhoDeleteAWorkflowAtOnceOneIsToldSo() throws Exception {
        for (int i = 0; i < 10; i++) {
            UUID workflow = createWorkflow(chain()).get(0).workflowId().orElseThrow();
            tasks().cancel(TaskFilter.all(), null);

            assertThat(Together.call(4, () -> storage().workflows().delete(workflow)))
                    .containsExactlyInAnyOrder(true, false, false, false);
        }
    }

    private static NewWorkflow chain() {
        return NewWorkflow.of("a chain")
                .task("first", newTask())
                .task("then", newTask())
                .after("first");
    }

    private void createCancelled(int number) {
        List<UUID> ids = tasks().createAll(drafts(number)).stream()
                .map(created -> created.task().id())
                .toList();
        for (int from = 0; from < number; from += 1_000) {
            tasks().cancel(TaskFilter.all().ids(ids.subList(from, Math.min(number, from + 1_000))), null);
        }
    }

    private void createHalfEndedWorkflow() {
        complete(claim(worker(), createWorkflow(chain()).get(0)));
    }

    private long purge(int limit) {
        return tasks().purge(clock.instant().plus(MICRO), limit);
    }

    private long count() {
        return tasks().count(TaskFilter.all(), 10_000).value();
    }
}
