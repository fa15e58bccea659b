package io.taskstore.inmemory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskstore.InvalidInputException;
import io.taskstore.NewTask;
import io.taskstore.PageRequest;
import io.taskstore.Task;
import io.taskstore.TaskFilter;
import io.taskstore.TaskHandler;
import io.taskstore.TaskService;
import io.taskstore.TaskStatus;
import io.taskstore.TaskType;
import io.taskstore.inmemory.WorkerStatistics.Gear;
import io.taskstore.spi.Storage;
import io.taskstore.testkit.ReferenceStorage;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Closing takes no longer than it was told, whatever hangs, and leaves tasks as they should be. */
@Timeout(60)
final class ClosingTest {

    private static final TaskType<String> WORK = TaskType.of("work", String.class);
    private static final Duration SHORT = Duration.ofMillis(100);
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration NEVER = Duration.ofHours(1);
    private static final Duration BEYOND = Duration.ofSeconds(1);

    private final Faults faults = new Faults();
    private final ReferenceStorage storage = new ReferenceStorage(InstantSource.system());
    private final Storage faulty = faults.on(storage);
    private final InMemoryTaskQueue queue = new InMemoryTaskQueue();
    private final TaskService tasks = new TaskService(storage.tasks(), queue);
    private final ExecutorService others = Executors.newCachedThreadPool();
    private final CountDownLatch begun = new CountDownLatch(2);

    /** What hangs, hangs until this is open. */
    private final CountDownLatch open = new CountDownLatch(1);

    @AfterEach
    void nothingIsLeftOnceWhatHungGoesOn() throws Exception {
        boolean unused = Thread.interrupted();
        open.countDown();
        others.shutdownNow();
        Await.until(
                "no thread of a worker is left",
                () -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().startsWith("taskstore-closing-")));
        queue.close();
        storage.close();
    }

    private Worker worker(TaskHandler<String> handler) {
        return Worker.builder(faulty, queue)
                .name("closing")
                .pollInterval(NEVER)
                .concurrency(2)
                .handle(WORK, (payload, run) -> {
                    begun.countDown();
                    handler.handle(payload, run);
                })
                .build();
    }

    /** {@return a worker with two handlers at work and one task that waits} */
    private Worker busy(TaskHandler<String> handler) throws InterruptedException {
        Worker worker = worker(handler).start();
        for (String payload : List.of("one", "two", "three")) {
            tasks.submit(NewTask.of(WORK, payload));
        }
        begun.await();
        return worker;
    }

    private static void assertClosesInTime(Worker worker, Duration timeout) {
        long began = System.nanoTime();
        worker.close(timeout);
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(timeout.plus(BEYOND));
    }

    private List<Task> all() {
        return tasks.list(TaskFilter.all(), PageRequest.first(10)).tasks();
    }

    private void assertStatuses(TaskStatus... expected) {
        assertThat(all()).extracting(Task::status).containsExactlyInAnyOrder(expected);
        assertThat(all()).allSatisfy(task -> {
            assertThat(task.failures()).isZero();
            assertThat(task.crashes()).isZero();
        });
    }

    /** Waits in spite of all interrupts. */
    private Object stubbornly(Faults.Call call) throws Throwable {
        boolean isOpen = false;
        while (!isOpen) {
            try {
                isOpen = open.await(LONG.toSeconds(), TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                isOpen = false;
            }
        }
        return call.go();
    }

    @Often
    void handlersThatEndAreWaitedForAndTheirTasksCompleted() throws Exception {
        Semaphore permits = new Semaphore(0);
        Worker worker = busy((payload, run) -> permits.acquire());
        Future<?> closing = others.submit(() -> worker.close(LONG));
        Await.until("closing has begun", () -> !worker.health().works());
        permits.release(2);
        closing.get(LONG.toSeconds(), TimeUnit.SECONDS);
        assertStatuses(TaskStatus.COMPLETED, TaskStatus.COMPLETED, TaskStatus.PENDING);
    }

    @Often
    void handlersThatWaitAreInterruptedAndTheirTasksGivenBack() throws Exception {
        assertClosesInTime(busy((payload, run) -> open.await()), SHORT);
        assertStatuses(TaskStatus.PENDING, TaskStatus.PENDING, TaskStatus.PENDING);
    }

    @Often
    void handlersThatIgnoreInterruptsAreLeftAloneAndTheirTasksGivenBack() throws Throwable {
        assertClosesInTime(busy((payload, run) -> ignoreInterrupts()), SHORT);
        assertStatuses(TaskStatus.PENDING, TaskStatus.PENDING, TaskStatus.PENDING);
    }

    private void ignoreInterrupts() throws Exception {
        try {
            Object unused = stubbornly(() -> "");
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    @Often
    void handlersThatThrowWhenTheyAreInterruptedHaveNotFailed() throws Exception {
        assertClosesInTime(
                busy((payload, run) -> {
                    try {
                        open.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException("interrupted", e);
                    }
                }),
                SHORT);
        assertStatuses(TaskStatus.PENDING, TaskStatus.PENDING, TaskStatus.PENDING);
    }

    @Often
    void handlersThatSitInTheDatabaseAreLeftAlone() throws Exception {
        faults.set("find", this::stubbornly);
        assertClosesInTime(busy((payload, run) -> faulty.tasks().find(run.task().id())), SHORT);
        assertStatuses(TaskStatus.PENDING, TaskStatus.PENDING, TaskStatus.PENDING);
    }

    @Often
    void endsThatCannotBeRecordedInTimeAreRecordedLater() throws Exception {
        faults.set("settle", this::stubbornly);
        assertClosesInTime(busy((payload, run) -> {}), SHORT);
        open.countDown();
        Await.until(
                "nothing runs any more", () -> all().stream().noneMatch(task -> task.status() == TaskStatus.RUNNING));
        assertThat(all()).extracting(Task::status).contains(TaskStatus.COMPLETED);
    }

    @Often
    void aClaimThatHangsKeepsNobodyFromClosing() throws Exception {
        CountDownLatch claiming = new CountDownLatch(1);
        faults.set("claim", call -> {
            claiming.countDown();
            return stubbornly(call);
        });
        Worker worker = worker((payload, run) -> {}).start();
        claiming.await();
        assertClosesInTime(worker, SHORT);
    }

    @Often
    void aWorkerThatHasJustBegunToLookIsClosedAtOnce() {
        for (int i = 0; i < 50; i++) {
            Worker worker = worker((payload, run) -> {}).start();
            long began = System.nanoTime();
            worker.close(LONG);
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(LONG);
        }
    }

    @Often
    void aStartThatHangsKeepsNobodyFromClosing() throws Exception {
        CountDownLatch starting = new CountDownLatch(1);
        faults.set("register", call -> {
            starting.countDown();
            return stubbornly(call);
        });
        Worker worker = worker((payload, run) -> {});
        Future<Worker> start = others.submit(worker::start);
        starting.await();
        assertClosesInTime(worker, SHORT);
        open.countDown();
        assertThatThrownBy(() -> start.get(LONG.toSeconds(), TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(InvalidInputException.class);
    }

    @Often
    void aSecondCallReturnsToo() throws Exception {
        Worker worker = busy((payload, run) -> open.await());
        assertClosesInTime(worker, SHORT);
        assertClosesInTime(worker, SHORT);
    }

    @Often
    void aSecondThreadWaitsForTheFirstNoLongerThanItWants() throws Exception {
        Worker worker = busy((payload, run) -> open.await());
        Future<?> first = others.submit(() -> worker.close(LONG));
        Await.until("closing has begun", () -> !worker.health().works());
        assertClosesInTime(worker, SHORT);
        assertThat(first.isDone()).isFalse();
        open.countDown();
        first.get(LONG.toSeconds(), TimeUnit.SECONDS);
        assertStatuses(TaskStatus.COMPLETED, TaskStatus.COMPLETED, TaskStatus.PENDING);
    }

    @Often
    void anInterruptEndsTheWaitingAndIsKept() throws Exception {
        Worker worker = busy((payload, run) -> open.await());
        Thread.currentThread().interrupt();
        assertClosesInTime(worker, LONG);
        assertThat(Thread.interrupted()).isTrue();
        Await.until("all is given back", () -> all().stream().allMatch(task -> task.status() == TaskStatus.PENDING));
    }

    @Test
    void aHandlerCannotCloseItsWorker() throws Exception {
        AtomicReference<Worker> self = new AtomicReference<>();
        List<Throwable> refusals = new ArrayList<>();
        try (Worker worker = worker((payload, run) -> {
            try {
                self.get().close();
            } catch (InvalidInputException e) {
                refusals.add(e);
            }
        })) {
            self.set(worker);
            worker.start();
            Await.until("it is idle", () -> worker.statistics().gear() == Gear.IDLE);
            Task task = tasks.submit(NewTask.of(WORK, "x"));
            assertThat(tasks.await(task.id(), LONG)).isPresent();
            assertThat(refusals).hasSize(1);
            assertThat(worker.health().works()).isTrue();
        }
    }
}
