package io.taskstore.inmemory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskstore.InvalidInputException;
import io.taskstore.NewTask;
import io.taskstore.TaskFilter;
import io.taskstore.TaskService;
import io.taskstore.TaskType;
import io.taskstore.inmemory.PurgeDuty.What;
import io.taskstore.jdbi.TaskDatabase;
import io.taskstore.jdbi.TaskDatabaseBuilder;
import io.taskstore.spi.Storage;
import io.taskstore.testkit.ManualClock;
import io.taskstore.testkit.ReferenceStorage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The thread that deletes what is old, and two processes that would do it at the same moment. */
@Timeout(60)
final class RetentionTest {

    private static final TaskType<String> WORK = TaskType.of("work", String.class);
    private static final Duration AGE = Duration.ofSeconds(1);

    @TempDir
    private Path folder;

    private final ManualClock clock = ManualClock.create();
    private final ReferenceStorage storage = new ReferenceStorage(clock);
    private final Faults faults = new Faults();
    private final CountDownLatch open = new CountDownLatch(1);

    @AfterEach
    void nothingIsLeft() throws Exception {
        open.countDown();
        Await.until("no thread is left", () -> threads().isEmpty());
        storage.close();
    }

    private static List<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("taskstore-purge"))
                .toList();
    }

    private static void endedTasks(Storage storage, int number) {
        TaskService tasks = new TaskService(storage.tasks(), new InMemoryTaskQueue());
        tasks.submitAll(Collections.nCopies(number, NewTask.of(WORK, "x")));
        tasks.cancel(TaskFilter.all(), null);
    }

    private static long count(Storage storage) {
        return storage.tasks().count(TaskFilter.all(), 10_000).value();
    }

    @Test
    void itDeletesByItselfUntilItIsClosed() throws Exception {
        Retention retention = Retention.ofEndedTasks(storage, AGE);
        for (int i = 0; i < 2; i++) {
            endedTasks(storage, 1);
            clock.advance(AGE.plusMillis(1));
            Await.until("the task was deleted", () -> count(storage) == 0);
        }
        assertThat(threads())
                .hasSize(1)
                .allMatch(Thread::isDaemon)
                .extracting(Thread::getName)
                .containsExactly("taskstore-purge-tasks");
        retention.close();
        assertThat(threads()).isEmpty();
        retention.close();
    }

    @Test
    void closingDoesNotWaitForAStorageThatHangs() throws Exception {
        CountDownLatch hangs = new CountDownLatch(1);
        faults.set("takeTurn", call -> {
            hangs.countDown();
            open.await();
            return call.go();
        });
        Retention retention = Retention.ofMetrics(faults.on(storage), AGE);
        hangs.await();
        retention.close();
        assertThat(open.getCount()).isEqualTo(1);
    }

    @Test
    void anInterruptEndsTheWaitingAndIsKept() {
        Retention retention = Retention.ofMetrics(storage, AGE);
        Thread.currentThread().interrupt();
        retention.close();
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void agesHaveBounds() {
        List<Duration> ages = List.of(Duration.ofMillis(999), Duration.ofDays(3_661), Duration.ofSeconds(-1));
        for (Duration age : ages) {
            assertThatThrownBy(() -> Retention.ofEndedTasks(storage, age)).isInstanceOf(InvalidInputException.class);
            assertThatThrownBy(() -> Retention.ofMetrics(storage, age)).isInstanceOf(InvalidInputException.class);
        }
        assertThatThrownBy(() -> Retention.ofMetrics(storage, null)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> Retention.ofMetrics(null, AGE)).isInstanceOf(InvalidInputException.class);
    }

    @Test
    void ofTwoOnOneFileOneDeletes() throws Exception {
        TaskDatabaseBuilder builder = TaskDatabase.builder("jdbc:sqlite:" + folder.resolve("tasks.db"))
                .clock(clock);
        assertOneOfTwoDeletes(builder::open);
    }

    @Test
    void ofTwoOnOneSchemaOneDeletes() throws Exception {
        TaskDatabaseBuilder builder = TestPostgres.builder().clock(clock);
        assertOneOfTwoDeletes(builder::open);
    }

    private void assertOneOfTwoDeletes(Supplier<TaskDatabase> opening) throws Exception {
        ExecutorService both = Executors.newFixedThreadPool(2);
        try (TaskDatabase one = opening.get();
                TaskDatabase other = opening.get()) {
            endedTasks(one, 3 * PurgeDuty.AT_ONCE);
            clock.advance(AGE.plusMillis(1));
            CyclicBarrier start = new CyclicBarrier(2);
            Future<Integer> first = both.submit(() -> stepsThatDelete(one, start));
            Future<Integer> second = both.submit(() -> stepsThatDelete(other, start));

            assertThat(List.of(first.get(), second.get())).containsExactlyInAnyOrder(0, 4);
            assertThat(count(one)).isZero();
        } finally {
            both.shutdown();
            assertThat(both.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    /** {@return how often something was deleted, or was looked for in vain, before there was a pause} */
    private static int stepsThatDelete(TaskDatabase database, CyclicBarrier start) throws Exception {
        AtomicInteger steps = new AtomicInteger();
        Faults counting = new Faults();
        counting.set("purge", call -> {
            steps.incrementAndGet();
            return call.go();
        });
        PurgeDuty duty = new PurgeDuty(What.ENDED_TASKS, counting.on(database), AGE, new Random());
        duty.next();
        start.await();
        Optional<Duration> pause = Optional.empty();
        while (pause.isEmpty()) {
            pause = Optional.of(duty.next()).filter(wait -> !wait.equals(PurgeDuty.REST));
        }
        return steps.get();
    }
}
