package io.taskstore.jdbi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.taskstore.Created;
import io.taskstore.DuplicateTaskException;
import io.taskstore.NewTask;
import io.taskstore.OutcomeUnknownException;
import io.taskstore.StaleTaskException;
import io.taskstore.StorageBusyException;
import io.taskstore.StorageFailedException;
import io.taskstore.StorageFullException;
import io.taskstore.TaskDraft;
import io.taskstore.TaskFilter;
import io.taskstore.jdbi.FailingJdbc.Kind;
import io.taskstore.testkit.Fixtures;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The writer with its one connection, while one member holds the transaction and others gather. */
final class GroupCommitTest {

    private static final SqliteWriter.Caller CALLER =
            new SqliteWriter.Caller(InstantSource.system(), Duration.ofSeconds(5));

    private static final String INSERT = "INSERT INTO pair (name) VALUES (:name)";

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<String> sent = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger opened = new AtomicInteger();
    private final AtomicInteger prepared = new AtomicInteger();
    private final AtomicReference<@Nullable String> failingCommand = new AtomicReference<>();
    private final AtomicReference<Kind> kind = new AtomicReference<>(Kind.SQLITE_IOERR);
    private static final Pattern COMMAND = Pattern.compile("BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE");
    private final CountDownLatch leaderIsIn = new CountDownLatch(1);
    private final CountDownLatch go = new CountDownLatch(1);
    private SqliteWriter writer;

    @BeforeEach
    void open(@TempDir Path folder) throws SQLException {
        Options options = Options.DEFAULTS;
        String url = "jdbc:sqlite:" + folder.resolve("group.db");
        SqliteFile.of(url).create(Migration.APPLY);
        SqliteConnections connections = new SqliteConnections(url, options, false);
        connections.prepare();
        SqlSettings settings = new SqlSettings(new Dialect.Sqlite(), new SqlLog(Duration.ofSeconds(1)));
        writer = new SqliteWriter(
                settings,
                () -> {
                    opened.incrementAndGet();
                    return listening(connections.writer().openConnection());
                },
                null);
        write(
                "create",
                session -> session.update("CREATE TABLE pair (name TEXT NOT NULL UNIQUE)")
                        .execute());
        sent.clear();
    }

    @AfterEach
    void close() throws InterruptedException {
        go.countDown();
        threads.shutdown();
        assertThat(threads.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
        writer.close();
    }

    /** Notes what begins and ends transactions, and fails of these what the test wants to fail; counts what else is prepared. */
    private Connection listening(Connection connection) {
        return (Connection) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    Object answer = invoke(() -> method.invoke(connection, arguments));
                    if (!method.getName().equals("prepareStatement")) {
                        return answer;
                    }
                    String sql = (String) arguments[0];
                    if (COMMAND.matcher(sql).lookingAt()) {
                        return listening((PreparedStatement) answer, sql);
                    }
                    prepared.incrementAndGet();
                    return answer;
                });
    }

    private PreparedStatement listening(PreparedStatement statement, String sql) {
        return (PreparedStatement) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {PreparedStatement.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("execute")) {
                        sent.add(sql);
                        if (sql.equals(failingCommand.get())) {
                            failingCommand.set(null);
                            throw kind.get().error();
                        }
                    }
                    // it is kept by what it is
                    return switch (method.getName()) {
                        case "hashCode" -> System.identityHashCode(proxy);
                        case "equals" -> proxy == arguments[0];
                        default -> invoke(() -> method.invoke(statement, arguments));
                    };
                });
    }

    private static Object invoke(Callable<Object> call) throws Throwable {
        try {
            return call.call();
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private Object write(String name, Function<Session, ?> body) {
        return write(Call.of(name), body);
    }

    private Object write(Call call, Function<Session, ?> body) {
        return writer.write(call, CALLER, body).answer();
    }

    private static Object insert(Session session, String name) {
        return session.update(INSERT).bind("name", name).execute();
    }

    private List<String> names() {
        return writer.read(
                Call.of("read"),
                CALLER,
                session -> session.query("SELECT name FROM pair ORDER BY name")
                        .mapTo(String.class)
                        .list());
    }

    /** {@return the leader, which waits in its body} */
    private Future<Object> held() throws InterruptedException {
        Future<Object> leader = threads.submit(() -> write("leader", session -> {
            leaderIsIn.countDown();
            try {
                assertThat(go.await(20, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            return insert(session, "leader");
        }));
        assertThat(leaderIsIn.await(20, TimeUnit.SECONDS)).isTrue();
        return leader;
    }

    /** {@return the answer of a member that waits behind the leader} */
    private Future<Object> gather(Call call, Function<Session, ?> body) throws Exception {
        AtomicReference<Thread> caller = new AtomicReference<>();
        Future<Object> answer = threads.submit(() -> {
            caller.set(Thread.currentThread());
            return write(call, body);
        });
        Await.until("the member waits", () -> caller.get() != null && isParked(caller.get()));
        return answer;
    }

    private static boolean isParked(Thread thread) {
        return thread.getState() == Thread.State.WAITING
                && List.of(thread.getStackTrace()).toString().contains("Gathering");
    }

    private Future<Object> gather(String name) throws Exception {
        return gather(Call.of(name), session -> insert(session, name));
    }

    private static Throwable failure(Future<Object> answer) {
        Throwable thrown = catchThrowable(() -> answer.get(20, TimeUnit.SECONDS));
        assertThat(thrown).isInstanceOf(ExecutionException.class);
        return thrown.getCause();
    }

    private long commits() {
        return sent.stream().filter("COMMIT"::equals).count();
    }

    @Test
    void aLoneCallerIsCommittedAtOnce() {
        assertThat(write("one", session -> insert(session, "one"))).isEqualTo(1);
        assertThat(sent).containsExactly("BEGIN IMMEDIATE", "COMMIT");
        assertThat(names()).containsExactly("one");
    }

    @Test
    void allWhoGatherShareOneCommit() throws Exception {
        Future<Object> leader = held();
        List<Future<Object>> members = List.of(gather("a"), gather("b"), gather("c"));
        go.countDown();
        leader.get(20, TimeUnit.SECONDS);
        for (Future<Object> member : members) {
            assertThat(member.get(20, TimeUnit.SECONDS)).isEqualTo(1);
        }
        assertThat(commits()).isEqualTo(2);
        assertThat(names()).containsExactly("a", "b", "c", "leader");
    }

    @Test
    void aMemberThatBreaksAConstraintFailsAlone() throws Exception {
        Future<Object> leader = held();
        Future<Object> good = gather("a");
        Future<Object> bad = gather(Call.of("bad"), session -> {
            insert(session, "of bad");
            return insert(session, "leader");
        });
        Future<Object> last = gather("z");
        go.countDown();
        leader.get(20, TimeUnit.SECONDS);
        assertThat(failure(bad)).isInstanceOf(StorageFailedException.class);
        assertThat(good.get(20, TimeUnit.SECONDS)).isEqualTo(1);
        assertThat(last.get(20, TimeUnit.SECONDS)).isEqualTo(1);
        assertThat(names()).containsExactly("a", "leader", "z");
    }

    @Test
    void aMemberThatThrowsBeforeItWroteDoesNotMakeTheOthersRunAgain() throws Exception {
        Future<Object> leader = held();
        AtomicInteger runs = new AtomicInteger();
        Future<Object> good = gather(Call.of("good"), session -> {
            runs.incrementAndGet();
            return insert(session, "good");
        });
        Future<Object> stale = gather(Call.of("stale"), session -> {
            throw new StaleTaskException(new UUID(1, 1), 1, 2);
        });
        go.countDown();
        leader.get(20, TimeUnit.SECONDS);
        assertThat(failure(stale)).isInstanceOf(StaleTaskException.class);
        good.get(20, TimeUnit.SECONDS);
        assertThat(runs).hasValue(1);
        assertThat(sent).doesNotContain("ROLLBACK");
    }

    @Test
    void aMemberThatThrowsAfterItWroteIsUndoneAlone() throws Exception {
        Future<Object> leader = held();
        Future<Object> good = gather("good");
        Future<Object> duplicate = gather(Call.of("late"), session -> {
            insert(session, "late");
            throw DuplicateTaskException.ofId(new UUID(1, 1));
        });
        go.countDown();
        leader.get(20, TimeUnit.SECONDS);
        assertThat(failure(duplicate)).isInstanceOf(DuplicateTaskException.class);
        good.get(20, TimeUnit.SECONDS);
        assertThat(names()).containsExactly("good", "leader");
    }

    @Test
    void aFullOrBusyDatabaseFailsAllOnceAndLeavesNothing() throws Exception {
        for (Kind wanted : List.of(Kind.SQLITE_FULL, Kind.SQLITE_BUSY)) {
            AtomicInteger runs = new AtomicInteger();
            Throwable full = catchThrowable(() -> write("alone", session -> {
                runs.incrementAndGet();
                insert(session, "of alone");
                throw new SqliteWriter.Refused(wanted.error());
            }));
            assertThat(full)
                    .isInstanceOf(wanted == Kind.SQLITE_FULL ? StorageFullException.class : StorageBusyException.class);
            assertThat(runs).hasValue(1);
        }
        Future<Object> leader = held();
        AtomicInteger runs = new AtomicInteger();
        Future<Object> first = gather(Call.of("a"), session -> {
            runs.incrementAndGet();
            return insert(session, "a");
        });
        Future<Object> second = gather(Call.of("b"), session -> {
            insert(session, "b");
            throw new SqliteWriter.Refused(Kind.SQLITE_FULL.error());
        });
        go.countDown();
        leader.get(20, TimeUnit.SECONDS);
        assertThat(failure(first)).isInstanceOf(StorageFullException.class).hasMessageStartingWith("a failed");
        assertThat(failure(second)).isInstanceOf(StorageFullException.class).hasMessageStartingWith("b failed");
        assertThat(runs).hasValue(1);
        assertThat(names()).containsExactly("leader");
        write("again", session -> insert(session, "a"));
    }

    @Test
    void whatACommitThatFailedDidIsUnknownToEachAndTheConnectionIsOpenedAnew() throws Exception {
        Future<Object> leader = held();
        UUID one = new UUID(1, 1);
        UUID two = new UUID(2, 2);
        Future<Object> first = gather(Call.of("first", one), session -> insert(session, "a"));
        Future<Object> second = gather(Call.of("second", two), session -> insert(session, "b"));
        int before = opened.get();
        go.countDown();
        leader.get(20, TimeUnit.SECONDS);
        assertThat(List.of(first.get(20, TimeUnit.SECONDS), second.get(20, TimeUnit.SECONDS)))
                .hasSize(2);
        failingCommand.set("COMMIT");
        assertThatThrownBy(() -> write(Call.of("third", one), session -> insert(session, "c")))
                .isInstanceOfSatisfying(
                        OutcomeUnknownException.class, e -> assertThat(e.ids()).containsExactly(one));
        assertThat(opened.get()).isEqualTo(before);
        assertThat(names()).containsExactly("a", "b", "leader");
        assertThat(opened.get()).isEqualTo(before + 1);
    }

    @Test
    void aQueryWithParametersIsPreparedOnce() {
        Function<Session, List<String>> query = session -> session.query("SELECT name FROM pair WHERE name = :name")
                .bind("name", "a")
                .mapTo(String.class)
                .list();
        write("insert", session -> insert(session, "a"));
        assertThat(write("first", query)).isEqualTo(List.of("a"));
        int before = prepared.get();
        assertThat(write("second", query)).isEqualTo(List.of("a"));
        assertThat(prepared.get()).isEqualTo(before);
    }

    @Test
    void theConnectionIsOpenedAnewWhenTheCommitOfATransactionWithoutOthersFailed() {
        int before = opened.get();
        failingCommand.set("COMMIT");
        assertThatThrownBy(() -> writer.exclusive(
                        Call.of("complete"),
                        CALLER,
                        connection -> SqliteWriter.execute(connection, "INSERT INTO pair (name) VALUES ('a')")))
                .isInstanceOf(OutcomeUnknownException.class);
        assertThat(names()).isEmpty();
        assertThat(opened.get()).isEqualTo(before + 1);
    }

    @Test
    void eachMemberOfACommitThatFailedHearsOfItsOwnTasks() throws Exception {
        CountDownLatch armed = new CountDownLatch(1);
        Future<Object> leader = held();
        UUID one = new UUID(1, 1);
        UUID two = new UUID(2, 2);
        Future<Object> first = gather(Call.of("first", one), session -> {
            failingCommand.set("COMMIT");
            armed.countDown();
            return insert(session, "a");
        });
        Future<Object> second = gather(Call.of("second", two), session -> insert(session, "b"));
        go.countDown();
        leader.get(20, TimeUnit.SECONDS);
        assertThat(failure(first))
                .isInstanceOfSatisfying(
                        OutcomeUnknownException.class, e -> assertThat(e.ids()).containsExactly(one));
        assertThat(failure(second))
                .isInstanceOfSatisfying(
                        OutcomeUnknownException.class, e -> assertThat(e.ids()).containsExactly(two));
        assertThat(names()).containsExactly("leader");
    }

    @Test
    void anErrorInAMemberHurtsNobodyElse() throws Exception {
        Future<Object> leader = held();
        Future<Object> first = gather("a");
        Future<Object> deep = gather(Call.of("deep"), session -> {
            insert(session, "of deep");
            throw new StackOverflowError();
        });
        Future<Object> last = gather("z");
        go.countDown();
        leader.get(20, TimeUnit.SECONDS);
        first.get(20, TimeUnit.SECONDS);
        last.get(20, TimeUnit.SECONDS);
        assertThat(failure(deep))
                .isInstanceOf(StorageFailedException.class)
                .hasRootCauseInstanceOf(StackOverflowError.class);
        assertThat(names()).containsExactly("a", "leader", "z");
        assertThatThrownBy(() -> write("alone", session -> {
                    insert(session, "of alone");
                    throw new StackOverflowError();
                }))
                .isInstanceOf(StackOverflowError.class);
        write("next", session -> insert(session, "next"));
        assertThat(names()).containsExactly("a", "leader", "next", "z");
    }

    @Test
    void createsOfManyThreadsWithTheSameIdsAndKeysAreEachAnsweredRight(@TempDir Path folder) throws Exception {
        try (TaskDatabase database = Databases.file(folder, InstantSource.system())) {
            List<TaskDraft> same = Fixtures.drafts(20);
            AtomicInteger stored = new AtomicInteger();
            AtomicInteger refused = new AtomicInteger();
            List<Callable<Boolean>> calls = new ArrayList<>();
            for (int t = 0; t < 8; t++) {
                calls.add(() -> {
                    for (int i = 0; i < same.size(); i++) {
                        Created created = database.tasks().create(same.get(i), null);
                        stored.addAndGet(created.how() == Created.How.NEW ? 1 : 0);
                        assertThat(created.task().id()).isEqualTo(same.get(i).id());
                        NewTask keyed = Fixtures.newTask().uniqueKey("key " + i);
                        try {
                            database.tasks().create(Fixtures.draft(keyed), null);
                            stored.incrementAndGet();
                        } catch (DuplicateTaskException e) {
                            refused.incrementAndGet();
                        }
                    }
                    return true;
                });
            }
            for (Future<Boolean> done : threads.invokeAll(calls, 60, TimeUnit.SECONDS)) {
                assertThat(done.get()).isTrue();
            }
            assertThat(stored).hasValue(40);
            assertThat(refused).hasValue(7 * 20);
            assertThat(database.tasks().count(TaskFilter.all(), 1_000).value()).isEqualTo(40);
        }
    }
}
