package io.taskstore.jdbi;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.Health;
import io.taskstore.OutcomeUnknownException;
import io.taskstore.TaskDraft;
import io.taskstore.TaskStoreException;
import io.taskstore.jdbi.FailingJdbc.Fault;
import io.taskstore.jdbi.FailingJdbc.Kind;
import io.taskstore.testkit.Fixtures;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
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
 * our words, and does all, nothing, or what is said to be unknown. Now and then a kill follows, and some calls meet one: each
 * with {@code -Dtaskstore.each.call=true}. What was said to be done is there then, what was said to have failed is not.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class NthCallFailsTest {

    static final List<Operation> WRITING = Operation.WRITING;
    static final List<Operation> READING = Operation.READING;

    /** They change nothing, or only how long a worker lives. */
    private static final Set<String> TRACELESS = Set.of("create where a key is held", "heartbeat");

    private static final int MOST_CALLS = 200;

    private static final List<Fault> ON_SQLITE = List.of(
            new Fault(Kind.SQLITE_IOERR, false, false),
            new Fault(Kind.SQLITE_IOERR, true, false),
            new Fault(Kind.SQLITE_IOERR, false, true),
            new Fault(Kind.SQLITE_BUSY, false, false),
            new Fault(Kind.SQLITE_BUSY, false, true),
            new Fault(Kind.SQLITE_FULL, false, false),
            new Fault(Kind.SQLITE_FULL, false, true));

    private static final List<Fault> ON_POSTGRES = List.of(
            new Fault(Kind.GONE, false, false),
            new Fault(Kind.GONE, true, false),
            new Fault(Kind.LOST, false, true),
            new Fault(Kind.SERIALIZATION, false, false),
            new Fault(Kind.NO_SPACE, false, false),
            new Fault(Kind.NO_SPACE, false, true));

    private static final List<Fault> OF_READS = List.of(
            new Fault(Kind.SQLITE_IOERR, false, false),
            new Fault(Kind.SQLITE_IOERR, false, true),
            new Fault(Kind.SQLITE_BUSY, false, false));

    private static final boolean EACH = Boolean.getBoolean("taskstore.each.call");

    /** One of so many failures is followed by a kill, where not all are to be. */
    private static final int ONE_OF = 50;

    /** So many of the last calls of an operation meet a kill, where not all are to. */
    private static final int LAST_CALLS = 2;

    private int failures;
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
    void onASqliteFileWhatFailsDidNothingAndWhatSucceedsStays(Operation operation) throws Exception {
        failEachCall(Objects.requireNonNull(file), operation, ON_SQLITE);
    }

    @ParameterizedTest
    @FieldSource("WRITING")
    void onPostgresWhatFailsDidNothingAndWhatSucceedsStays(Operation operation) throws Exception {
        failEachCall(Objects.requireNonNull(postgres), operation, ON_POSTGRES);
    }

    @ParameterizedTest
    @FieldSource("READING")
    void onPostgresAReadThatFailsSaysSoInOurWords(Operation operation) throws Exception {
        failEachCall(Objects.requireNonNull(postgres), operation, List.of(new Fault(Kind.GONE, false, false)));
    }

    @ParameterizedTest
    @FieldSource("READING")
    void inMemoryAReadThatFailsSaysSoInOurWords(Operation operation) {
        FailingJdbc failing = FailingJdbc.stepping();
        try (TaskDatabase database = TaskDatabase.builder("jdbc:sqlite::memory:")
                .tap(failing::wrap)
                .busyTimeout(Duration.ofMillis(100))
                .open()) {
            failEachRead(failing, operation, database);
        }
    }

    @Test
    void onASqliteFileAReadThatFailsSaysSoInOurWords(@TempDir Path folder) throws Exception {
        FailingJdbc failing = FailingJdbc.stepping();
        String url = "jdbc:sqlite:" + folder.resolve("tasks.db");
        TaskDatabase.open(url).close();
        TaskDatabaseBuilder builder = TaskDatabase.builder(url)
                .busyTimeout(Duration.ofMillis(300))
                .durability(Durability.NORMAL)
                .migration(Migration.SKIP);
        try (TaskDatabase database = FailingDriver.during(url, failing, builder::open);
                Connection beside = DriverManager.getConnection(url)) {
            for (Operation operation : READING) {
                Dump.wipe(beside);
                failEachRead(failing, operation, database);
            }
        }
    }

    private static void failEachRead(FailingJdbc failing, Operation operation, TaskDatabase database) {
        Runnable call = operation.stage().apply(database);
        for (Fault fault : OF_READS) {
            int failures = 0;
            boolean fires = true;
            for (int nth = 1; fires; nth++) {
                assertThat(nth).as("calls in " + operation).isLessThan(MOST_CALLS);
                failing.arm(fault, nth);
                failures += thrownBy(call) == null ? 0 : 1;
                fires = failing.disarm();
                call.run();
            }
            // the health is told, not thrown
            assertThat(failures > 0)
                    .as(operation + " fails")
                    .isEqualTo(!operation.name().equals("health"));
        }
    }

    private void failEachCall(FaultySide side, Operation operation, List<Fault> faults) throws Exception {
        Faultless faultless = faultless(side, operation);
        for (Fault fault : faults) {
            boolean fires = true;
            for (int nth = 1; fires; nth += step(fault)) {
                assertThat(nth).as("calls in " + operation).isLessThan(MOST_CALLS);
                fires = fail(side, operation, fault, nth, faultless);
            }
        }
        String before = side.dump();
        assertThat(withoutWorkers(side.dumpReopenedAfterKill())).isEqualTo(withoutWorkers(before));
    }

    /** What fails for good is an error of reading and writing at each call; others are not all made, for each takes its time. */
    private static int step(Fault fault) {
        return fault.forGood() && fault.kind() != Kind.SQLITE_IOERR && !EACH ? 3 : 1;
    }

    /** Workers of the opening end with it. */
    private static String withoutWorkers(String dump) {
        return dump.lines().filter(line -> !line.startsWith("taskstore_worker")).collect(Collectors.joining("\n"));
    }

    /**
     * What is in the database when nothing fails.
     *
     * @param states before the operation, behind each of its transactions, and when it is done
     * @param calls how many make the database do something
     * @param call the operation
     */
    private record Faultless(List<String> states, int calls, Runnable call) {

        String before() {
            return states.get(0);
        }

        String done() {
            return states.get(states.size() - 1);
        }
    }

    /** Stages the operation, to which the side can be restored then. */
    private static Faultless faultless(FaultySide side, Operation operation) throws SQLException {
        side.wipe();
        Runnable call = operation.stage().apply(side.database());
        side.save();
        Set<String> states = new LinkedHashSet<>(Set.of(side.dump()));
        AtomicInteger calls = new AtomicInteger();
        side.failing().beforeEach(number -> {
            calls.set(number);
            if (!operation.isOneTransaction()) {
                states.add(dump(side));
            }
        });
        call.run();
        side.failing().disarm();
        states.add(side.dump());
        // what was never committed would be as it was before, whatever fails
        assertThat(states.size() == 1)
                .as(operation + " leaves no trace")
                .isEqualTo(READING.contains(operation) || TRACELESS.contains(operation.name()));
        return new Faultless(List.copyOf(states), calls.get(), call);
    }

    private static String dump(FaultySide side) {
        try {
            return side.dump();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** {@return whether there was an n-th call} */
    private boolean fail(FaultySide side, Operation operation, Fault fault, int nth, Faultless faultless)
            throws Exception {
        String what = operation + ", call " + nth + ", " + fault;
        Runnable call = faultless.call();
        side.restore();

        side.failing().arm(fault, nth);
        RuntimeException thrown = thrownBy(call);
        boolean fired = side.failing().disarm();

        String after = side.dump();
        side.assertNothingLeaks();
        check(what, operation, thrown, after, faultless);
        if (fired && (EACH || ++failures % ONE_OF == 0)) {
            check(what + ", and a kill", operation, thrown, side.dumpAfterKill(), faultless);
        }
        repeat(what, side, operation, call, after, faultless);
        return fired;
    }

    private static void check(
            String what, Operation operation, @Nullable RuntimeException thrown, String after, Faultless faultless) {
        if (thrown == null) {
            assertThat(after).as(what + " succeeded").isEqualTo(faultless.done());
        } else if (thrown instanceof OutcomeUnknownException || !operation.isOneTransaction()) {
            assertThat(after).as(what + " failed with " + thrown).isIn(faultless.states());
        } else {
            assertThat(after).as(what + " failed with " + thrown).isEqualTo(faultless.before());
        }
    }

    private static void repeat(
            String what, FaultySide side, Operation operation, Runnable call, String after, Faultless faultless)
            throws SQLException {
        String done = faultless.done();
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
    }

    @ParameterizedTest
    @FieldSource("WRITING")
    void onASqliteFileAKillAtACallLeavesWholeTransactions(Operation operation) throws Exception {
        FaultySide side = Objects.requireNonNull(file);
        Faultless faultless = faultless(side, operation);
        for (int nth = firstKilled(faultless); nth <= faultless.calls(); nth++) {
            side.restore();
            String killed = killedAt(nth, side, faultless.call());
            assertThat(killed).as(operation + " was killed at call " + nth).isIn(faultless.states());
            assertThat(side.dumpAfterKill())
                    .as(operation + " was done before a kill")
                    .isEqualTo(faultless.done());
        }
    }

    @ParameterizedTest
    @FieldSource("WRITING")
    void onPostgresAKillAtACallLeavesWholeTransactions(Operation operation) throws Exception {
        FaultySide side = Objects.requireNonNull(postgres);
        Faultless faultless = faultless(side, operation);
        for (int nth = firstKilled(faultless); nth <= faultless.calls(); nth++) {
            side.restore();
            Runnable call = faultless.call();
            AtomicReference<@Nullable RuntimeException> thrown = new AtomicReference<>();
            String what = operation + ", killed at call " + nth;
            killedAt(nth, side, () -> thrown.set(thrownBy(call)));
            String after = side.dumpAfterKill();
            check(what, operation, thrown.get(), after, faultless);
            repeat(what, side, operation, call, after, faultless);
        }
    }

    private static int firstKilled(Faultless faultless) {
        return EACH ? 1 : Math.max(1, faultless.calls() + 1 - LAST_CALLS);
    }

    /** {@return what a kill before the n-th call that makes the database do something leaves there} */
    private static String killedAt(int nth, FaultySide side, Runnable call) {
        AtomicReference<String> killed = new AtomicReference<>("no such call");
        side.failing().beforeEach(number -> {
            if (number == nth) {
                try {
                    killed.set(side.dumpAfterKill());
                } catch (SQLException | IOException e) {
                    throw new IllegalStateException(e);
                }
            }
        });
        call.run();
        side.failing().disarm();
        return killed.get();
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
