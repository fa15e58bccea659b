package io.taskstore.inmemory;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.LogEntry;
import io.taskstore.LogLevel;
import io.taskstore.MetricRepository;
import io.taskstore.NewTask;
import io.taskstore.NewWorkflow;
import io.taskstore.Outcome;
import io.taskstore.PageRequest;
import io.taskstore.Progress;
import io.taskstore.RetryPolicy;
import io.taskstore.StatusChange;
import io.taskstore.Task;
import io.taskstore.TaskError;
import io.taskstore.TaskEvent;
import io.taskstore.TaskFilter;
import io.taskstore.TaskRun;
import io.taskstore.TaskService;
import io.taskstore.TaskStatus;
import io.taskstore.TaskType;
import io.taskstore.TimeRange;
import io.taskstore.WorkflowService;
import io.taskstore.inmemory.WorkerStatistics.Gear;
import io.taskstore.spi.Storage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a worker does with the tasks of a storage, whichever it is. */
@Timeout(60)
abstract class WorkerContract {

    static final TaskType<String> WORK = TaskType.of("work", String.class);
    static final TaskType<String> OTHER = TaskType.of("other", String.class);
    static final Duration SOON = Duration.ofSeconds(20);

    /** So long that no scan comes by itself within a test. */
    static final Duration NEVER = Duration.ofHours(1);

    private final List<Worker> workers = new ArrayList<>();
    private final InMemoryTaskQueue queue = new InMemoryTaskQueue();
    private Storage storage;
    private TaskService tasks;

    /** Opens a storage that no other test has. */
    abstract Storage open() throws Exception;

    @BeforeEach
    final void openAll() throws Exception {
        storage = open();
        tasks = new TaskService(storage.tasks(), queue);
    }

    @AfterEach
    final void closeAll() {
        workers.forEach(worker -> worker.close(Duration.ofSeconds(2)));
        queue.close();
        storage.close();
    }

    final Worker started(WorkerBuilder builder) {
        Worker worker = builder.build();
        workers.add(worker);
        return worker.start();
    }

    final WorkerBuilder worker() {
        return Worker.builder(storage, queue).name("tested").pollInterval(NEVER);
    }

    final Task submit(String payload) {
        return tasks.submit(NewTask.of(WORK, payload));
    }

    final Task ended(Task task) throws InterruptedException {
        return tasks.await(task.id(), SOON).orElseThrow();
    }

    final Task now(Task task) {
        return tasks.find(task.id()).orElseThrow();
    }

    final void idle(Worker worker) throws Exception {
        Await.until("the worker is idle", () -> worker.statistics().gear() == Gear.IDLE);
    }

    final List<TaskStatus> statuses(Task task) {
        return tasks.history(task.id()).orElseThrow().changes().stream()
                .map(StatusChange::to)
                .toList();
    }

    @Test
    void aTaskIsRunAndCompleted() throws Exception {
        List<String> seen = Collections.synchronizedList(new ArrayList<>());
        started(worker().handle(WORK, (payload, run) -> seen.add(payload)));
        Task done = ended(submit("hello"));
        assertThat(done.status()).isEqualTo(TaskStatus.COMPLETED);
        assertThat(done.attempt()).isEqualTo(1);
        assertThat(seen).containsExactly("hello");
        assertThat(statuses(done)).containsExactly(TaskStatus.PENDING, TaskStatus.RUNNING, TaskStatus.COMPLETED);
    }

    @Test
    void aHandlerThatDecidesSaysHowItEnds() throws Exception {
        started(worker().decide(WORK, (payload, run) -> switch (payload) {
            case "result" -> Outcome.completed(List.of(1, 2));
            case "failed" -> Outcome.failed("NO_STOCK", "none left");
            case "cancelled" -> Outcome.cancelled("not wanted");
            default -> run.task().attempt() == 1 ? Outcome.snooze(Duration.ZERO) : Outcome.completed();
        }));
        assertThat(ended(submit("result")).result()).contains("[1,2]");
        assertThat(ended(submit("failed")).error()).contains(new TaskError("NO_STOCK", "none left"));
        Task cancelled = ended(submit("cancelled"));
        assertThat(cancelled.status()).isEqualTo(TaskStatus.CANCELLED);
        Task snoozed = ended(submit("snoozed"));
        assertThat(snoozed.attempt()).isEqualTo(2);
        assertThat(snoozed.failures()).isZero();
    }

    @Test
    void aRunThatFailsIsTriedAgainByItsPolicy() throws Exception {
        RetryPolicy thrice = RetryPolicy.fixed(Duration.ofMillis(1)).maxFailures(3);
        started(worker().handle(WORK, this::fail, thrice));
        Task failed = ended(submit("x"));
        assertThat(failed.status()).isEqualTo(TaskStatus.FAILED);
        assertThat(failed.failures()).isEqualTo(3);
        assertThat(failed.error()).contains(new TaskError(IllegalStateException.class.getName(), "broken"));
    }

    private void fail(String payload, TaskRun run) {
        throw new IllegalStateException("broken");
    }

    @Test
    void anErrorOfTheHandlerIsAFailureLikeAnyOther() throws Exception {
        started(worker().concurrency(1)
                .handle(
                        WORK,
                        (payload, run) -> {
                            if (payload.equals("error")) {
                                throw new StackOverflowError("deep");
                            }
                        },
                        RetryPolicy.none()));
        assertThat(ended(submit("error")).status()).isEqualTo(TaskStatus.FAILED);
        assertThat(ended(submit("next")).status()).isEqualTo(TaskStatus.COMPLETED);
    }

    @Test
    void whatTheRegistrationNamesFinalIsNotTriedAgain() throws Exception {
        started(worker().handle(
                        WORK, this::fail, RetryPolicy.fixed(Duration.ZERO).failOn(IllegalStateException.class)));
        assertThat(ended(submit("x")).attempt()).isEqualTo(1);
    }

    @Test
    void aPayloadThatCannotBeDecodedFailsAtOnce() throws Exception {
        TaskType<List<?>> lists = listType();
        started(worker().handle(lists, (payload, run) -> {}));
        Task failed = ended(submit("no list"));
        assertThat(failed.status()).isEqualTo(TaskStatus.FAILED);
        assertThat(failed.error().orElseThrow().kind()).isEqualTo(TaskError.PAYLOAD);
        assertThat(failed.attempt()).isEqualTo(1);
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static TaskType<List<?>> listType() {
        return (TaskType) TaskType.of(WORK.name(), List.class);
    }

    @Test
    void aResultThatCannotBeEncodedFailsForGood() throws Exception {
        started(worker().decide(WORK, (payload, run) -> Outcome.completed("x".repeat(2_000_000))));
        Task failed = ended(submit("x"));
        assertThat(failed.status()).isEqualTo(TaskStatus.FAILED);
        assertThat(failed.error().orElseThrow().kind()).isEqualTo(TaskError.PAYLOAD);
    }

    @Test
    void anIdleWorkerIsHandedANewTaskDirectly() throws Exception {
        Worker worker = started(worker().handle(WORK, (payload, run) -> {}));
        idle(worker);
        // a submit may come while the worker looks around, and is a hint then
        Await.until("a submit is answered by a running task", () -> {
            Task task = submit("x");
            ended(task);
            return task.status() == TaskStatus.RUNNING;
        });
    }

    @Test
    void aBusyWorkerTakesUpAHintAsSoonAsItHasASlot() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        Semaphore go = new Semaphore(0);
        started(worker().concurrency(1).handle(WORK, (payload, run) -> {
            begun.countDown();
            go.acquire();
        }));
        Task first = submit("first");
        begun.await();
        Task second = submit("second");
        assertThat(second.status()).isEqualTo(TaskStatus.PENDING);
        go.release(2);
        assertThat(ended(first).status()).isEqualTo(TaskStatus.COMPLETED);
        assertThat(ended(second).status()).isEqualTo(TaskStatus.COMPLETED);
    }

    @Test
    void aBacklogIsRunInTheOrderOfItsPriorities() throws Exception {
        List<String> order = Collections.synchronizedList(new ArrayList<>());
        tasks.submitAll(List.of(
                NewTask.of(WORK, "low").priority(-5),
                NewTask.of(WORK, "middle"),
                NewTask.of(WORK, "high").priority(7)));
        started(worker().concurrency(1).handle(WORK, (payload, run) -> order.add(payload)));
        Await.until("all have run", () -> order.size() == 3);
        assertThat(order).containsExactly("high", "middle", "low");
    }

    @Test
    void aThousandTasksAreEachRunOnce() throws Exception {
        Set<UUID> ran = ConcurrentHashMap.newKeySet();
        AtomicInteger runs = new AtomicInteger();
        Worker worker = started(worker().concurrency(8).handle(WORK, (payload, run) -> {
            ran.add(run.task().id());
            runs.incrementAndGet();
        }));
        List<Task> all = tasks.submitAll(IntStream.range(0, 1_000)
                .mapToObj(i -> NewTask.of(WORK, "n" + i))
                .toList());
        for (Task task : all) {
            assertThat(ended(task).status()).isEqualTo(TaskStatus.COMPLETED);
        }
        assertThat(ran).hasSize(1_000);
        assertThat(runs).hasValue(1_000);
        idle(worker);
        Await.until("all ends are recorded", () -> worker.statistics().settling() == 0);
    }

    @Test
    void twoWorkersShareTheWorkAndRunNothingTwice() throws Exception {
        ConcurrentLinkedQueue<UUID> ran = new ConcurrentLinkedQueue<>();
        List<Task> all = tasks.submitAll(
                IntStream.range(0, 300).mapToObj(i -> NewTask.of(WORK, "n" + i)).toList());
        for (int i = 0; i < 2; i++) {
            started(worker().concurrency(4)
                    .handle(WORK, (payload, run) -> ran.add(run.task().id())));
        }
        for (Task task : all) {
            ended(task);
        }
        assertThat(ran).hasSize(300).doesNotHaveDuplicates();
    }

    @Test
    void aTypeNobodyHandlesWaitsAndDelaysNothing() throws Exception {
        Task unknown = tasks.submit(NewTask.of(OTHER, "unknown").priority(10));
        started(worker().handle(WORK, (payload, run) -> {}));
        assertThat(ended(submit("x")).status()).isEqualTo(TaskStatus.COMPLETED);
        assertThat(now(unknown).status()).isEqualTo(TaskStatus.PENDING);
    }

    @Test
    void aWorkerServesOnlyItsQueues() throws Exception {
        Task elsewhere = tasks.submit(NewTask.of(WORK, "elsewhere").queue("elsewhere"));
        Task here = tasks.submit(NewTask.of(WORK, "here").queue("here"));
        started(worker().queues("here").handle(WORK, (payload, run) -> {}));
        ended(here);
        assertThat(now(elsewhere).status()).isEqualTo(TaskStatus.PENDING);
    }

    @Test
    void noMoreTasksOfAQueueRunAtOnceThanItsLimit() throws Exception {
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        started(worker().concurrency(8).concurrency("few", 2).handle(WORK, (payload, run) -> {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            LockSupport.parkNanos(1_000);
            running.decrementAndGet();
        }));
        List<Task> all = tasks.submitAll(IntStream.range(0, 60)
                .mapToObj(i -> NewTask.of(WORK, "n" + i).queue("few"))
                .toList());
        for (Task task : all) {
            ended(task);
        }
        assertThat(most.get()).isLessThanOrEqualTo(2);
    }

    @Test
    void aScheduledTaskStartsOnTimeWithoutAPoll() throws Exception {
        started(worker().handle(WORK, (payload, run) -> {}));
        Instant due = storage.clock().instant().plusMillis(300);
        Task done = ended(tasks.submit(NewTask.of(WORK, "later").runAt(due)));
        assertThat(done.startedAt().orElseThrow()).isBetween(due.minusMillis(1), due.plusSeconds(5));
    }

    @Test
    void whatAnotherProcessStoredIsFoundByThePoll() throws Exception {
        started(worker().pollInterval(Duration.ofMillis(50)).handle(WORK, (payload, run) -> {}));
        TaskService elsewhere = new TaskService(storage.tasks(), new InMemoryTaskQueue());
        assertThat(ended(elsewhere.submit(NewTask.of(WORK, "x"))).status()).isEqualTo(TaskStatus.COMPLETED);
    }

    @Test
    void aRunningTaskThatIsCancelledIsInterruptedOnce() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        AtomicInteger interrupts = new AtomicInteger();
        started(worker().handle(WORK, (payload, run) -> {
            begun.countDown();
            try {
                new Semaphore(0).acquire();
            } catch (InterruptedException e) {
                interrupts.incrementAndGet();
                assertThat(run.shouldStop()).isTrue();
                throw e;
            }
        }));
        Task task = submit("x");
        begun.await();
        tasks.cancel(task.id(), "not wanted");
        assertThat(ended(task).status()).isEqualTo(TaskStatus.CANCELLED);
        assertThat(interrupts).hasValue(1);
    }

    @Test
    void aHandlerThatCompletesInSpiteOfBeingCancelledHasCompleted() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        started(worker().handle(WORK, (payload, run) -> {
            begun.countDown();
            Await.until("told to stop", run::shouldStop);
        }));
        Task task = submit("x");
        begun.await();
        tasks.cancel(task.id(), null);
        assertThat(ended(task).status()).isEqualTo(TaskStatus.COMPLETED);
    }

    @Test
    void aLeakedInterruptDoesNotReachTheNextRun() throws Exception {
        started(worker().concurrency(1).decide(WORK, (payload, run) -> {
            if (payload.equals("leaks")) {
                Thread.currentThread().interrupt();
                return Outcome.completed();
            }
            return Outcome.completed(Thread.currentThread().isInterrupted());
        }));
        ended(submit("leaks"));
        assertThat(ended(submit("next")).result()).contains("false");
    }

    @Test
    void aRunThatTakesTooLongIsInterruptedAndFails() throws Exception {
        started(worker().timeout(Duration.ofMillis(50))
                .handle(WORK, (payload, run) -> new Semaphore(0).acquire(), RetryPolicy.none()));
        Task failed = ended(submit("x"));
        assertThat(failed.status()).isEqualTo(TaskStatus.FAILED);
        assertThat(failed.error().orElseThrow().kind()).isEqualTo(TaskError.TIMEOUT);
    }

    @Test
    void theTimeoutOfATaskGoesBeforeThatOfItsType() throws Exception {
        started(worker().timeout(WORK, NEVER)
                .handle(WORK, (payload, run) -> new Semaphore(0).acquire(), RetryPolicy.none()));
        Task failed = ended(tasks.submit(NewTask.of(WORK, "x").timeout(Duration.ofMillis(50))));
        assertThat(failed.error().orElseThrow().kind()).isEqualTo(TaskError.TIMEOUT);
    }

    @Test
    void logAndProgressAreStoredBeforeTheEnd() throws Exception {
        started(worker().handle(WORK, (payload, run) -> {
            run.log(LogLevel.INFO, "first");
            run.progress(40, "nearly half");
            run.log(LogLevel.WARN, "second");
        }));
        Task done = ended(submit("x"));
        assertThat(done.progress()).contains(new Progress(40, "nearly half"));
        assertThat(storage.reports().logs(done.id(), 0, LogLevel.DEBUG, null, 10).stream()
                        .map(LogEntry::message)
                        .toList())
                .containsExactly("first", "second");
    }

    @Test
    void theLogOfARunIsBoundedAndItsLastLineSaysHowManyAreMissing() throws Exception {
        started(worker().logLines(3).handle(WORK, (payload, run) -> {
            for (int i = 1; i <= 10; i++) {
                run.log(LogLevel.INFO, "line " + i);
            }
        }));
        Task done = ended(submit("x"));
        assertThat(storage.reports().logs(done.id(), 1, LogLevel.DEBUG, null, 100).stream()
                        .map(LogEntry::message)
                        .toList())
                .containsExactly("line 1", "line 2", "line 3", "7 lines were dropped; the log of a run has 3 at most");
    }

    @Test
    void noLineIsLostOrOutOfOrderHoweverManyRunsLogAtOnce() throws Exception {
        started(worker().concurrency(4).handle(WORK, (payload, run) -> {
            for (int i = 1; i <= 10; i++) {
                run.log(LogLevel.INFO, payload + " line " + i);
            }
        }));
        List<Task> all = tasks.submitAll(
                IntStream.range(0, 300).mapToObj(i -> NewTask.of(WORK, "n" + i)).toList());
        for (int i = 0; i < all.size(); i++) {
            Task done = ended(all.get(i));
            String payload = "n" + i;
            assertThat(storage.reports().logs(done.id(), 0, LogLevel.DEBUG, null, 100).stream()
                            .map(LogEntry::message)
                            .toList())
                    .isEqualTo(IntStream.rangeClosed(1, 10)
                            .mapToObj(line -> payload + " line " + line)
                            .toList());
        }
    }

    @Test
    void theTotalsTellWhatAWorkerHasDone() throws Exception {
        Worker worker = started(worker().decide(
                        WORK,
                        (payload, run) -> switch (payload) {
                            case "bad" -> throw new IllegalStateException("broken");
                            case "later" ->
                                run.task().attempt() == 1 ? Outcome.snooze(Duration.ZERO) : Outcome.completed();
                            case "unwanted" -> Outcome.cancelled("not wanted");
                            default -> Outcome.completed();
                        },
                        RetryPolicy.fixed(Duration.ZERO).maxFailures(2)));
        for (String payload : List.of("good", "bad", "later", "unwanted")) {
            ended(submit(payload));
        }
        Await.until("all is counted", () -> worker.statistics().totals().of(TaskEvent.Kind.CANCELLED) == 1);
        WorkerStatistics.Totals totals = worker.statistics().totals();
        assertThat(totals.claimed()).isEqualTo(6);
        assertThat(totals.of(TaskEvent.Kind.STARTED)).isEqualTo(6);
        assertThat(totals.of(TaskEvent.Kind.COMPLETED)).isEqualTo(2);
        assertThat(totals.of(TaskEvent.Kind.RETRIED)).isEqualTo(1);
        assertThat(totals.of(TaskEvent.Kind.FAILED)).isEqualTo(1);
        assertThat(totals.of(TaskEvent.Kind.SNOOZED)).isEqualTo(1);
        assertThat(totals.of(TaskEvent.Kind.CANCELLED)).isEqualTo(1);
        assertThat(totals.recovered()).isZero();
        assertThat(totals.runs().count()).isEqualTo(6);
        assertThat(totals.runs().greatest())
                .isPositive()
                .isLessThanOrEqualTo(totals.runs().sum());
        assertThat(totals.waits().count()).isEqualTo(6);
        assertThat(totals.commits().sum()).isEqualTo(6);
        assertThat(totals.commits().count()).isBetween(1L, 6L);
        assertThat(tasks.submitted()).isEqualTo(4);
        worker.close();
        assertThat(worker.statistics().totals().claimed()).isEqualTo(6);
    }

    @Test
    void whatWasDoneIsReadBackAsASeries() throws Exception {
        Worker worker = started(worker().handle(WORK, (payload, run) -> {}));
        MetricSampler sampler = MetricSampler.start(storage, tasks, () -> List.of(worker), NEVER);
        ended(submit("x"));
        ended(submit("y"));
        worker.close();
        sampler.close();
        assertThat(storage.metrics().series("tasks.completed", TimeRange.always(), Duration.ofDays(1)).stream()
                        .mapToDouble(MetricRepository.Bucket::sum)
                        .sum())
                .isEqualTo(2);
    }

    @Test
    void listenersHearEveryEventOfARun() throws Exception {
        List<TaskEvent.Kind> heard = Collections.synchronizedList(new ArrayList<>());
        started(worker().listener(event -> {
                    throw new IllegalStateException("a listener that fails");
                })
                .listener(event -> heard.add(event.kind()))
                .handle(
                        WORK,
                        (payload, run) -> {
                            if (run.task().attempt() == 1) {
                                throw new IllegalStateException("once");
                            }
                        },
                        RetryPolicy.fixed(Duration.ZERO)));
        submit("x");
        Await.until("the end is heard", () -> heard.contains(TaskEvent.Kind.COMPLETED));
        assertThat(heard)
                .containsExactly(
                        TaskEvent.Kind.STARTED,
                        TaskEvent.Kind.RETRIED,
                        TaskEvent.Kind.STARTED,
                        TaskEvent.Kind.COMPLETED);
    }

    @Test
    void aPausedWorkerTakesNothingUntilItIsResumed() throws Exception {
        Worker worker = started(worker().handle(WORK, (payload, run) -> {}));
        idle(worker);
        worker.pause();
        Await.until("it is paused", () -> worker.statistics().gear() == Gear.PAUSED);
        Task task = submit("x");
        ended(tasks.submit(NewTask.of(WORK, "done by another").queue("q")), "q");
        assertThat(now(task).status()).isEqualTo(TaskStatus.PENDING);
        worker.resume();
        assertThat(ended(task).status()).isEqualTo(TaskStatus.COMPLETED);
    }

    /** Has another worker run the task, which shows that the first had the time to. */
    private void ended(Task task, String queueName) throws InterruptedException {
        started(worker().queues(queueName).handle(WORK, (payload, run) -> {}));
        assertThat(ended(task).status()).isEqualTo(TaskStatus.COMPLETED);
    }

    @Test
    void aPausedQueueIsServedAgainAfterItsResumption() throws Exception {
        storage.queues().pause("halted");
        started(worker().handle(WORK, (payload, run) -> {}));
        Task halted = tasks.submit(NewTask.of(WORK, "x").queue("halted"));
        ended(submit("y"));
        assertThat(now(halted).status()).isEqualTo(TaskStatus.PENDING);
        storage.queues().resume("halted");
        tasks.wake();
        assertThat(ended(halted).status()).isEqualTo(TaskStatus.COMPLETED);
    }

    @Test
    void aWorkflowGoesOnWithTheResultsOfWhatCameBefore() throws Exception {
        started(worker().decide(WORK, (payload, run) -> Outcome.completed(payload + "!"))
                .decide(OTHER, (payload, run) -> Outcome.completed(run.resultOf("first", String.class) + payload)));
        WorkflowService workflows = new WorkflowService(storage.workflows(), tasks);
        UUID id = workflows
                .submit(NewWorkflow.of("two steps")
                        .task("first", NewTask.of(WORK, "one"))
                        .task("second", NewTask.of(OTHER, "two"))
                        .after("first"))
                .id();
        Task second = tasks.list(TaskFilter.all().workflow(id).step("second"), PageRequest.first(1))
                .tasks()
                .get(0);
        assertThat(ended(second).result()).contains("\"one!two\"");
    }

    @Test
    void whatRunsHoweverOthersEndCanTellHowTheyDid() throws Exception {
        started(worker().handle(
                        WORK,
                        (payload, run) -> {
                            throw new IllegalStateException("broken");
                        },
                        RetryPolicy.none())
                .decide(OTHER, (payload, run) -> {
                    Task first = run.taskOf("first");
                    return Outcome.completed(
                            first.status() + " " + first.error().isPresent());
                }));
        WorkflowService workflows = new WorkflowService(storage.workflows(), tasks);
        UUID id = workflows
                .submit(NewWorkflow.of("two steps")
                        .task("first", NewTask.of(WORK, "one"))
                        .task("second", NewTask.of(OTHER, "two"))
                        .afterEnded("first"))
                .id();
        Task second = tasks.list(TaskFilter.all().workflow(id).step("second"), PageRequest.first(1))
                .tasks()
                .get(0);
        assertThat(ended(second).result()).contains("\"FAILED true\"");
    }

    @Test
    void closingWaitsForRunsAndGivesBackTheOthers() throws Exception {
        CountDownLatch begun = new CountDownLatch(2);
        Semaphore go = new Semaphore(0);
        Worker worker = started(worker().concurrency(2).handle(WORK, (payload, run) -> {
            begun.countDown();
            if (payload.equals("hangs")) {
                new Semaphore(0).acquire();
            }
            go.acquire();
        }));
        Task ends = submit("ends");
        Task hangs = submit("hangs");
        begun.await();
        Task waits = submit("waits");
        go.release();
        worker.close(Duration.ofMillis(200));
        assertThat(now(ends).status()).isEqualTo(TaskStatus.COMPLETED);
        assertThat(now(hangs).status()).isEqualTo(TaskStatus.PENDING);
        assertThat(now(hangs).failures()).isZero();
        assertThat(now(hangs).crashes()).isZero();
        assertThat(now(waits).status()).isEqualTo(TaskStatus.PENDING);
        worker.close();
    }

    @Test
    void submitsWhileTheWorkerGoesIdleAreFoundAtOnce() throws Exception {
        Worker worker = started(worker().concurrency(2).handle(WORK, (payload, run) -> {}));
        idle(worker);
        for (int i = 0; i < 300; i++) {
            Task task = submit("n" + i);
            assertThat(tasks.await(task.id(), Duration.ofSeconds(10))
                            .orElseThrow()
                            .status())
                    .isEqualTo(TaskStatus.COMPLETED);
        }
    }

    @Test
    void theStatisticsTellWhatRuns() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        Worker worker = started(worker().concurrency(1).handle(WORK, (payload, run) -> {
            begun.countDown();
            assertThat(go.await(20, TimeUnit.SECONDS)).isTrue();
        }));
        Task task = submit("x");
        begun.await();
        WorkerStatistics busy = worker.statistics();
        assertThat(busy.busy()).isEqualTo(1);
        assertThat(busy.concurrency()).isEqualTo(1);
        assertThat(busy.worker()).isEqualTo(now(task).worker());
        go.countDown();
        ended(task);
        idle(worker);
        assertThat(worker.statistics().busy()).isZero();
        assertThat(worker.health().works()).isTrue();
    }
}
