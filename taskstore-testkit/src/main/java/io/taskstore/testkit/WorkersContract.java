package io.taskstore.testkit;

import static io.taskstore.testkit.Fixtures.draft;
import static io.taskstore.testkit.Fixtures.newTask;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.Created;
import io.taskstore.Task;
import io.taskstore.TaskStatus;
import io.taskstore.WorkerId;
import io.taskstore.WorkerProfile;
import io.taskstore.spi.Claim;
import io.taskstore.spi.Held;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** How workers live, what they hold, and how they retire. */
abstract class WorkersContract extends RunContract {

    WorkersContract(StorageContract contract) {
        super(contract);
    }

    @Test
    void aWorkerThatRegisteredIsAlive() {
        assertThat(claims().heartbeat(worker()).alive()).isTrue();
    }

    @Test
    void everyRegistrationIsAnotherWorker() {
        WorkerProfile profile = new WorkerProfile("a worker", TYPES, Set.of());

        assertThat(claims().register(profile)).isNotEqualTo(claims().register(profile));
    }

    @Test
    void aWorkerThatNeverRegisteredIsNotAlive() {
        WorkerId stranger = new WorkerId(UUID.randomUUID());

        assertThat(claims().heartbeat(stranger).alive()).isFalse();
        assertThat(claims().heartbeat(stranger).alive()).isFalse();
    }

    @Test
    void aWorkerThatRetiredIsNotAlive() {
        WorkerId worker = worker();
        claims().retire(worker);

        assertThat(claims().heartbeat(worker).alive()).isFalse();
    }

    @Test
    void aWorkerThatRetiresGivesItsTasksBackWithoutAFailureOrACrash() {
        Task running = running(newTask().runAt(now()));
        clock.advance(Duration.ofSeconds(1));

        assertThat(retire(workerOf(running))).containsExactly(taken(running, TaskStatus.PENDING));

        assertStored(running.toBuilder()
                .status(TaskStatus.PENDING)
                .worker(null)
                .runAt(null)
                .updatedAt(now())
                .version(running.version() + 1)
                .build());
        assertThat(lastChange(running).worker()).isEqualTo(running.worker());
        assertThat(lastChange(running).error()).isEmpty();
        assertThat(lastChange(running).ran()).isEmpty();
    }

    @Test
    void whatARetiredWorkerGaveBackIsThereAtOnce() {
        Task running = running();
        claims().retire(workerOf(running));

        assertThat(ids(claim(worker(), 10))).containsExactly(running.id());
    }

    @Test
    void aWorkerThatRetiresTouchesNoTaskOfOthers() {
        Task other = running();
        Task driven = drivenByTheHost();
        Task own = running();
        Task ownToo = claim(workerOf(own), create());

        assertThat(retire(workerOf(own)))
                .containsExactlyInAnyOrder(taken(own, TaskStatus.PENDING), taken(ownToo, TaskStatus.PENDING));
        assertStored(other);
        assertStored(driven);
    }

    @Test
    void aTaskThatWasToBeCancelledIsCancelledWhenItsWorkerRetires() {
        Task running = running();
        cancel(running);

        assertThat(retire(workerOf(running))).containsExactly(taken(running, TaskStatus.CANCELLED));
        assertThat(read(running.id()).status()).isEqualTo(TaskStatus.CANCELLED);
        assertThat(read(running.id()).crashes()).isZero();
    }

    @Test
    void aWorkerThatRetiredGetsNothingMore() {
        WorkerId worker = worker();
        claims().retire(worker);

        Created created = tasks().create(draft(), worker);

        assertThat(created.how()).isEqualTo(Created.How.NEW);
        assertThat(claim(worker, 10)).isEmpty();
    }

    @Test
    void retiringTwiceDoesNothingTheSecondTime() {
        Task running = running();
        claims().retire(workerOf(running));

        assertUnchangedBy(running, () -> assertThat(retire(workerOf(running))).isEmpty());
    }

    @Test
    void aDeadWorkerDoesNotRetire() {
        Task running = running();
        kill(workerOf(running));

        assertUnchangedBy(running, () -> assertThat(retire(workerOf(running))).isEmpty());
        assertThat(recover()).containsExactly(taken(running, TaskStatus.PENDING));
        assertThat(read(running.id()).crashes()).isEqualTo(1);
    }

    @Test
    void aWorkerHoldsWhatItClaimedAndKnowsWhatIsToBeCancelled() {
        WorkerId worker = worker();
        Task one = claim(worker, create());
        Task asked = claim(worker, create());
        Task created = tasks().create(draft(), worker).task();
        cancel(asked);

        assertThat(claims().held(worker))
                .containsExactlyInAnyOrder(
                        new Held(Claim.of(one), false),
                        new Held(Claim.of(asked), true),
                        new Held(Claim.of(created), false));
    }

    @Test
    void aWorkerHoldsNothingElse() {
        WorkerId worker = worker();
        create();
        running();
        drivenByTheHost();
        complete(claim(worker, create()));
        settle(retried(claim(worker, create())));
        Task again = create();
        settle(released(claim(worker, again)));
        claim(worker(), again);

        assertThat(claims().held(worker)).isEmpty();
    }

    @Test
    void whatWasTakenFromAWorkerItHoldsNoMore() {
        Task recovered = running();
        Task retired = running();
        crash(recovered);
        claims().retire(workerOf(retired));

        assertThat(claims().held(workerOf(recovered))).isEmpty();
        assertThat(claims().held(workerOf(retired))).isEmpty();
        assertThat(claims().held(new WorkerId(UUID.randomUUID()))).isEmpty();
    }
}
