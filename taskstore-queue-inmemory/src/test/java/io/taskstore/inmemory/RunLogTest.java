package io.taskstore.inmemory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import io.taskstore.InvalidInputException;
import io.taskstore.LogEntry;
import io.taskstore.LogLevel;
import io.taskstore.NewTask;
import io.taskstore.Progress;
import io.taskstore.RetryPolicy;
import io.taskstore.StorageUnavailableException;
import io.taskstore.Task;
import io.taskstore.TaskHandler;
import io.taskstore.TaskRun;
import io.taskstore.TaskService;
import io.taskstore.TaskStatus;
import io.taskstore.TaskType;
import io.taskstore.testkit.ManualClock;
import io.taskstore.testkit.ReferenceStorage;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What of a handler's words is kept beside its task. */
final class RunLogTest {

    private static final TaskType<String> WORK = TaskType.of("work", String.class);

    private final ReferenceStorage storage = new ReferenceStorage(ManualClock.create());
    private final InMemoryTaskQueue queue = new InMemoryTaskQueue();
    private final TaskService tasks = new TaskService(storage.tasks(), queue);
    private final LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    private final Logger logger = context.getLogger("host.of.tasks");
    private final RunLogAppender appender = new RunLogAppender();

    @BeforeEach
    void capture() {
        appender.setContext(context);
        appender.start();
        logger.setLevel(Level.TRACE);
        logger.addAppender(appender);
    }

    @AfterEach
    void close() {
        logger.detachAppender(appender);
        queue.close();
        storage.close();
    }

    private Task run(WorkerBuilder builder, TaskHandler<String> handler) {
        Task task = tasks.submit(NewTask.of(WORK, "x"));
        try (Worker worker = builder.handle(WORK, handler, RetryPolicy.none()).build()) {
            assertThat(worker.runDue()).isEqualTo(1);
        }
        return task;
    }

    private WorkerBuilder worker() {
        return Worker.builder(storage, queue);
    }

    private List<LogEntry> lines(Task task) {
        return storage.reports().logs(task.id(), 0, LogLevel.DEBUG, null, 1_000);
    }

    private List<String> said(Task task) {
        return lines(task).stream()
                .map(line -> line.line() + " " + line.level() + " " + line.message())
                .toList();
    }

    @Test
    void theLogOfARunHasSoManyLinesAndOneThatSaysHowManyAreMissing() {
        Task task = run(worker().logLines(2), (payload, run) -> {
            for (int i = 1; i <= 1_236; i++) {
                run.log(LogLevel.INFO, "line " + i);
            }
        });
        assertThat(said(task))
                .containsExactly(
                        "1 INFO line 1",
                        "2 INFO line 2",
                        "3 WARN 1,234 lines were dropped; the log of a run has 2 at most");
    }

    @Test
    void aLogWhoseLinesHadNoRoomSaysThat() {
        String longest = "x".repeat(16_384);
        Faults faults = new Faults();
        faults.set("append", Faults.before(new StorageUnavailableException("down", null)));
        Task task = run(Worker.builder(faults.on(storage), queue).logLines(3_000), (payload, run) -> {
            for (int i = 1; i <= 2_500; i++) {
                run.log(LogLevel.INFO, longest);
            }
            faults.clear("append");
        });
        List<LogEntry> kept = lines(task);
        LogEntry last = storage.reports().logs(task.id(), 1, LogLevel.DEBUG, kept.get(kept.size() - 1), 2_000).stream()
                .reduce((one, two) -> two)
                .orElseThrow();
        assertThat(last.message()).matches("[0-9]{3} lines were dropped; too many were waiting to be stored");
    }

    @Test
    void aLogThatIsJustFullHasNoSuchLine() {
        Task task = run(worker().logLines(2), (payload, run) -> {
            run.log(LogLevel.INFO, "one");
            run.log(LogLevel.INFO, "two");
        });
        assertThat(said(task)).containsExactly("1 INFO one", "2 INFO two");
    }

    @Test
    void aRunThatFailsSaysTooHowManyLinesAreMissing() {
        Task task = run(worker().logLines(0), (payload, run) -> {
            run.log(LogLevel.ERROR, "one");
            throw new IllegalStateException("broken");
        });
        assertThat(said(task)).containsExactly("1 WARN 1 lines were dropped; the log of a run has 0 at most");
    }

    @Test
    void unlessToldALogHasAThousandLines() {
        Task task = run(worker(), (payload, run) -> {
            for (int i = 1; i <= 1_001; i++) {
                run.log(LogLevel.INFO, "x");
            }
        });
        LogEntry thousandth = lines(task).get(999);
        assertThat(storage.reports().logs(task.id(), 1, LogLevel.DEBUG, thousandth, 10))
                .extracting(LogEntry::message)
                .containsExactly("1 lines were dropped; the log of a run has 1,000 at most");
    }

    @Test
    void whatAHandlerLogsThroughSlf4jIsInTheLogOfItsRun() {
        Task task = run(worker(), (payload, run) -> {
            logger.trace("looking");
            logger.debug("found {}", 3);
            logger.info("sending");
            run.log(LogLevel.INFO, "by hand");
            logger.warn("slow");
            logger.error("gave up", new IllegalStateException("no route"));
        });
        assertThat(said(task))
                .containsExactly(
                        "1 DEBUG looking",
                        "2 DEBUG found 3",
                        "3 INFO sending",
                        "4 INFO by hand",
                        "5 WARN slow",
                        "6 ERROR gave up: java.lang.IllegalStateException: no route");
    }

    @Test
    void whatIsLoggedOutsideOfHandlersIsInNoLog() {
        Task task = run(worker(), (payload, run) -> {
            Thread other = new Thread(() -> logger.info("elsewhere"));
            other.start();
            other.join();
        });
        logger.info("afterwards");
        assertThat(lines(task)).isEmpty();
    }

    @Test
    void whatIsLoggedWhileALineIsWrittenDownIsNotWrittenDown() {
        ReferenceStorage noisy = new ReferenceStorage(() -> {
            logger.info("somebody asks for the time");
            return java.time.Instant.EPOCH;
        });
        Task task = new TaskService(noisy.tasks(), queue).submit(NewTask.of(WORK, "x"));
        try (Worker worker = Worker.builder(noisy, queue)
                .handle(WORK, (payload, run) -> logger.info("sending"))
                .build()) {
            assertThat(worker.runDue()).isEqualTo(1);
        }
        assertThat(noisy.tasks().find(task.id()).orElseThrow().error()).isEmpty();
        assertThat(noisy.reports().logs(task.id(), 0, LogLevel.DEBUG, null, 10))
                .extracting(LogEntry::message)
                .containsExactly("sending");
    }

    @Test
    void theLastProgressIsThatOfTheTaskThatHasEnded() {
        Task task = run(worker(), (payload, run) -> {
            for (int i = 0; i <= 100; i++) {
                run.progress(i, "part " + i);
            }
        });
        assertThat(tasks.find(task.id()).orElseThrow().progress()).contains(new Progress(100, "part 100"));
    }

    private static void refuseNulls(TaskRun run) {
        assertThatThrownBy(() -> run.log(LogLevel.INFO, null)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> run.log(null, "x")).isInstanceOf(InvalidInputException.class);
    }

    @Test
    void aProgressThatIsNoneIsRefusedAndTheOneBeforeStays() {
        Task task = run(worker(), (payload, run) -> {
            run.progress(40, "nearly half");
            for (int percent : new int[] {-1, 101}) {
                assertThatThrownBy(() -> run.progress(percent, "")).isInstanceOf(InvalidInputException.class);
            }
            assertThatThrownBy(() -> run.progress(50, "x".repeat(501))).isInstanceOf(InvalidInputException.class);
            assertThatThrownBy(() -> run.progress(50, null)).isInstanceOf(InvalidInputException.class);
        });
        assertThat(tasks.find(task.id()).orElseThrow().status()).isEqualTo(TaskStatus.COMPLETED);
        assertThat(tasks.find(task.id()).orElseThrow().progress()).contains(new Progress(40, "nearly half"));
    }

    @Test
    void whatIsNoLineIsRefusedAndCountsAsNone() {
        Task task = run(worker().logLines(2), (payload, run) -> {
            run.log(LogLevel.INFO, "one");
            refuseNulls(run);
            run.log(LogLevel.INFO, "two");
            refuseNulls(run);
        });
        assertThat(tasks.find(task.id()).orElseThrow().status()).isEqualTo(TaskStatus.COMPLETED);
        assertThat(said(task)).containsExactly("1 INFO one", "2 INFO two");
    }
}
