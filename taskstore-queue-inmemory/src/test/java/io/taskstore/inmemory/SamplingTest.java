package io.taskstore.inmemory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskstore.InvalidInputException;
import io.taskstore.MetricRepository.Bucket;
import io.taskstore.NewTask;
import io.taskstore.NewWorkflow;
import io.taskstore.OutcomeUnknownException;
import io.taskstore.RetryPolicy;
import io.taskstore.StorageUnavailableException;
import io.taskstore.TaskService;
import io.taskstore.TaskType;
import io.taskstore.TimeRange;
import io.taskstore.WorkflowService;
import io.taskstore.spi.Storage;
import io.taskstore.testkit.ManualClock;
import io.taskstore.testkit.ReferenceStorage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is recorded of a process, with a clock that the test moves. */
@Timeout(60)
final class SamplingTest {

    private static final TaskType<String> WORK = TaskType.of("work", String.class);
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final ManualClock clock = ManualClock.create();
    private final Faults faults = new Faults();
    private final Storage storage = faults.on(new ReferenceStorage(clock));
    private final InMemoryTaskQueue queue = new InMemoryTaskQueue();
    private final TaskService tasks = new TaskService(storage.tasks(), queue);
    private final List<Worker> workers = new ArrayList<>();
    private final Sampling sampling = new Sampling(storage, tasks, new Workforce(() -> List.copyOf(workers)));

    @AfterEach
    void close() {
        workers.forEach(Worker::close);
        queue.close();
        storage.close();
    }

    private Worker worker(String failing) {
        Worker worker = Worker.builder(storage, queue)
                .handle(
                        WORK,
                        (payload, run) -> {
                            if (payload.equals(failing)) {
                                throw new IllegalStateException("broken");
                            }
                        },
                        RetryPolicy.fixed(MINUTE).maxFailures(2))
                .build();
        workers.add(worker);
        return worker;
    }

    private List<Bucket> series(String name) {
        return storage.metrics().series(name, TimeRange.always(), Duration.ofSeconds(1));
    }

    private List<Double> sums(String name) {
        return series(name).stream().map(Bucket::sum).toList();
    }

    private void sampleAfter(Duration time) {
        clock.advance(time);
        sampling.sample();
    }

    @Test
    void countersTellWhatHappenedSinceTheSampleBefore() {
        Worker worker = worker("bad");
        tasks.submitAll(List.of(NewTask.of(WORK, "a"), NewTask.of(WORK, "b"), NewTask.of(WORK, "bad")));
        worker.runDue();
        sampleAfter(MINUTE);
        worker.runDue();
        sampleAfter(MINUTE);
        sampleAfter(MINUTE);
        assertThat(sums("tasks.submitted")).containsExactly(3.0);
        assertThat(sums("tasks.claimed")).containsExactly(3.0, 1.0);
        assertThat(sums("tasks.started")).containsExactly(3.0, 1.0);
        assertThat(sums("tasks.completed")).containsExactly(2.0);
        assertThat(sums("tasks.retried")).containsExactly(1.0);
        assertThat(sums("tasks.failed")).containsExactly(1.0);
        assertThat(series("tasks.lost")).isEmpty();
        assertThat(sums("commit.batch")).containsExactly(3.0, 1.0);
        assertThat(sums("commit.batch.max")).containsExactly(3.0, 1.0);
    }

    @Test
    void timingsTellTheMeanAndTheLongestOfTheInterval() {
        Worker worker = worker("");
        tasks.submit(NewTask.of(WORK, "a"));
        clock.advance(Duration.ofSeconds(4));
        tasks.submit(NewTask.of(WORK, "b"));
        clock.advance(Duration.ofSeconds(2));
        worker.runDue();
        sampling.sample();
        assertThat(sums("wait.time").get(0)).isBetween(4.0, 5.0);
        assertThat(sums("wait.time.max").get(0)).isBetween(6.0, 7.0);
        tasks.submit(NewTask.of(WORK, "c"));
        sampleAfter(MINUTE);
        worker.runDue();
        sampleAfter(MINUTE);
        assertThat(sums("wait.time")).hasSize(2);
        assertThat(sums("wait.time.max").get(1)).isBetween(60.0, 61.0);
        assertThat(sums("run.time.max")).hasSize(2);
    }

    @Test
    void aTaskThatWasGivenBackOrWaitedForAnotherDoesNotTellHowLongItWasDue() {
        Worker worker = worker("");
        new WorkflowService(storage.workflows(), tasks)
                .submit(NewWorkflow.of("two")
                        .task("first", NewTask.of(WORK, "1"))
                        .task("second", NewTask.of(WORK, "2"))
                        .after("first"));
        clock.advance(MINUTE);
        worker.runDue();
        assertThat(worker.totals().waits().count()).isEqualTo(1);
        assertThat(worker.totals().runs().count()).isEqualTo(2);
        sampling.sample();
        assertThat(sums("tasks.submitted")).containsExactly(2.0);
    }

    @Test
    void gaugesTellHowThingsAre() {
        tasks.submitAll(List.of(NewTask.of(WORK, "a"), NewTask.of(WORK, "b")));
        tasks.submit(NewTask.of(WORK, "later").runAt(clock.instant().plus(Duration.ofDays(1))));
        worker("");
        sampleAfter(MINUTE);
        assertThat(sums("queue.depth")).containsExactly(3.0);
        assertThat(sums("queue.hints")).containsExactly(2.0);
        assertThat(sums("backlog.age")).containsExactly(60.0);
        assertThat(sums("handlers.busy")).containsExactly(0.0);
        storage.queues().pause("default");
        sampleAfter(MINUTE);
        assertThat(sums("backlog.age")).containsExactly(60.0, 0.0);
    }

    @Test
    void whatIsCountedWhileTheStorageIsDownGoesIntoTheNextSample() {
        tasks.submit(NewTask.of(WORK, "a"));
        faults.once("record", Faults.before(new StorageUnavailableException("down", null)));
        assertThatThrownBy(sampling::sample).isInstanceOf(StorageUnavailableException.class);
        tasks.submit(NewTask.of(WORK, "b"));
        sampleAfter(MINUTE);
        assertThat(sums("tasks.submitted")).containsExactly(2.0);
    }

    @Test
    void theLongestWaitBeforeASampleThatWasNotStoredIsInTheNext() {
        Worker worker = worker("");
        tasks.submit(NewTask.of(WORK, "a"));
        clock.advance(MINUTE);
        worker.runDue();
        faults.once("record", Faults.before(new StorageUnavailableException("down", null)));
        assertThatThrownBy(sampling::sample).isInstanceOf(StorageUnavailableException.class);
        tasks.submit(NewTask.of(WORK, "b"));
        worker.runDue();
        sampling.sample();
        assertThat(sums("wait.time.max").get(0)).isBetween(60.0, 61.0);
    }

    @Test
    void theAgeOfTheBacklogIsNotHiddenByWhatMayNotRunYet() {
        for (int i = 0; i < 150; i++) {
            tasks.submit(NewTask.of(WORK, "later").runAt(clock.instant().plus(Duration.ofDays(1))));
            tasks.submit(NewTask.of(WORK, "halted").queue("halted"));
        }
        storage.queues().pause("halted");
        tasks.submit(NewTask.of(WORK, "due"));
        sampleAfter(MINUTE);
        assertThat(sums("backlog.age")).containsExactly(60.0);
    }

    @Test
    void whatMayBeStoredAlreadyIsNotCountedTwice() {
        tasks.submit(NewTask.of(WORK, "a"));
        faults.once("record", Faults.after(new OutcomeUnknownException("the answer is lost", List.of(), null)));
        assertThatThrownBy(sampling::sample).isInstanceOf(OutcomeUnknownException.class);
        sampleAfter(MINUTE);
        assertThat(sums("tasks.submitted")).containsExactly(1.0);
    }

    @Test
    void aWorkerThatWasClosedCountsOnceMoreAndNotTwice() {
        Worker worker = worker("");
        tasks.submit(NewTask.of(WORK, "a"));
        sampling.sample();
        worker.runDue();
        worker.close();
        workers.clear();
        sampleAfter(MINUTE);
        sampleAfter(MINUTE);
        worker("").runDue();
        sampleAfter(MINUTE);
        assertThat(sums("tasks.completed")).containsExactly(1.0);
    }

    @Test
    void aSamplerRecordsAtItsStartAndAtItsEndAndNothingAfterThat() throws Exception {
        AtomicInteger recorded = new AtomicInteger();
        faults.set("record", call -> {
            recorded.incrementAndGet();
            return call.go();
        });
        MetricSampler sampler = MetricSampler.start(storage, tasks, () -> List.copyOf(workers), Duration.ofHours(1));
        Await.until("there is a sample", () -> recorded.get() == 1);
        tasks.submit(NewTask.of(WORK, "a"));
        sampler.close();
        assertThat(recorded).hasValue(2);
        assertThat(sums("tasks.submitted")).containsExactly(1.0);
        sampler.close();
        assertThat(recorded).hasValue(2);
        Await.until(
                "its thread has ended",
                () -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().equals("taskstore-metrics")));
    }

    @Test
    void aSamplerGoesOnWhenTheStorageIsBack() throws Exception {
        AtomicInteger failed = new AtomicInteger();
        faults.set("record", call -> {
            failed.incrementAndGet();
            throw new StorageUnavailableException("down", null);
        });
        tasks.submit(NewTask.of(WORK, "a"));
        try (MetricSampler sampler =
                MetricSampler.start(storage, tasks, () -> List.copyOf(workers), Duration.ofSeconds(1))) {
            Await.until("it has tried", () -> failed.get() > 0);
            tasks.submit(NewTask.of(WORK, "b"));
            faults.clear("record");
            Await.until("there is a sample", () -> !series("queue.depth").isEmpty());
            assertThat(sampler).isNotNull();
        }
        assertThat(sums("tasks.submitted")).containsExactly(1.0);
    }

    @Test
    void whatIsOutOfRangeIsRefused() {
        assertThatThrownBy(() -> MetricSampler.start(storage, tasks, List::of, Duration.ofMillis(999)))
                .isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> MetricSampler.start(storage, tasks, List::of, Duration.ofHours(2)))
                .isInstanceOf(InvalidInputException.class);
    }
}
