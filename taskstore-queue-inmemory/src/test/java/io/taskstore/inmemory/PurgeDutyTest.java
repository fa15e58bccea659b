package io.taskstore.inmemory;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.taskstore.MetricSample;
import io.taskstore.NewTask;
import io.taskstore.StorageUnavailableException;
import io.taskstore.Task;
import io.taskstore.TaskFilter;
import io.taskstore.TaskService;
import io.taskstore.TaskType;
import io.taskstore.TimeRange;
import io.taskstore.inmemory.PurgeDuty.What;
import io.taskstore.spi.Storage;
import io.taskstore.testkit.ManualClock;
import io.taskstore.testkit.ReferenceStorage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** What is deleted, when, and by whom: one step after the other, with a clock that stands still. */
final class PurgeDutyTest {

    private static final TaskType<String> WORK = TaskType.of("work", String.class);
    private static final Duration AGE = Duration.ofDays(30);
    private static final Duration MICRO = Duration.ofNanos(1_000);

    private final ManualClock clock = ManualClock.create();
    private final ReferenceStorage storage = new ReferenceStorage(clock);
    private final Faults faults = new Faults();
    private final Storage faulty = faults.on(storage);
    private final TaskService tasks = new TaskService(storage.tasks(), new InMemoryTaskQueue());
    private final Random random = new Random(7);
    private final Logger log = (Logger) LoggerFactory.getLogger(Retention.class);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

    @BeforeEach
    void listen() {
        lines.start();
        log.setLevel(Level.INFO);
        log.addAppender(lines);
        log.setAdditive(false);
    }

    @AfterEach
    void close() {
        log.detachAppender(lines);
        log.setLevel(null);
        log.setAdditive(true);
        storage.close();
    }

    private List<String> told() {
        return lines.list.stream()
                .map(line -> line.getLevel() + " " + line.getFormattedMessage())
                .toList();
    }

    /** {@return a duty that has begun} */
    private PurgeDuty begun(What what) {
        PurgeDuty duty = new PurgeDuty(what, faulty, AGE, random);
        duty.next();
        return duty;
    }

    private void endedTasks(int number) {
        List<NewTask> some = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            some.add(NewTask.of(WORK, "x").queue("old"));
        }
        tasks.submitAll(some);
        tasks.cancel(TaskFilter.all().queue("old"), null);
    }

    private long count() {
        return tasks.count(TaskFilter.all(), 10_000).value();
    }

    private static void assertIsAbout(Duration actual, Duration expected) {
        assertThat(actual)
                .isBetween(
                        expected.multipliedBy(9).dividedBy(10),
                        expected.multipliedBy(11).dividedBy(10));
    }

    @Test
    void whatEndedLongerAgoThanTheAgeIsDeletedAndNothingElse() {
        Task open = tasks.submit(NewTask.of(WORK, "open"));
        endedTasks(3);
        clock.advance(MICRO);
        endedTasks(2);
        clock.advance(AGE);

        begun(What.ENDED_TASKS).next();

        assertThat(count()).isEqualTo(3);
        assertThat(tasks.find(open.id())).isPresent();
        assertThat(told()).containsExactly("INFO purge-tasks: 3 deleted that were older than PT720H");
    }

    @Test
    void metricsThatAreOlderThanTheAgeAreDeletedAndNoTasks() {
        storage.metrics().record(List.of(sample()));
        endedTasks(1);
        clock.advance(MICRO);
        storage.metrics().record(List.of(sample()));
        clock.advance(AGE);

        begun(What.METRICS).next();

        assertThat(storage.metrics()
                        .series("depth", TimeRange.always(), Duration.ofSeconds(1))
                        .get(0)
                        .count())
                .isEqualTo(1);
        assertThat(count()).isEqualTo(1);
    }

    private MetricSample sample() {
        return new MetricSample("depth", MetricSample.Kind.GAUGE, clock.instant(), 1);
    }

    @Test
    void theFirstStepOnlyWaits() {
        endedTasks(1);
        clock.advance(AGE.plus(MICRO));
        List<Duration> waits = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            waits.add(new PurgeDuty(What.ENDED_TASKS, storage, AGE, random).next());
        }

        assertThat(count()).isEqualTo(1);
        assertThat(waits).doesNotHaveDuplicates().allMatch(wait -> wait.compareTo(Duration.ofMinutes(1)) < 0);
    }

    @ParameterizedTest
    @CsvSource({"PT1S, PT1S", "PT9S, PT1S", "PT1M, PT6S", "PT5H, PT30M", "P30D, PT1H", "P3660D, PT1H"})
    void itLooksTenTimesWithinTheAgeOrOnceAnHour(Duration age, Duration pause) {
        PurgeDuty duty = new PurgeDuty(What.ENDED_TASKS, storage, age, random);
        Duration first = duty.next();

        assertThat(first).isLessThanOrEqualTo(pause);
        for (int i = 0; i < 20; i++) {
            assertIsAbout(duty.next(), pause);
        }
        assertThat(told()).isEmpty();
    }

    @Test
    void muchIsDeletedInSmallStepsWithRestsBetween() {
        endedTasks(2 * PurgeDuty.AT_ONCE + 1);
        clock.advance(AGE.plus(MICRO));
        PurgeDuty duty = begun(What.ENDED_TASKS);

        assertThat(duty.next()).isEqualTo(PurgeDuty.REST);
        assertThat(count()).isEqualTo(PurgeDuty.AT_ONCE + 1);
        assertThat(duty.next()).isEqualTo(PurgeDuty.REST);
        assertThat(count()).isEqualTo(1);
        assertIsAbout(duty.next(), Duration.ofHours(1));
        assertThat(count()).isZero();
        assertThat(told()).containsExactly("INFO purge-tasks: 1001 deleted that were older than PT720H");
    }

    @Test
    void oneDeletesAtATimeAndAnotherFollowsWhenItsTurnIsOver() {
        endedTasks(3 * PurgeDuty.AT_ONCE);
        clock.advance(AGE.plus(MICRO));
        PurgeDuty first = begun(What.ENDED_TASKS);
        PurgeDuty second = begun(What.ENDED_TASKS);

        assertThat(first.next()).isEqualTo(PurgeDuty.REST);
        assertIsAbout(second.next(), Duration.ofHours(1));
        assertThat(count()).isEqualTo(2 * PurgeDuty.AT_ONCE);

        clock.advance(PurgeDuty.TURN);
        assertThat(second.next()).isEqualTo(PurgeDuty.REST);
        assertIsAbout(first.next(), Duration.ofHours(1));
        assertThat(count()).isEqualTo(PurgeDuty.AT_ONCE);
    }

    @Test
    void eachStepTakesTheTurnAnew() {
        endedTasks(3 * PurgeDuty.AT_ONCE);
        clock.advance(AGE.plus(MICRO));
        PurgeDuty first = begun(What.ENDED_TASKS);
        PurgeDuty second = begun(What.ENDED_TASKS);

        for (int i = 0; i < 2; i++) {
            assertThat(first.next()).isEqualTo(PurgeDuty.REST);
            clock.advance(PurgeDuty.TURN.minusSeconds(1));
        }
        second.next();

        assertThat(count()).isEqualTo(PurgeDuty.AT_ONCE);
    }

    @Test
    void whoDeletesTasksDoesNotKeepAnotherFromMetrics() {
        storage.metrics().record(List.of(sample()));
        clock.advance(AGE.plus(MICRO));

        begun(What.ENDED_TASKS).next();
        begun(What.METRICS).next();

        assertThat(storage.metrics().series("depth", TimeRange.always(), Duration.ofSeconds(1)))
                .isEmpty();
    }

    @Test
    void whileTheStorageIsDownItSaysSoOnceAndGoesOnAfterwards() {
        endedTasks(1);
        clock.advance(AGE.plus(MICRO));
        PurgeDuty duty = begun(What.ENDED_TASKS);

        for (String call : List.of("takeTurn", "purge", "takeTurn")) {
            faults.set(call, Faults.before(new StorageUnavailableException("it is down", null)));
            assertIsAbout(duty.next(), Duration.ofMinutes(1));
            faults.clear(call);
        }
        assertIsAbout(duty.next(), Duration.ofHours(1));
        assertThat(count()).isZero();
        faults.set("takeTurn", Faults.before(new IllegalStateException("a mistake")));
        duty.next();

        assertThat(told())
                .containsExactly(
                        "WARN purge-tasks failed, and is tried again until it succeeds: it is down",
                        "INFO purge-tasks: 1 deleted that were older than PT720H",
                        "INFO purge-tasks goes on",
                        "WARN purge-tasks failed, and is tried again until it succeeds");
        assertThat(lines.list.get(0).getThrowableProxy()).isNull();
        assertThat(lines.list.get(3).getThrowableProxy()).isNotNull();
    }

    @Test
    void aStepThatFailsBecauseItIsEndedSaysNothing() {
        PurgeDuty duty = begun(What.ENDED_TASKS);
        duty.end();
        storage.close();

        duty.next();

        assertThat(told()).isEmpty();
    }
}
