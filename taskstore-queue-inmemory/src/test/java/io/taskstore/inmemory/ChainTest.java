package io.taskstore.inmemory;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.LogLevel;
import io.taskstore.NewTask;
import io.taskstore.NewWorkflow;
import io.taskstore.OutcomeUnknownException;
import io.taskstore.PageRequest;
import io.taskstore.StorageUnavailableException;
import io.taskstore.Task;
import io.taskstore.TaskEvent;
import io.taskstore.TaskFilter;
import io.taskstore.TaskRun;
import io.taskstore.TaskService;
import io.taskstore.TaskStatus;
import io.taskstore.TaskType;
import io.taskstore.Workflow;
import io.taskstore.WorkflowService;
import io.taskstore.WorkflowStatus;
import io.taskstore.inmemory.WorkerStatistics.Gear;
import io.taskstore.spi.SettledAndClaimed;
import io.taskstore.testkit.RecordingListener;
import io.taskstore.testkit.ReferenceStorage;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A worker claims the next task of a chain with the end of the one before, unless something else is due. */
@Timeout(60)
final class ChainTest {

    private static final TaskType<String> WORK = TaskType.of("work", String.class);
    private static final int LINKS = 40;
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(50);
    private static final Duration NEVER = Duration.ofHours(1);
    private static final String URGENT = "urgent";

    /** What a handler does in the middle of a chain. */
    private interface Step {
        void go(TaskRun run) throws Exception;
    }

    private final Faults faults = new Faults();
    private final ReferenceStorage storage = new ReferenceStorage(InstantSource.system());
    private final InMemoryTaskQueue queue = new InMemoryTaskQueue();
    private final TaskService tasks = new TaskService(storage.tasks(), queue);
    private final WorkflowService workflows = new WorkflowService(storage.workflows(), tasks);
    private final List<String> ran = new CopyOnWriteArrayList<>();
    private final AtomicInteger claimedWithEnds = new AtomicInteger();
    private final AtomicReference<Step> inTheMiddle = new AtomicReference<>(run -> {});
    private final AtomicReference<Step> each = new AtomicReference<>(run -> {});
    private final RecordingListener events = new RecordingListener();
    private final AtomicInteger made = new AtomicInteger();
    private final List<Worker> workers = new ArrayList<>();

    /** The number of the thread that cannot be had. */
    private volatile int refused;

    private Thread thread(Runnable body) {
        if (made.incrementAndGet() == refused) {
            throw new IllegalStateException("there is no thread");
        }
        return new Thread(body, "handler");
    }

    @AfterEach
    void closeAll() {
        workers.forEach(worker -> worker.close(Duration.ZERO));
        queue.close();
        storage.close();
    }

    /** {@return a worker with so many threads, which is idle} */
    private Worker idle(Duration poll, int threads) throws Exception {
        faults.set("settleAndClaim", call -> {
            SettledAndClaimed answer = (SettledAndClaimed) call.go();
            claimedWithEnds.addAndGet(answer.claimed().size());
            return answer;
        });
        Worker worker = Worker.builder(faults.on(storage), queue)
                .pollInterval(poll)
                .concurrency(threads)
                .threads(this::thread)
                .listener(events)
                .concurrency("narrow", 1)
                .handle(WORK, (payload, run) -> {
                    ran.add(payload);
                    if (payload.equals("5")) {
                        inTheMiddle.get().go(run);
                    }
                    each.get().go(run);
                })
                .build();
        workers.add(worker);
        worker.start();
        Await.until("the worker is idle", () -> worker.statistics().gear() == Gear.IDLE);
        return worker;
    }

    private Workflow submitChain(String inQueue) {
        NewWorkflow chain =
                NewWorkflow.of("chain").task("0", NewTask.of(WORK, "0").queue(inQueue));
        for (int i = 1; i < LINKS; i++) {
            chain = chain.task("" + i, NewTask.of(WORK, "" + i).queue(inQueue)).after("" + (i - 1));
        }
        return workflows.submit(chain);
    }

    private void awaitEnd(Workflow chain) throws InterruptedException {
        assertThat(workflows.await(chain.id(), SOON).orElseThrow().status()).isEqualTo(WorkflowStatus.COMPLETED);
    }

    /** Stores a task of which the worker hears nothing, and waits until its next scan is due, or over. */
    private void submitAndPassOver(NewTask task) throws Exception {
        new TaskService(storage.tasks(), new InMemoryTaskQueue()).submit(task);
        awaitPoll();
    }

    private static void awaitPoll() throws Exception {
        long begin = System.nanoTime();
        Await.until("the next poll is due", () -> System.nanoTime() - begin > 3 * SHORT.toNanos());
    }

    private static NewTask urgent() {
        return NewTask.of(WORK, URGENT).priority(9);
    }

    @Test
    void eachTaskOfAChainIsClaimedWithTheEndOfTheOneBefore() throws Exception {
        Worker worker = idle(NEVER, 2);
        Workflow chain = submitChain("default");
        awaitEnd(chain);

        assertThat(claimedWithEnds).hasValueGreaterThan(LINKS / 2);
        assertThat(ran).hasSize(LINKS).isSortedAccordingTo(Comparator.comparing(Integer::valueOf));
        Await.until("all slots are free", () -> worker.statistics().gear() == Gear.IDLE);
    }

    @Test
    void whatIsMoreUrgentGoesBeforeTheRestOfAChain() throws Exception {
        Worker unused = idle(NEVER, 1);
        inTheMiddle.set(run -> tasks.submit(urgent()));
        awaitEnd(submitChain("default"));

        assertThat(ran.indexOf(URGENT)).isBetween(6, 10);
    }

    @Test
    void whatNobodyToldOfIsFoundInTheMidstOfAChain() throws Exception {
        Worker unused = idle(SHORT, 1);
        inTheMiddle.set(run -> submitAndPassOver(urgent()));
        awaitEnd(submitChain("default"));

        assertThat(ran.indexOf(URGENT)).isBetween(6, 10);
    }

    @Test
    void aChainKeepsNoOtherTaskOutOfAQueueWithALimit() throws Exception {
        Worker unused = idle(SHORT, 2);
        inTheMiddle.set(run -> submitAndPassOver(urgent().queue("narrow")));
        each.set(run -> {
            if (ran.contains("6") && !ran.contains(URGENT)) {
                awaitPoll();
            }
        });
        awaitEnd(submitChain("narrow"));

        assertThat(ran.indexOf(URGENT)).isBetween(6, 10);
    }

    @Test
    void whatIsClaimedWithAnEndIsNotGivenBackWhileTheAnswerIsOnItsWay() throws Exception {
        Worker unused = idle(SHORT, 2);
        AtomicInteger looks = new AtomicInteger();
        faults.set("held", call -> {
            looks.incrementAndGet();
            return call.go();
        });
        inTheMiddle.set(run -> faults.once("settleAndClaim", call -> {
            Object answer = call.go();
            int before = looks.get();
            Await.until("the claims were compared with the runs", () -> looks.get() > before + 4);
            return answer;
        }));
        Workflow chain = submitChain("default");
        awaitEnd(chain);

        assertThat(tasks.list(TaskFilter.all().workflow(chain.id()), PageRequest.first(LINKS))
                        .tasks())
                .hasSize(LINKS)
                .allMatch(task -> task.attempt() == 1);
    }

    @Test
    void aClaimWhoseAnswerIsLostWithTheEndsIsGivenBackAndRun() throws Exception {
        Worker unused = idle(SHORT, 2);
        inTheMiddle.set(run -> faults.once(
                "settleAndClaim", Faults.after(new OutcomeUnknownException("the answer is lost", List.of(), null))));
        Workflow chain = submitChain("default");
        awaitEnd(chain);

        assertThat(tasks.list(TaskFilter.all().workflow(chain.id()), PageRequest.first(LINKS))
                        .tasks())
                .filteredOn(task -> task.attempt() == 2)
                .extracting(Task::step)
                .hasSize(1);
    }

    @Test
    void anEndThatWaitsForTheStorageKeepsNoSlot() throws Exception {
        Worker unused = idle(SHORT, 1);
        faults.set("append", Faults.before(new StorageUnavailableException("it takes no lines", null)));
        inTheMiddle.set(run -> run.log(LogLevel.INFO, "in the middle"));
        Workflow chain = submitChain("default");
        Await.until("the middle has run", () -> ran.contains("5"));
        tasks.submit(urgent());
        Await.until("another task has run in the same slot", () -> ran.contains(URGENT));
        assertThat(ran).doesNotContain("6");
        faults.clear("append");
        awaitEnd(chain);
    }

    @Test
    void anEndIsToldOnceThoughWhatGoesOnThroughItFindsNoThread() throws Exception {
        refused = 2;
        Worker unused = idle(SHORT, 2);
        awaitEnd(submitChain("default"));

        assertThat(made).hasValueGreaterThan(1);
        events.await(TaskEvent.Kind.COMPLETED, LINKS, SOON);
        assertThat(events.events(TaskEvent.Kind.COMPLETED)).hasSize(LINKS);
        assertThat(events.events(TaskEvent.Kind.RELEASED)).hasSize(1);
    }

    @Test
    void aWorkerThatIsPausedGoesOnWithNoChain() throws Exception {
        Worker worker = idle(SHORT, 1);
        inTheMiddle.set(run -> worker.pause());
        Workflow chain = submitChain("default");
        Await.until("it rests", () -> worker.statistics().gear() == Gear.PAUSED);
        Await.until(
                "nothing runs",
                () -> tasks.count(TaskFilter.all().status(TaskStatus.RUNNING), 1)
                                .value()
                        == 0);

        assertThat(ran).hasSizeLessThan(LINKS / 2);
        worker.resume();
        awaitEnd(chain);
    }

    @Test
    void aWorkerThatIsClosedLeavesNothingOfAChainBehind() throws Exception {
        Worker worker = idle(NEVER, 2);
        Thread closing = new Thread(() -> worker.close(SOON), "closing");
        inTheMiddle.set(run -> {
            closing.start();
            Await.until("it is being closed", worker::isClosed);
        });
        Workflow chain = submitChain("default");
        Await.until("it is being closed", worker::isClosed);
        closing.join();

        assertThat(ran).hasSizeLessThan(LINKS / 2);
        assertThat(tasks.count(TaskFilter.all().status(TaskStatus.RUNNING), 1).value())
                .isZero();
        Worker unused = idle(SHORT, 1);
        awaitEnd(chain);
        assertThat(ran).hasSize(LINKS);
    }
}
