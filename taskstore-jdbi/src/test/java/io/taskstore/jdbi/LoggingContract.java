package io.taskstore.jdbi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.taskstore.MetricSample;
import io.taskstore.NewTask;
import io.taskstore.PageRequest;
import io.taskstore.Slots;
import io.taskstore.StorageFailedException;
import io.taskstore.Task;
import io.taskstore.TaskFilter;
import io.taskstore.TaskStoreException;
import io.taskstore.WorkerId;
import io.taskstore.WorkerProfile;
import io.taskstore.spi.ClaimRequest;
import io.taskstore.spi.Claimed;
import io.taskstore.testkit.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** What is logged, and what never is. */
abstract class LoggingContract {

    private static final String SECRET = "s3cr3t";

    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final Logger sql = (Logger) LoggerFactory.getLogger("io.taskstore.jdbi.sql");
    private final Logger all = (Logger) LoggerFactory.getLogger("io.taskstore");
    private TaskDatabase database;

    abstract TaskDatabaseBuilder builder();

    /** {@return SQL that counts to two million} */
    abstract String heavy();

    @BeforeEach
    final void begin() {
        database = builder().open();
        lines.start();
        all.setLevel(Level.DEBUG);
        all.addAppender(lines);
        all.setAdditive(false);
    }

    @AfterEach
    final void end() {
        all.detachAppender(lines);
        all.setLevel(null);
        all.setAdditive(true);
        sql.setLevel(null);
        database.close();
    }

    private List<String> told(Level level) {
        return List.copyOf(lines.list).stream()
                .filter(line -> line.getLevel() == level && line.getLoggerName().equals(sql.getName()))
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    private static NewTask secretTask() {
        return NewTask.of(Fixtures.WORK, new Fixtures.Work(SECRET + "-payload", 1))
                .title(SECRET + "-title")
                .description(SECRET + "-description")
                .uniqueKey(SECRET + "-key")
                .metadata("tenant", SECRET + "-metadata")
                .note(SECRET + "-note")
                .submittedBy(SECRET + "-person");
    }

    @Test
    void aTaskThatCannotBeReadIsNamedAndPassedOver() {
        Task broken = broken();
        Task whole = Operation.create(database);
        assertThat(database.tasks()
                        .list(TaskFilter.all(), PageRequest.first(10))
                        .tasks())
                .extracting(Task::id)
                .containsExactly(whole.id());
        assertThat(lines.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .anyMatch(line -> line.startsWith("task " + broken.id() + " cannot be read"));
    }

    /** A claim that follows one which found nothing looks in another way. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aTaskThatCannotBeReadKeepsNoneBehindItFromWorkers(boolean afterNothing) {
        ClaimRequest one = ClaimRequest.due(Operation.worker(database), Set.of("work"), Slots.of(1));
        if (afterNothing) {
            assertThat(database.claims().claim(one).tasks()).isEmpty();
        }
        broken();
        List<UUID> whole =
                Stream.generate(() -> Operation.create(database).id()).limit(2).toList();
        Claimed first = database.claims().claim(one);
        assertThat(first.tasks()).extracting(Task::id).containsExactly(whole.get(0));
        assertThat(first.more()).isTrue();
        assertThat(database.claims().claim(one).tasks()).extracting(Task::id).containsExactly(whole.get(1));
    }

    private Task broken() {
        Task task = Operation.create(database);
        database.transactions()
                .write(
                        Call.of("break"),
                        session -> session.update("UPDATE taskstore_task SET attempt = -9 WHERE id = :id")
                                .bind("id", task.id())
                                .execute());
        return task;
    }

    @Test
    void aFlightRecordingHasOurStatementsWithoutTheirValues() throws IOException {
        Path file = Files.createTempFile("taskstore", ".jfr");
        try (Recording recording = new Recording()) {
            recording.enable("jdbi.statement").withoutThreshold();
            recording.start();
            Task task =
                    database.tasks().create(Fixtures.draft(secretTask()), null).task();
            database.tasks().list(TaskFilter.all().uniqueKey(SECRET + "-key"), PageRequest.first(10));
            database.tasks().cancel(TaskFilter.all().ids(Set.of(task.id())), SECRET + "-note");
            recording.stop();
            recording.dump(file);
            assertThat(RecordingFile.readAllEvents(file))
                    .extracting(Object::toString)
                    .anyMatch(event -> event.contains("taskstore_task"))
                    .noneMatch(event -> event.contains(SECRET));
        } finally {
            Files.delete(file);
        }
    }

    @Test
    void eachStatementIsToldWithItsTimeAndRows() {
        for (int i = 0; i < 3; i++) {
            database.tasks().create(Fixtures.draft(), null);
        }
        assertThat(told(Level.DEBUG))
                .anySatisfy(line -> assertThat(line).matches("\\d+\\.\\d+ ms, (1 rows|a batch): (WITH|INSERT) .*"));
        lines.list.clear();
        database.tasks().list(TaskFilter.all(), PageRequest.first(10));
        assertThat(told(Level.DEBUG)).anySatisfy(line -> assertThat(line).matches("\\d+\\.\\d+ ms, 3 rows: SELECT .*"));
        lines.list.clear();
        database.transactions()
                .write(
                        Call.of("test"),
                        session -> session.update("UPDATE taskstore_task SET title = 'x'")
                                .execute());
        assertThat(told(Level.DEBUG)).anySatisfy(line -> assertThat(line).matches("\\d+\\.\\d+ ms, 3 rows: UPDATE .*"));
        assertThat(told(Level.WARN)).isEmpty();
    }

    @Test
    void aWorkerWithNothingToDoAsksOneThingInEachLook() {
        WorkerId worker = Operation.worker(database);
        ClaimRequest due = ClaimRequest.due(worker, Set.of("work"), Slots.of(8));
        database.claims().recover();
        database.claims().claim(due);
        lines.list.clear();

        assertThat(database.claims().recover()).isEmpty();
        assertThat(told(Level.DEBUG)).hasSize(1);
        assertThat(database.claims().held(worker)).isEmpty();
        assertThat(told(Level.DEBUG)).hasSize(2);
        assertThat(database.claims().claim(due).tasks()).isEmpty();
        assertThat(told(Level.DEBUG)).hasSize(3);
    }

    @Test
    void manyMetricsAreDeletedInSmallSteps() {
        Instant old = Instant.parse("2026-01-15T09:00:00Z");
        database.metrics()
                .record(Collections.nCopies(2_500, new MetricSample("some", MetricSample.Kind.GAUGE, old, 1)));
        lines.list.clear();

        assertThat(database.metrics().purge(old.plusSeconds(1))).isEqualTo(2_500);

        assertThat(told(Level.DEBUG)).hasSize(3).allMatch(line -> line.contains("DELETE FROM "));
        assertThat(database.metrics().purge(old.plusSeconds(1))).isZero();
    }

    @Test
    void aSlowStatementIsAWarningWhateverTheLevel() {
        sql.setLevel(Level.WARN);
        try (TaskDatabase impatient = builder().slowQuery(Duration.ofMillis(1)).open()) {
            impatient
                    .transactions()
                    .read(
                            Call.of("test"),
                            session -> session.query(heavy()).mapTo(Long.class).one());
        }
        assertThat(told(Level.WARN))
                .anySatisfy(line -> assertThat(line)
                        .matches("slow: \\d+\\.\\d+ ms, 1 rows: .*")
                        .contains("2000000"));
        assertThat(told(Level.DEBUG)).isEmpty();
    }

    @Test
    void nothingIsToldBelowItsLevel() {
        sql.setLevel(Level.WARN);
        database.tasks().create(Fixtures.draft(), null);
        assertThat(lines.list).isEmpty();
    }

    @Test
    void noValueIsEverTold() {
        var stored = database.tasks().create(Fixtures.draft(secretTask()), null).task();
        assertTellsNothing(
                catchThrowable(() ->
                        database.tasks().create(Fixtures.draft(secretTask().title("other")), null)),
                false);
        database.tasks()
                .list(
                        TaskFilter.all()
                                .metadata("tenant", SECRET + "-metadata")
                                .titlePrefix(SECRET),
                        PageRequest.first(5));
        database.tasks().cancel(TaskFilter.all().submittedBy(SECRET + "-person"), SECRET + "-why");
        database.tasks().requeue(TaskFilter.all().ids(List.of(stored.id())), SECRET + "-again");
        database.claims().register(new WorkerProfile(SECRET + "-worker", Set.of(SECRET), Set.of(SECRET)));
        assertThat(told(Level.DEBUG)).hasSizeGreaterThan(5);
        assertNothingTold();
    }

    @Test
    void noValueIsToldOfAStatementThatFails() {
        breakTheTable();
        Throwable thrown = catchThrowable(() -> database.tasks().create(Fixtures.draft(secretTask()), null));
        assertThat(thrown).isInstanceOf(StorageFailedException.class);
        assertTellsNothing(thrown, true);
        assertNothingTold();
    }

    @Test
    void noValueIsToldOfAConstraintThatIsBroken() {
        Throwable thrown = catchThrowable(() -> database.transactions()
                .write(
                        Call.of("test"),
                        session -> session.update(
                                        "INSERT INTO taskstore_paused_queue (queue) VALUES (:queue), (:queue)")
                                .bind("queue", SECRET)
                                .execute()));
        assertThat(thrown).isInstanceOf(StorageFailedException.class);
        assertTellsNothing(thrown, true);
        assertThat(told(Level.DEBUG)).anySatisfy(line -> assertThat(line).startsWith("failed with "));
        assertNothingTold();
    }

    private void breakTheTable() {
        database.transactions()
                .write(
                        Call.of("test"),
                        session -> session.update("ALTER TABLE taskstore_task RENAME COLUMN payload TO payload_gone")
                                .execute());
        lines.list.clear();
    }

    private static void assertTellsNothing(Throwable thrown, boolean fromTheDatabase) {
        assertThat(thrown).isInstanceOf(TaskStoreException.class);
        for (Throwable each = thrown; each != null; each = each.getCause()) {
            boolean isOurs = each.getClass().getName().startsWith("io.taskstore.");
            boolean isJdbi = each.getClass().getName().startsWith("org.jdbi.");
            if (isOurs || isJdbi) {
                assertThat(
                                fromTheDatabase
                                        ? each.getMessage()
                                        : each.getMessage().replace(SECRET + "-key", ""))
                        .doesNotContain(SECRET);
            }
        }
    }

    private void assertNothingTold() {
        assertThat(lines.list).extracting(ILoggingEvent::getFormattedMessage).noneMatch(line -> line.contains(SECRET));
        assertThat(lines.list).extracting(ILoggingEvent::getThrowableProxy).allMatch(Objects::isNull);
    }
}
