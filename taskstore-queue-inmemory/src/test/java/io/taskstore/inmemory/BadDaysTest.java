package io.taskstore.inmemory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskstore.Created;
import io.taskstore.Health;
import io.taskstore.Hint;
import io.taskstore.NewTask;
import io.taskstore.NewWorkflow;
import io.taskstore.OutcomeUnknownException;
import io.taskstore.Polled;
import io.taskstore.Progress;
import io.taskstore.RetryPolicy;
import io.taskstore.Slots;
import io.taskstore.StatusChange;
import io.taskstore.StorageUnavailableException;
import io.taskstore.Task;
import io.taskstore.TaskError;
import io.taskstore.TaskEvent;
import io.taskstore.TaskFilter;
import io.taskstore.TaskQueue;
import io.taskstore.TaskService;
import io.taskstore.TaskStatus;
import io.taskstore.TaskType;
import io.taskstore.WorkerId;
import io.taskstore.WorkerProfile;
import io.taskstore.Workflow;
import io.taskstore.WorkflowService;
import io.taskstore.WorkflowStatus;
import io.taskstore.inmemory.WorkerStatistics.Gear;
import io.taskstore.spi.Claim;
import io.taskstore.spi.ClaimRequest;
import io.taskstore.spi.Claimed;
import io.taskstore.spi.Lease;
import io.taskstore.spi.Storage;
import io.taskstore.testkit.ManualClock;
import io.taskstore.testkit.RecordingListener;
import io.taskstore.testkit.ReferenceStorage;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes wrong around a worker, and what becomes of the tasks. */
@Timeout(60)
final class BadDaysTest {

    private static final TaskType<String> WORK = TaskType.of("work", String.class);
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(50);

    private final Faults faults = new Faults();
    private final ReferenceStorage storage = new ReferenceStorage(InstantSource.system());
    private final Storage faulty = faults.on(storage);
    private final InMemoryTaskQueue queue = new InMemoryTaskQueue();
    private final TaskService tasks = new TaskService(faulty.tasks(), queue);
    private final RecordingListener events = new RecordingListener();
    private final List<Worker> workers = new ArrayList<>();

    @AfterEach
    void closeAll() {
        workers.forEach(worker -> worker.close(Duration.ZERO));
        queue.close();
        storage.close();
    }

    private WorkerBuilder worker() {
        return Worker.builder(faulty, queue).pollInterval(SHORT).listener(events);
    }

    private Worker started(WorkerBuilder builder) {
        Worker worker = builder.build();
        workers.add(worker);
        return worker.start();
    }

    private Task submit(String payload) {
        return tasks.submit(NewTask.of(WORK, payload));
    }

    private Task ended(Task task) throws InterruptedException {
        return tasks.await(task.id(), SOON).orElseThrow();
    }

    private void idle(Worker worker) throws Exception {
        Await.until("the worker is idle", () -> worker.statistics().gear() == Gear.IDLE);
    }

    private static StorageUnavailableException down() {
        return new StorageUnavailableException("the storage is down", null);
    }

    @Test
    void aClaimWhoseAnswerIsLostIsGivenBackAndRun() throws Exception {
        Task task = submit("x");
        faults.once("claim", Faults.after(down()));
        started(worker().handle(WORK, (payload, run) -> {}));
        Task done = ended(task);
        assertThat(done.status()).isEqualTo(TaskStatus.COMPLETED);
        assertThat(done.attempt()).isEqualTo(2);
        assertThat(done.failures()).isZero();
    }

    @Test
    void aSettlementWhoseAnswerIsLostIsNoLostClaim() throws Exception {
        started(worker().handle(WORK, (payload, run) -> {}));
        faults.once("settle", Faults.after(new OutcomeUnknownException("the answer is lost", List.of(), null)));
        Task done = ended(submit("x"));
        events.await(TaskEvent.Kind.COMPLETED, 1, SOON);
        assertThat(done.attempt()).isEqualTo(1);
        assertThat(events.events(TaskEvent.Kind.CLAIM_LOST)).isEmpty();
    }

    @Test
    void aResultIsKeptWhileTheStorageIsDown() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        Worker worker = started(worker().handle(WORK, (payload, run) -> runs.incrementAndGet()));
        idle(worker);
        faults.set("settle", Faults.before(down()));
        Task task = submit("x");
        Await.until("it cannot be recorded", () -> worker.health().level() == Health.Level.DEGRADED);
        assertThat(worker.statistics().settling()).isEqualTo(1);
        faults.clear("settle");
        assertThat(ended(task).status()).isEqualTo(TaskStatus.COMPLETED);
        assertThat(runs).hasValue(1);
        Await.until("it is well again", () -> worker.health().level() == Health.Level.UP);
    }

    @Test
    void anEndThatTheStorageRefusesKeepsNoOtherFromBeingRecorded() throws Exception {
        AtomicBoolean refusing = new AtomicBoolean(true);
        faults.set("settle", call -> {
            if (refusing.get()) {
                throw new IllegalStateException("refused");
            }
            return call.go();
        });
        started(worker().handle(WORK, (payload, run) -> {}));
        Task task = submit("x");
        events.await(TaskEvent.Kind.STARTED, 1, SOON);
        refusing.set(false);
        assertThat(ended(task).status()).isEqualTo(TaskStatus.COMPLETED);
    }

    @Test
    void aSlotComesBackFromASubmitThatFailed() throws Exception {
        Worker worker = started(
                worker().pollInterval(Duration.ofHours(1)).concurrency(1).handle(WORK, (payload, run) -> {}));
        idle(worker);
        faults.once("create", Faults.before(down()));
        assertThatThrownBy(() -> submit("x")).isInstanceOf(StorageUnavailableException.class);
        Await.until("the slot is used again", () -> {
            Task next = submit("y");
            ended(next);
            return next.status() == TaskStatus.RUNNING;
        });
    }

    @Test
    void aSubmitWhoseCommitIsUnknownIsRunOnceThoughItWasClaimed() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        Worker worker = started(worker().concurrency(1).handle(WORK, (payload, run) -> runs.incrementAndGet()));
        idle(worker);
        UUID id = UUID.randomUUID();
        NewTask task = NewTask.of(WORK, "x").id(id);
        faults.once("create", Faults.after(new OutcomeUnknownException("the answer is lost", List.of(id), null)));
        assertThatThrownBy(() -> tasks.submit(task)).isInstanceOf(OutcomeUnknownException.class);
        assertThat(tasks.submit(task).id()).isEqualTo(id);
        assertThat(tasks.await(id, SOON).orElseThrow().status()).isEqualTo(TaskStatus.COMPLETED);
        assertThat(runs).hasValue(1);
        assertThat(ended(submit("next")).status()).isEqualTo(TaskStatus.COMPLETED);
    }

    @Test
    void aWorkerThatIsDeclaredDeadTellsItsHandlersAndGoesOnAnew() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        faults.set("heartbeat", call -> beatingFast((Lease) call.go()));
        Worker worker = started(worker().handle(WORK, (payload, run) -> {
            if (run.task().attempt() == 1 && payload.equals("first")) {
                begun.countDown();
                new Semaphore(0).acquire();
            }
        }));
        Task first = submit("first");
        begun.await();
        WorkerId before = worker.statistics().worker().orElseThrow();
        storage.kill(before);
        events.await(TaskEvent.Kind.CLAIM_LOST, 1, SOON);
        Task done = ended(first);
        assertThat(done.status()).isEqualTo(TaskStatus.COMPLETED);
        assertThat(done.crashes()).isEqualTo(1);
        assertThat(worker.statistics().worker()).isPresent().isNotEqualTo(Optional.of(before));
    }

    private static Lease beatingFast(Lease lease) {
        return new Lease(lease.alive(), Duration.ofMillis(10), lease.trust(), Duration.ofMillis(20));
    }

    @Test
    void aPollThatBeganUnderAnIdThatDiedMeanwhileEnds() throws Exception {
        AtomicReference<Worker> worker = new AtomicReference<>();
        AtomicReference<WorkerId> dead = new AtomicReference<>();
        AtomicBoolean dies = new AtomicBoolean();
        AtomicInteger pollsAfterDeath = new AtomicInteger();
        faults.set("heartbeat", call -> beatingFast((Lease) call.go()));
        faults.setWith("poll", (arguments, call) -> {
            boolean waits = ((Duration) arguments[1]).compareTo(SHORT) > 0;
            if (waits && dies.getAndSet(false)) {
                Optional<WorkerId> before = worker.get().statistics().worker();
                storage.kill(before.orElseThrow());
                Await.until("it has another id", () -> {
                    Optional<WorkerId> now = worker.get().statistics().worker();
                    return now.isPresent() && !now.equals(before);
                });
                dead.set(before.get());
            } else if (dead.get() != null) {
                pollsAfterDeath.incrementAndGet();
            }
            return call.go();
        });
        worker.set(started(Worker.builder(faulty, faults.on(queue))
                .pollInterval(Duration.ofHours(1))
                .handle(WORK, (payload, run) -> {})));
        idle(worker.get());
        Task task = tasks.submit(NewTask.of(WORK, "x").runAt(Instant.now().plusSeconds(3_600)));
        tasks.cancel(task.id(), null);
        dies.set(true);
        tasks.wake();
        Await.until(
                "it waits under the dead id, or does not any more",
                () -> pollsAfterDeath.get() > 0 || waitsUnder(dead.get()));
        // of this the queue hears nothing, and the worker by the news of its storage
        storage.tasks().requeue(TaskFilter.all().id(task.id()), null);
        Await.until("it is run", () -> tasks.find(task.id()).orElseThrow().status() == TaskStatus.COMPLETED);
    }

    private boolean waitsUnder(@Nullable WorkerId worker) {
        Hint hint = new Hint(UUID.randomUUID(), WORK.name(), NewTask.DEFAULT_QUEUE, 0);
        Optional<TaskQueue.Reservation> slot = queue.reserve(hint);
        slot.ifPresent(TaskQueue.Reservation::release);
        return slot.filter(reserved -> reserved.worker().equals(worker)).isPresent();
    }

    @Test
    void aLoopWhoseOnlySlotIsReservedForLongDoesNotTurnInACircle() throws Exception {
        Semaphore polls = new Semaphore(0);
        faults.set("poll", call -> {
            polls.release();
            return call.go();
        });
        started(Worker.builder(faulty, faults.on(queue))
                .concurrency(1)
                .pollInterval(SHORT)
                .handle(WORK, (payload, run) -> {}));
        AtomicReference<TaskQueue.Reservation> slot = new AtomicReference<>();
        Hint hint = new Hint(UUID.randomUUID(), WORK.name(), NewTask.DEFAULT_QUEUE, 0);
        Await.until("the loop waits, caught up", () -> {
            queue.reserve(hint).ifPresent(slot::set);
            return slot.get() != null;
        });
        polls.drainPermits();
        long began = System.nanoTime();
        polls.acquire(20);
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(SHORT);
        slot.get().release();
        assertThat(ended(submit("x")).attempt()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void aWorkerThatIsNotHeardOfFencesItselfThoughItsHeartbeatHangs(int answered) throws Exception {
        CountDownLatch hangs = new CountDownLatch(1);
        CountDownLatch told = new CountDownLatch(1);
        AtomicInteger beats = new AtomicInteger();
        faults.set("heartbeat", call -> {
            if (beats.incrementAndGet() > answered) {
                hangs.await();
            }
            Lease lease = (Lease) call.go();
            return new Lease(lease.alive(), Duration.ofMillis(10), Optional.of(Duration.ofMillis(300)), SHORT);
        });
        Worker worker = started(worker().handle(WORK, (payload, run) -> {
            if (run.task().attempt() == 1) {
                try {
                    new Semaphore(0).acquire();
                } finally {
                    told.countDown();
                }
            }
        }));
        submit("x");
        told.await();
        assertThat(worker.health().level()).isEqualTo(Health.Level.DOWN);
        hangs.countDown();
        faults.clear("heartbeat");
        Await.until("it is registered anew", () -> worker.health().works());
    }

    /** Only its lease would give such a task back, and that is a crash. */
    @Test
    void whatAWorkerClaimedAsItDiedIsGivenBackAndIsNoCrash() throws Exception {
        Task task = submit("x");
        Worker worker = worker().handle(WORK, (payload, run) -> {}).build();
        workers.add(worker);
        faults.once("claim", call -> {
            Claimed claimed = (Claimed) call.go();
            dies(worker, claimed.tasks());
            return claimed;
        });
        faults.set("heartbeat", call -> beatingFast((Lease) call.go()));
        worker.start();
        assertWasGivenBack(ended(task));
    }

    @Test
    void whatWasHandedOverToAWorkerAsItDiedIsGivenBackAndIsNoCrash() throws Exception {
        AtomicReference<Worker> worker = new AtomicReference<>();
        AtomicBoolean again = new AtomicBoolean();
        faults.set("poll", call -> {
            Polled polled = (Polled) call.go();
            if (!polled.handedOver().isEmpty() && !again.getAndSet(true)) {
                dies(worker.get(), polled.handedOver());
            }
            return polled;
        });
        faults.set("heartbeat", call -> beatingFast((Lease) call.go()));
        worker.set(started(Worker.builder(faulty, faults.on(queue)).handle(WORK, (payload, run) -> {})));
        Task done;
        do {
            idle(worker.get());
            done = ended(submit("x"));
        } while (!again.get());
        assertWasGivenBack(done);
    }

    @Test
    void whatWaitsForAThreadAsItsWorkerDiesIsGivenBackAndIsNoCrash() throws Exception {
        Task task = submit("x");
        CountDownLatch let = new CountDownLatch(1);
        sweepOnceUntil(let);
        faults.set("heartbeat", call -> beatingFast((Lease) call.go()));
        Worker worker = started(worker().threads(runnable -> new Thread(() -> {
                    waitFor(let);
                    runnable.run();
                }))
                .handle(WORK, (payload, run) -> {}));
        Await.until("it is claimed", () -> tasks.find(task.id()).orElseThrow().status() == TaskStatus.RUNNING);
        dies(worker, List.of(tasks.find(task.id()).orElseThrow()));
        let.countDown();
        assertWasGivenBack(ended(task));
    }

    /** The first is started before it dies, and the second after. */
    @Test
    void whatIsBeingStartedAsItsWorkerDiesIsGivenBackAndIsNoCrash() throws Exception {
        List<Task> both = List.of(submit("first"), submit("second"));
        CountDownLatch let = new CountDownLatch(1);
        AtomicBoolean died = new AtomicBoolean();
        sweepOnceUntil(let);
        faults.set("heartbeat", call -> beatingFast((Lease) call.go()));
        AtomicReference<Worker> worker = new AtomicReference<>();
        worker.set(worker().threads(runnable -> {
                    if (!died.getAndSet(true)) {
                        diesWith(worker.get(), tasks.find(both.get(0).id()).orElseThrow());
                    }
                    return new Thread(() -> {
                        waitFor(let);
                        runnable.run();
                    });
                })
                .handle(WORK, (payload, run) -> {})
                .build());
        workers.add(worker.get());
        worker.get().start();
        for (Task task : both) {
            Await.until(
                    "it is given back",
                    () -> tasks.history(task.id()).orElseThrow().changes().size() > 2);
        }
        let.countDown();
        for (Task task : both) {
            assertWasGivenBack(ended(task));
        }
    }

    @Test
    void whatLiesAtTheDeskOfAWorkerThatDiesIsGivenBackAndIsNoCrash() throws Exception {
        CountDownLatch left = new CountDownLatch(1);
        CountDownLatch let = new CountDownLatch(1);
        AtomicBoolean handed = new AtomicBoolean();
        faults.set("heartbeat", call -> beatingFast((Lease) call.go()));
        faults.set("poll", call -> {
            if (handed.get()) {
                left.countDown();
                let.await();
            }
            return call.go();
        });
        faults.set("create", call -> {
            Created created = (Created) call.go();
            if (created.how() == Created.How.CLAIMED && !handed.getAndSet(true)) {
                queue.nudge(created.task().worker().orElseThrow());
                left.await();
            }
            return created;
        });
        Worker worker = started(Worker.builder(faulty, faults.on(queue)).handle(WORK, (payload, run) -> {}));
        Task task;
        do {
            idle(worker);
            task = submit("x");
        } while (!handed.get() && ended(task) != null);
        dies(worker, List.of(task));
        let.countDown();
        assertWasGivenBack(ended(task));
    }

    /** What is not started in time is not given back for that then. */
    private void sweepOnceUntil(CountDownLatch let) {
        AtomicBoolean swept = new AtomicBoolean();
        faults.set("recover", call -> {
            if (swept.getAndSet(true)) {
                let.await();
            }
            return call.go();
        });
    }

    private void diesWith(Worker worker, Task claimed) {
        try {
            dies(worker, List.of(claimed));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns when the worker has another id than the one that claimed the tasks, which the storage still believes in. */
    private void dies(Worker worker, List<Task> claimed) throws Exception {
        AtomicBoolean told = new AtomicBoolean();
        faults.set("heartbeat", call -> {
            Lease lease = beatingFast((Lease) call.go());
            return told.getAndSet(true) ? lease : new Lease(false, lease.next(), lease.trust(), lease.sweep());
        });
        Optional<WorkerId> before = claimed.get(0).worker();
        assertThat(before).isPresent();
        Await.until("it has another id", () -> {
            Optional<WorkerId> now = worker.statistics().worker();
            return now.isPresent() && !now.equals(before);
        });
    }

    private void assertWasGivenBack(Task done) {
        assertThat(tasks.history(done.id()).orElseThrow().changes())
                .extracting(StatusChange::note)
                .contains(Optional.of("its worker was not heard of before it began"));
        assertThat(done.status()).isEqualTo(TaskStatus.COMPLETED);
        assertThat(done.attempt()).isGreaterThan(1);
        assertThat(done.crashes()).isZero();
    }

    /** Killing the worker stands for killing its process: all it runs has crashed, and it comes back under another id. */
    @Test
    void onePoisonAmongInnocentsConvictsOnlyItself() throws Exception {
        CountDownLatch all = new CountDownLatch(32);
        faults.set("heartbeat", call -> beatingFast((Lease) call.go()));
        started(worker().concurrency(32).handle(WORK, (payload, run) -> {
            if (run.task().attempt() == 1) {
                all.countDown();
                all.await();
            }
            if (payload.equals("poison")) {
                storage.kill(run.task().worker().orElseThrow());
            }
            if (payload.equals("poison") || run.task().attempt() == 1) {
                new Semaphore(0).acquire();
            }
        }));
        List<Task> innocents =
                IntStream.range(0, 31).mapToObj(i -> submit("innocent " + i)).toList();
        Task poison = submit("poison");
        Task convicted = ended(poison);
        assertThat(convicted.status()).isEqualTo(TaskStatus.FAILED);
        assertThat(convicted.error().orElseThrow().kind()).isEqualTo(TaskError.POISON);
        assertThat(convicted.crashes()).isEqualTo(3);
        for (Task innocent : innocents) {
            assertThat(ended(innocent).status()).isEqualTo(TaskStatus.COMPLETED);
        }
    }

    @Test
    void handlersThatIgnoreInterruptsKeepTheirSlotsAndNoTaskOverlapsItself() throws Exception {
        CountDownLatch let = new CountDownLatch(1);
        Map<UUID, AtomicInteger> running = new ConcurrentHashMap<>();
        AtomicBoolean overlapped = new AtomicBoolean();
        Worker worker = started(worker().concurrency(3)
                .timeout(Duration.ofMillis(30))
                .handle(
                        WORK,
                        (payload, run) -> {
                            AtomicInteger mine =
                                    running.computeIfAbsent(run.task().id(), id -> new AtomicInteger());
                            if (mine.incrementAndGet() > 1) {
                                overlapped.set(true);
                            }
                            waitFor(let);
                            mine.decrementAndGet();
                        },
                        RetryPolicy.fixed(Duration.ZERO).maxFailures(1_000)));
        List<Task> all = new ArrayList<>();
        all.add(submit("first"));
        events.await(TaskEvent.Kind.STUCK, 1, SOON);
        assertThat(worker.health().level()).isEqualTo(Health.Level.DEGRADED);
        all.add(submit("second"));
        all.add(submit("third"));
        all.add(submit("fourth"));
        Await.until("all slots are stuck", () -> worker.statistics().stuck() == 3);
        assertThat(worker.health().level()).isEqualTo(Health.Level.DOWN);
        let.countDown();
        for (Task task : all) {
            assertThat(ended(task).status()).isEqualTo(TaskStatus.COMPLETED);
        }
        Await.until("it is well again", () -> worker.health().level() == Health.Level.UP);
        assertThat(overlapped).isFalse();
    }

    private static void waitFor(CountDownLatch latch) {
        boolean done = false;
        while (!done) {
            try {
                latch.await();
                done = true;
            } catch (InterruptedException e) {
                // this is what the test is about
            }
        }
    }

    @Test
    void submitsAtTheMomentOfGoingIdleWithAFullQueueAreFoundWithoutAPoll() throws Exception {
        InMemoryTaskQueue small = new InMemoryTaskQueue(1);
        Worker worker = Worker.builder(storage, small)
                .pollInterval(Duration.ofHours(1))
                .concurrency(2)
                .handle(WORK, (payload, run) -> {})
                .build();
        workers.add(worker);
        worker.start();
        TaskService service = new TaskService(storage.tasks(), small);
        for (int round = 0; round < 100; round++) {
            List<Thread> threads = new ArrayList<>();
            List<Task> submitted = Collections.synchronizedList(new ArrayList<>());
            for (int i = 0; i < 4; i++) {
                Thread thread = new Thread(() -> submitted.add(service.submit(NewTask.of(WORK, "x"))));
                threads.add(thread);
                thread.start();
            }
            for (Thread thread : threads) {
                thread.join();
            }
            for (Task task : submitted) {
                assertThat(service.await(task.id(), SOON)).isPresent();
            }
        }
        small.close();
    }

    @Test
    void aThreadFactoryThatFailsLosesNoTask() throws Exception {
        AtomicInteger made = new AtomicInteger();
        started(worker().concurrency(1)
                .threads(body -> {
                    if (made.incrementAndGet() == 1) {
                        throw new IllegalStateException("no thread for you");
                    }
                    Thread thread = new Thread(body);
                    thread.setDaemon(true);
                    return made.get() == 2 ? null : thread;
                })
                .handle(WORK, (payload, run) -> {}));
        Task done = ended(submit("x"));
        assertThat(done.status()).isEqualTo(TaskStatus.COMPLETED);
        assertThat(done.failures()).isZero();
    }

    @Test
    void aForgedCancelRequestInterruptsNobody() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch let = new CountDownLatch(1);
        started(worker().handle(WORK, (payload, run) -> {
            begun.countDown();
            let.await();
            assertThat(run.shouldStop()).isFalse();
        }));
        Task task = submit("x");
        begun.await();
        CountDownLatch asked = new CountDownLatch(1);
        faults.set("held", call -> {
            Object answer = call.go();
            asked.countDown();
            return answer;
        });
        queue.cancelRequested(Set.of(task.id()));
        asked.await();
        let.countDown();
        assertThat(ended(task).status()).isEqualTo(TaskStatus.COMPLETED);
    }

    @Test
    void aWorkerThatCannotRegisterSaysSoAndMayBeStartedAgain() throws Exception {
        Worker worker = worker().handle(WORK, (payload, run) -> {}).build();
        workers.add(worker);
        faults.once("register", Faults.before(down()));
        assertThatThrownBy(worker::start).isInstanceOf(StorageUnavailableException.class);
        worker.start();
        assertThat(ended(submit("x")).status()).isEqualTo(TaskStatus.COMPLETED);
    }

    @Test
    void everyCallMayFailAndAllTasksEnd() throws Exception {
        for (String method : List.of("claim", "settle", "heartbeat", "recover", "held", "append", "progress")) {
            faults.set(method, everyFifthFails(new AtomicInteger()));
        }
        AtomicInteger endsAndClaims = new AtomicInteger();
        faults.set("settleAndClaim", everyFifthFails(endsAndClaims));
        started(worker().concurrency(4).handle(WORK, (payload, run) -> run.progress(10, "x")));
        List<Task> all = tasks.submitAll(
                IntStream.range(0, 200).mapToObj(i -> NewTask.of(WORK, "n" + i)).toList());
        for (Task task : all) {
            assertThat(ended(task).status()).isEqualTo(TaskStatus.COMPLETED);
        }
        WorkflowService workflows = new WorkflowService(faulty.workflows(), tasks);
        NewWorkflow chain = NewWorkflow.of("chain").task("0", NewTask.of(WORK, "0"));
        for (int i = 1; i < 10; i++) {
            chain = chain.task("" + i, NewTask.of(WORK, "" + i)).after("" + (i - 1));
        }
        while (endsAndClaims.get() < 20) {
            Workflow submitted = workflows.submit(chain);
            assertThat(workflows.await(submitted.id(), SOON).orElseThrow().status())
                    .isEqualTo(WorkflowStatus.COMPLETED);
        }
    }

    /** One half of them before the call, the other half behind it. */
    private static Faults.Fault everyFifthFails(AtomicInteger calls) {
        return call -> switch (calls.incrementAndGet() % 10) {
            case 3 -> throw down();
            case 7 -> {
                call.go();
                throw down();
            }
            default -> call.go();
        };
    }

    @Test
    void progressIsWrittenNowAndThenWhateverElseIsSettled() throws Exception {
        AtomicInteger writes = new AtomicInteger();
        AtomicLong nanos = new AtomicLong();
        AtomicReference<@Nullable Task> talking = new AtomicReference<>();
        faults.setWith("progress", (arguments, call) -> {
            Task task = talking.get();
            boolean ofIt = ((Map<?, ?>) arguments[0])
                    .keySet().stream().anyMatch(claim -> task != null && claim.equals(Claim.of(task)));
            writes.addAndGet(ofIt ? 1 : 0);
            return call.go();
        });
        AtomicBoolean over = new AtomicBoolean();
        AtomicInteger others = new AtomicInteger();
        started(worker().concurrency(4).handle(WORK, (payload, run) -> {
            if (!payload.equals("talks")) {
                others.incrementAndGet();
                return;
            }
            talking.set(run.task());
            long began = System.nanoTime();
            for (int i = 0; i < 10_000; i++) {
                run.progress(i / 100, "part " + i);
                LockSupport.parkNanos(Duration.ofNanos(100).toNanos());
            }
            Await.until("others have ended meanwhile", () -> {
                run.progress(99, "waiting");
                return others.get() >= 500;
            });
            run.progress(100, "done");
            nanos.set(System.nanoTime() - began);
            over.set(true);
        }));
        Task talks = submit("talks");
        while (!over.get()) {
            submit("other");
        }
        assertThat(ended(talks).progress()).contains(new Progress(100, "done"));
        long most = nanos.get() / Duration.ofMillis(200).toNanos() + 2;
        assertThat((long) writes.get()).isBetween(1L, most);
    }

    @Test
    void tasksThatAreDueForTooLongDegradeTheHealthOfTheirWorker() throws Exception {
        ManualClock clock = ManualClock.create();
        Semaphore go = new Semaphore(0);
        try (ReferenceStorage aging = new ReferenceStorage(clock);
                Worker worker = Worker.builder(faults.on(aging), queue)
                        .concurrency(1)
                        .name("the only one")
                        .backlogLimit(Duration.ofMinutes(1))
                        .handle(WORK, (payload, run) -> go.acquire())
                        .start()) {
            TaskService service = new TaskService(aging.tasks(), queue);
            service.submit(NewTask.of(WORK, "runs"));
            Await.until("it runs", () -> worker.statistics().busy() == 1);
            for (int i = 0; i < 250; i++) {
                service.submit(NewTask.of(TaskType.of("other", String.class), "is nothing to it"));
            }
            service.submit(
                    NewTask.of(WORK, "is for later").runAt(clock.instant().plusSeconds(100)));
            clock.advance(Duration.ofSeconds(90));
            service.submit(NewTask.of(WORK, "waits"));
            assertThat(worker.health().level()).isEqualTo(Health.Level.UP);
            clock.advance(Duration.ofSeconds(61));
            Health late = worker.health();
            assertThat(late.level()).isEqualTo(Health.Level.DEGRADED);
            assertThat(late.detail()).isEqualTo("the only one: tasks are due for 61 s, which is to be 60 s at most");
            faults.set("dueSince", Faults.before(down()));
            assertThat(worker.health().level()).isEqualTo(Health.Level.UP);
            go.release(3);
        }
    }

    @Test
    void aTaskForTheLastOfAllDaysKeepsNothingFromRunning() throws Exception {
        tasks.submit(NewTask.of(WORK, "much later").runAt(Instant.parse("9999-12-31T23:59:59Z")));
        Task task = submit("now");
        started(worker().handle(WORK, (payload, run) -> {}));
        assertThat(ended(task).attempt()).isEqualTo(1);
    }

    @Test
    void aQueueThatIsClosedIsNotAskedInACircle() throws Exception {
        AtomicInteger polls = new AtomicInteger();
        Faults counting = new Faults();
        counting.set("poll", call -> {
            polls.incrementAndGet();
            return call.go();
        });
        started(Worker.builder(faulty, counting.on(queue)).pollInterval(SHORT).handle(WORK, (payload, run) -> {}));
        queue.close();
        for (int i = 0; i < 5; i++) {
            assertThat(ended(submit("n" + i)).status()).isEqualTo(TaskStatus.COMPLETED);
        }
        assertThat(polls).hasValueLessThan(500);
    }

    @Test
    void suspectsRunOneAfterTheOtherWithoutAPoll() throws Exception {
        List<Task> all = tasks.submitAll(
                IntStream.range(0, 20).mapToObj(i -> NewTask.of(WORK, "n" + i)).toList());
        WorkerId dead = storage.claims().register(new WorkerProfile("dead", Set.of(WORK.name()), Set.of()));
        storage.claims().claim(ClaimRequest.due(dead, Set.of(WORK.name()), Slots.of(20)));
        storage.kill(dead);
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        started(worker().pollInterval(Duration.ofHours(1)).handle(WORK, (payload, run) -> {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            LockSupport.parkNanos(1_000);
            running.decrementAndGet();
        }));
        for (Task task : all) {
            assertThat(ended(task).crashes()).isEqualTo(1);
        }
        assertThat(most).hasValue(1);
    }

    @Test
    void longRunsLeaveRoomForShortOnes() throws Exception {
        CountDownLatch let = new CountDownLatch(1);
        Worker worker = started(worker().pollInterval(Duration.ofHours(1))
                .concurrency(400)
                .handle(WORK, (payload, run) -> {
                    if (payload.equals("long")) {
                        let.await();
                    }
                }));
        tasks.submitAll(Collections.nCopies(300, NewTask.of(WORK, "long")));
        Await.until("the long ones run", () -> worker.statistics().busy() >= 300);
        List<Task> all = tasks.submitAll(Collections.nCopies(2_000, NewTask.of(WORK, "short")));
        for (Task task : all) {
            assertThat(ended(task).status()).isEqualTo(TaskStatus.COMPLETED);
        }
        let.countDown();
    }

    @Test
    void whatWasClaimedAheadIsGivenBackWhenHandlersHang() throws Exception {
        CountDownLatch let = new CountDownLatch(1);
        Worker hanging = started(worker().concurrency(2).handle(WORK, (payload, run) -> {
            if (payload.equals("hangs here")) {
                let.await();
            }
        }));
        List<Task> all = new ArrayList<>(tasks.submitAll(Collections.nCopies(2_000, NewTask.of(WORK, "short"))));
        all.addAll(tasks.submitAll(Collections.nCopies(100, NewTask.of(WORK, "hangs here"))));
        Await.until(
                "its handlers hang",
                () -> hanging.statistics().busy() == 2
                        && tasks.count(TaskFilter.all().status(TaskStatus.COMPLETED), 3_000)
                                        .value()
                                == 2_000);
        started(worker().concurrency(4).handle(WORK, (payload, run) -> {}));
        Await.until(
                "all others are done",
                () -> tasks.count(TaskFilter.all().status(TaskStatus.COMPLETED), 3_000)
                                .value()
                        == 2_098);
        let.countDown();
        for (Task task : all) {
            ended(task);
        }
    }

    @Test
    void aStartThatFailsHalfWayLeavesNoWorkerBehind() throws Exception {
        AtomicInteger retired = new AtomicInteger();
        faults.set("retire", call -> {
            retired.incrementAndGet();
            return call.go();
        });
        faults.once("recover", Faults.before(down()));
        Worker worker = worker().handle(WORK, (payload, run) -> {}).build();
        assertThatThrownBy(worker::start).isInstanceOf(StorageUnavailableException.class);
        assertThat(retired).hasValue(1);
        workers.add(worker.start());
    }

    @Test
    void anEndThatIsRefusedForEverIsRecordedAsAFailure() throws Exception {
        faults.setWith("settle", (arguments, call) -> {
            if (String.valueOf(arguments[0]).contains("Completed[")) {
                throw new IllegalStateException("refused");
            }
            return call.go();
        });
        started(worker().handle(WORK, (payload, run) -> {}));
        Task failed = ended(submit("x"));
        assertThat(failed.error().orElseThrow().kind()).isEqualTo("UNRECORDABLE");
    }

    @Test
    void aHandlersThrowableThatCannotBeToldIsAFailureToo() throws Exception {
        started(worker().concurrency(1)
                .handle(
                        WORK,
                        (payload, run) -> {
                            if (payload.equals("untold")) {
                                throw new Untold();
                            }
                        },
                        RetryPolicy.none()));
        assertThat(ended(submit("untold")).status()).isEqualTo(TaskStatus.FAILED);
        assertThat(ended(submit("next")).status()).isEqualTo(TaskStatus.COMPLETED);
    }

    private static final class Untold extends RuntimeException {

        private static final long serialVersionUID = 1;

        @Override
        public String getMessage() {
            throw new StackOverflowError("no message");
        }
    }
}
