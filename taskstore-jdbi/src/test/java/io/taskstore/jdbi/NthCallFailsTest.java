package io.taskstore.jdbi;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.Health;
import io.taskstore.OutcomeUnknownException;
import io.taskstore.TaskDraft;
import io.taskstore.TaskStoreException;
import io.taskstore.jdbi.FailingJdbc.Fault;
import io.taskstore.jdbi.FailingJdbc.Kind;
import io.taskstore.testkit.Fixtures;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * Lets the first, the second, the third call to the database fail, and so on, in each operation: whatever fails does so in
 * our words, and does all, nothing, or what is said to be unknown.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class NthCallFailsTest {

    static final List<Operation> WRITING = Operation.WRITING;
    static final List<Operation> READING = Operation.READING;

    private static final int MOST_CALLS = 200;

    private static final List<Fault> ON_SQLITE = List.of(
            new Fault(Kind.SQLITE_IOERR, false, false),
            new Fault(Kind.SQLITE_IOERR, true, false),
            new Fault(Kind.SQLITE_IOERR, false, true),
            new Fault(Kind.SQLITE_BUSY, false, false),
            new Fault(Kind.SQLITE_FULL, false, false));

    private static final List<Fault> ON_POSTGRES = List.of(
            new Fault(Kind.GONE, false, false),
            new Fault(Kind.GONE, true, false),
            new Fault(Kind.SERIALIZATION, false, false),
            new Fault(Kind.NO_SPACE, false, false));

    private @Nullable FaultySide file;
    private @Nullable FaultySide postgres;

    @BeforeAll
    void open(@TempDir Path folder) throws SQLException {
        file = FaultySide.file(folder);
        postgres = FaultySide.postgres();
    }

    @AfterAll
    void close() throws SQLException {
        Objects.requireNonNull(file).close();
        Objects.requireNonNull(postgres).close();
    }

    @ParameterizedTest
    @FieldSource("WRITING")
    void onASqliteFileWhatFailsDidNothingAndWhatSucceedsStays(Operation operation) throws SQLException {
        failEachCall(Objects.requireNonNull(file), operation, ON_SQLITE);
    }

    @ParameterizedTest
    @FieldSource("WRITING")
    void onPostgresWhatFailsDidNothingAndWhatSucceedsStays(Operation operation) throws SQLException {
        failEachCall(Objects.requireNonNull(postgres), operation, ON_POSTGRES);
    }

    @ParameterizedTest
    @FieldSource("READING")
    void onPostgresAReadThatFailsSaysSoInOurWords(Operation operation) throws SQLException {
        failEachCall(Objects.requireNonNull(postgres), operation, List.of(new Fault(Kind.GONE, false, false)));
    }

    @ParameterizedTest
    @FieldSource("READING")
    void inMemoryAReadThatFailsSaysSoInOurWords(Operation operation) {
        FailingJdbc failing = new FailingJdbc();
        try (TaskDatabase database = TaskDatabase.builder("jdbc:sqlite::memory:")
                .tap(failing::wrap)
                .busyTimeout(Duration.ofMillis(100))
                .open()) {
            Runnable call = operation.stage().apply(database);
            boolean fires = true;
            for (int nth = 1; fires && nth < MOST_CALLS; nth++) {
                failing.arm(new Fault(Kind.SQLITE_IOERR, false, false), nth);
                thrownBy(call);
                fires = failing.disarm();
                call.run();
            }
        }
    }

    private static void failEachCall(FaultySide side, Operation operation, List<Fault> faults) throws SQLException {
        Faultless faultless = faultless(side, operation);
        for (Fault fault : faults) {
            boolean fires = true;
            for (int nth = 1; fires; nth++) {
                assertThat(nth).as("calls in " + operation).isLessThan(MOST_CALLS);
                fires = fail(side, operation, fault, nth, faultless);
            }
        }
        String before = side.dump();
        side.reopen();
        assertThat(withoutWorkers(side.dump())).isEqualTo(withoutWorkers(before));
    }

    /** Workers of the opening end with it. */
    private static String withoutWorkers(String dump) {
        return dump.lines().filter(line -> !line.startsWith("taskstore_worker")).collect(Collectors.joining("\n"));
    }

    /** What is in the database before an operation in which nothing fails, and when it is done. */
    private record Faultless(String before, String done) {}

    private static Faultless faultless(FaultySide side, Operation operation) throws SQLException {
        side.wipe();
        Runnable call = operation.stage().apply(side.database());
        String before = side.dump();
        call.run();
        return new Faultless(before, side.dump());
    }

    /** {@return whether there was an n-th call} */
    private static boolean fail(FaultySide side, Operation operation, Fault fault, int nth, Faultless faultless)
            throws SQLException {
        String what = operation + ", call " + nth + ", " + fault;
        String before = faultless.before();
        String done = faultless.done();
        side.wipe();
        Runnable call = operation.stage().apply(side.database());

        side.failing().arm(fault, nth);
        RuntimeException thrown = thrownBy(call);
        boolean fired = side.failing().disarm();

        String after = side.dump();
        side.assertNothingLeaks();
        if (thrown == null) {
            assertThat(after).as(what + " succeeded").isEqualTo(done);
        } else if (thrown instanceof OutcomeUnknownException) {
            assertThat(after)
                    .as(what + " is unknown")
                    .isIn(operation.isOneTransaction() ? List.of(before, done) : List.of(after));
        } else if (operation.isOneTransaction()) {
            assertThat(after).as(what + " failed with " + thrown).isEqualTo(before);
        }
        if (!after.equals(done)) {
            call.run();
            // the server may not have seen yet that a connection is broken, and keep its locks
            for (int i = 0;
                    i < 100 && !operation.isOneTransaction() && !side.dump().equals(done);
                    i++) {
                LockSupport.parkNanos(10_000_000);
                call.run();
            }
            assertThat(side.dump()).as(what + " was repeated").isEqualTo(done);
            side.assertNothingLeaks();
        }
        return fired;
    }

    /** {@return what the call threw, if that is one of ours; null if it did not} */
    private static @Nullable RuntimeException thrownBy(Runnable call) {
        try {
            call.run();
            return null;
        } catch (TaskStoreException e) {
            return e;
        }
    }

    @Test
    void aStorageWhoseCallsFailIsDown() {
        FaultySide side = Objects.requireNonNull(postgres);
        side.failing().arm(new Fault(Kind.LOST, false, true), 1);
        Health down = side.database().health();
        side.failing().disarm();
        assertThat(down.level()).isEqualTo(Health.Level.DOWN);
        assertThat(side.database().health().level()).isEqualTo(Health.Level.UP);
    }

    @Test
    void onASqliteFileACallThatFailsInAJoinedTransactionIsUndoneAlone(@TempDir Path folder) throws SQLException {
        try (FaultySide side = FaultySide.file(folder)) {
            joined(side, "jdbc:sqlite:" + folder.resolve("tasks.db"), "PRAGMA foreign_keys = ON", Kind.SQLITE_IOERR);
        }
    }

    @Test
    void onPostgresACallThatFailsInAJoinedTransactionIsUndoneAlone() throws SQLException {
        FaultySide side = Objects.requireNonNull(postgres);
        String path = side.beside().getSchema();
        joined(side, TestPostgres.url(), "SET search_path = " + path, Kind.NO_SPACE);
    }

    private static void joined(FaultySide side, String url, String setting, Kind kind) throws SQLException {
        boolean fires = true;
        for (int nth = 1; fires; nth++) {
            side.wipe();
            TaskDraft draft = Fixtures.draft();
            RuntimeException thrown;
            try (Connection host = side.failing().wrap(DriverManager.getConnection(url))) {
                SqliteWriter.execute(host, setting);
                host.setAutoCommit(false);
                SqliteWriter.execute(host, "INSERT INTO taskstore_paused_queue (queue) VALUES ('of-the-host')");
                side.failing().arm(new Fault(kind, false, false), nth);
                thrown = thrownBy(() ->
                        side.database().joined(host, joined -> joined.tasks().create(draft, null)));
                fires = side.failing().disarm();
                host.commit();
            }
            assertThat(side.database().queues().paused()).containsExactly("of-the-host");
            assertThat(side.database().tasks().find(draft.id()).isPresent()).isEqualTo(thrown == null);
            side.assertNothingLeaks();
            Operation.create(side.database());
        }
    }
}
