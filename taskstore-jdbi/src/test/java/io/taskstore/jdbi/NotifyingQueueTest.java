package io.taskstore.jdbi;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.taskstore.Health;
import io.taskstore.Hint;
import io.taskstore.Polled;
import io.taskstore.Slots;
import io.taskstore.TaskFilter;
import io.taskstore.TaskQueue;
import io.taskstore.Wanted;
import io.taskstore.WorkerId;
import io.taskstore.testkit.Fixtures;
import io.taskstore.testkit.ReferenceQueue;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a queue does with the hints of other processes, each of which is a database of its own here. */
@Timeout(60)
final class NotifyingQueueTest {

    private static final String TYPE = Fixtures.WORK.name();
    private static final Duration LONG = Duration.ofHours(1);

    private final String schema = TestPostgres.schema();
    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void closeAll() throws Exception {
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
    }

    private TaskDatabase database(String url) {
        TaskDatabase database = builder(url).open();
        opened.add(database);
        return database;
    }

    private TaskDatabaseBuilder builder(String url) {
        return TaskDatabase.builder(url).schema(schema).poolSize(2).lease(Duration.ofSeconds(5));
    }

    /** {@return the queue of a process, which hears others already} */
    private TaskQueue process(TaskDatabase database) throws Exception {
        TaskQueue queue = database.shared(new ReferenceQueue(100));
        opened.add(queue);
        hears(queue);
        return queue;
    }

    private TaskQueue process() throws Exception {
        return process(database(TestPostgres.url()));
    }

    private static void hears(TaskQueue queue) throws Exception {
        Await.until("others are heard", () -> listening(queue).detail().contains("other processes start tasks"));
    }

    private static void knows(TaskQueue queue, int others) throws Exception {
        Await.until(
                others + " others are known", () -> listening(queue).detail().startsWith(others + " "));
    }

    private static Health listening(TaskQueue queue) {
        List<Health> parts = queue.health().parts();
        return parts.get(parts.size() - 1);
    }

    private static Wanted wanted(Set<String> types, int slots) {
        return new Wanted(new WorkerId(UUID.randomUUID()), types, Slots.of(slots), true);
    }

    private static Hint hint() {
        return new Hint(UUID.randomUUID(), TYPE, "default", 0);
    }

    private static FutureTask<Polled> idle(TaskQueue queue, Wanted wanted) {
        FutureTask<Polled> poll = new FutureTask<>(() -> {
            Polled polled = queue.poll(wanted, LONG);
            while (polled.hints().isEmpty() && polled.woken()) {
                polled = queue.poll(wanted, LONG);
            }
            return polled;
        });
        start(poll);
        return poll;
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "idle");
        thread.setDaemon(true);
        thread.start();
    }

    /** Has a worker wait whose hints are of no interest. */
    private static void idles(TaskQueue queue, Wanted wanted) {
        assertThat(idle(queue, wanted).isCancelled()).isFalse();
    }

    private static List<Hint> hints(FutureTask<Polled> poll) throws Exception {
        return poll.get(20, TimeUnit.SECONDS).hints();
    }

    @Test
    void aHintGoesToTheProcessThatHasRoomForIt() throws Exception {
        TaskQueue submitter = process();
        TaskQueue other = process();
        TaskQueue able = process();
        FutureTask<Polled> unable = idle(other, wanted(Set.of("another"), 1));
        FutureTask<Polled> poll = idle(able, wanted(Set.of(TYPE), 1));
        knows(submitter, 2);
        Hint hint = hint();

        assertThat(submitter.offer(hint)).isTrue();

        assertThat(hints(poll)).containsExactly(hint);
        assertThat(submitter.depth()).isZero();
        assertThat(other.depth()).isZero();
        assertThat(unable.isDone()).isFalse();
    }

    @Test
    void aProcessThatComesLaterIsToldWhoIsThere() throws Exception {
        FutureTask<Polled> poll = idle(process(), wanted(Set.of(TYPE), 1));
        TaskQueue late = process();
        knows(late, 1);
        late.offer(hint());
        assertThat(hints(poll)).hasSize(1);
    }

    @Test
    void whoLeavesIsForgottenAtOnce() throws Exception {
        TaskQueue submitter = process();
        TaskQueue other = process();
        Wanted wanted = wanted(Set.of(TYPE), 1);
        idles(other, wanted);
        knows(submitter, 1);
        long left = System.nanoTime();
        other.leave(wanted.worker());
        knows(submitter, 0);
        assertSoonAfter(left);

        idles(other, wanted);
        knows(submitter, 1);
        long closed = System.nanoTime();
        other.close();
        knows(submitter, 0);
        assertSoonAfter(closed);
    }

    /** Of who says nothing one knows that it is gone after ten seconds, and it had said something in the last three. */
    private static void assertSoonAfter(long start) {
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(6));
    }

    @Test
    void whatNoWorkerHereStartsDoesNotFillTheLocalQueue() throws Exception {
        TaskQueue queue = process();
        Wanted wanted = wanted(Set.of(TYPE), 1);
        queue.poll(wanted, Duration.ZERO);
        Hint hint = new Hint(UUID.randomUUID(), "another", "default", 0);

        for (int i = 0; i < 200; i++) {
            assertThat(queue.offer(hint)).isTrue();
        }

        assertThat(queue.depth()).isZero();
        assertThat(queue.offer(hint())).isTrue();
        assertThat(queue.poll(wanted, Duration.ZERO).missed()).isFalse();
    }

    @Test
    void manyHintsSpreadOverAllThatHaveRoom() throws Exception {
        TaskQueue submitter = process();
        List<FutureTask<Polled>> polls = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            polls.add(idle(process(), wanted(Set.of(TYPE), 5)));
        }
        knows(submitter, 4);
        for (int i = 0; i < 20; i++) {
            assertThat(submitter.offer(hint())).isTrue();
        }
        for (FutureTask<Polled> poll : polls) {
            assertThat(hints(poll)).isNotEmpty();
        }
    }

    @Test
    void schemasDoNotHearEachOther() throws Exception {
        TaskQueue submitter = process();
        try (TaskDatabase elsewhere = TaskDatabase.builder(TestPostgres.url())
                        .schema(TestPostgres.schema())
                        .open();
                TaskQueue strange = elsewhere.shared(new ReferenceQueue(10))) {
            hears(strange);
            FutureTask<Polled> theirs = idle(strange, wanted(Set.of(TYPE), 1));
            FutureTask<Polled> ours = idle(process(), wanted(Set.of(TYPE), 1));
            knows(submitter, 1);
            submitter.offer(hint());
            assertThat(hints(ours)).hasSize(1);
            assertThat(theirs.isDone()).isFalse();
        }
    }

    @Test
    void whatIsNoMessageIsIgnoredAndCountedAndForgedHintsDoNoHarm() throws Exception {
        TaskQueue submitter = process();
        TaskQueue able = process();
        FutureTask<Polled> poll = idle(able, wanted(Set.of(TYPE), 1));
        knows(submitter, 1);
        String channel = Channels.of(schema, UUID.randomUUID()).all();
        TestPostgres.sql(
                "NOTIFY " + channel,
                "NOTIFY " + channel + ", 'hello'",
                "NOTIFY " + channel + ", '" + "x".repeat(7_999) + "'",
                "NOTIFY " + channel + ", 'taskstore/1 hints\n1 0 default unknown " + UUID.randomUUID() + "'");

        Await.until("they are counted", () -> listening(able).detail().endsWith("3 messages made no sense"));
        assertThat(able.depth()).isZero();
        submitter.offer(hint());
        assertThat(hints(poll)).hasSize(1);
        assertThat(able.health().level()).isEqualTo(Health.Level.UP);
    }

    /** The worker that ended the task before it knows nothing of the type of the next. */
    @Test
    void aTaskThatComesToItsTurnIsToldToWhoStartsSuchTasks() throws Exception {
        TaskDatabase database = database(TestPostgres.url());
        TaskQueue submitter = process(database);
        FutureTask<Polled> poll = idle(process(), wanted(Set.of(TYPE), 1));
        knows(submitter, 1);
        UUID id = database.tasks().create(Fixtures.draft(), null).task().id();
        database.tasks().cancel(TaskFilter.all().id(id), null);
        database.tasks().requeue(TaskFilter.all().id(id), null);

        assertThat(hints(poll)).extracting(Hint::id).containsExactly(id);
    }

    @Test
    void aLineThatIsDeadWithoutAWordIsNoticedAndAnotherOpened() throws Exception {
        URI server = URI.create(TestPostgres.url().substring("jdbc:".length()));
        TaskQueue submitter = process();
        try (CuttingProxy proxy = new CuttingProxy(server.getPort())) {
            TaskQueue able = process(
                    database(TestPostgres.url().replace(":" + server.getPort() + "/", ":" + proxy.port() + "/")));
            Wanted wanted = wanted(Set.of(TYPE), 1);
            FutureTask<Polled> scan = new FutureTask<>(() -> able.poll(wanted, LONG));
            start(scan);
            knows(submitter, 1);

            long cut = System.nanoTime();
            proxy.swallow();
            Await.until("it is noticed", () -> able.health().level() == Health.Level.DEGRADED);
            assertThat(Duration.ofNanos(System.nanoTime() - cut)).isLessThan(Duration.ofSeconds(4));
            Await.until("another line is there", () -> able.health().level() == Health.Level.UP);

            assertThat(scan.get(20, TimeUnit.SECONDS).woken())
                    .as("to look for what it was not told of")
                    .isTrue();
            able.leave(wanted.worker());
            FutureTask<Polled> poll = idle(able, wanted(Set.of(TYPE), 1));
            Await.until("a hint comes through", () -> {
                submitter.offer(hint());
                return poll.isDone();
            });
            assertThat(hints(poll)).isNotEmpty();
        }
    }

    /** The driver waits for the rest of a notification for ever. */
    @Test
    void aLineThatBreaksOffInTheMiddleOfAMessageIsNoticed() throws Exception {
        URI server = URI.create(TestPostgres.url().substring("jdbc:".length()));
        TaskQueue submitter = process();
        try (CuttingProxy proxy = new CuttingProxy(server.getPort())) {
            TaskQueue able = process(
                    database(TestPostgres.url().replace(":" + server.getPort() + "/", ":" + proxy.port() + "/")));
            idles(able, wanted(Set.of(TYPE), 5));
            knows(submitter, 1);

            proxy.swallowInTheMiddle();
            submitter.offer(hint());
            Await.until("it is noticed", () -> able.health().level() == Health.Level.DEGRADED);
            Await.until("other lines are there", () -> able.health().level() == Health.Level.UP);
            // also that of the listener, not only that of the notifier
            FutureTask<Polled> poll = idle(able, wanted(Set.of(TYPE), 1));
            Await.until("a hint comes through", () -> {
                submitter.offer(hint());
                return poll.isDone();
            });
            assertThat(hints(poll)).isNotEmpty();
        }
    }

    @Test
    void aPoolerThroughWhichNobodyCanListenIsNoticedAndPollingGoesOn() throws Exception {
        try (HikariDataSource pool = new HikariDataSource()) {
            pool.setJdbcUrl(TestPostgres.url());
            pool.setMaximumPoolSize(4);
            TaskDatabase database = TaskDatabase.builder(deaf(pool))
                    .schema(schema)
                    .lease(Duration.ofSeconds(5))
                    .open();
            opened.add(database);
            try (TaskQueue queue = database.shared(new ReferenceQueue(10))) {
                Await.until("it is noticed", () -> queue.health().level() == Health.Level.DEGRADED);
                assertThat(queue.health().works()).isTrue();
                Hint hint = hint();
                queue.offer(hint);
                assertThat(queue.poll(wanted(Set.of(TYPE), 1), LONG).hints()).containsExactly(hint);
            }
        }
    }

    /** {@return the pool, whose connections say that they listen and do not} */
    private static DataSource deaf(HikariDataSource pool) {
        return proxy(
                DataSource.class,
                pool,
                (method, arguments, answer) -> answer instanceof Connection real
                        ? proxy(
                                Connection.class,
                                real,
                                (called, with, given) ->
                                        given instanceof Statement statement && called.equals("createStatement")
                                                ? proxy(Statement.class, statement, null)
                                                : given)
                        : answer);
    }

    private interface After {
        Object apply(String method, Object[] arguments, Object answer);
    }

    private static <T> T proxy(Class<T> type, T real, After after) {
        return type.cast(Proxy.newProxyInstance(
                NotifyingQueueTest.class.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    if (arguments != null
                            && arguments.length == 1
                            && String.valueOf(arguments[0]).startsWith("LISTEN")) {
                        return false;
                    }
                    try {
                        Object answer = method.invoke(real, arguments);
                        return after == null ? answer : after.apply(method.getName(), arguments, answer);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }

    @Test
    void thePoolOfAHostGetsItsConnectionsBackAsTheyWere() throws Exception {
        try (HikariDataSource pool = new HikariDataSource()) {
            pool.setJdbcUrl(TestPostgres.url());
            pool.setMaximumPoolSize(4);
            pool.setMinimumIdle(0);
            try (TaskDatabase database =
                    TaskDatabase.builder(pool).schema(schema).open()) {
                TaskQueue queue = process(database);
                queue.close();
                Await.until("all are back", () -> pool.getHikariPoolMXBean().getActiveConnections() == 0);
                for (int i = 0; i < pool.getHikariPoolMXBean().getTotalConnections(); i++) {
                    try (Connection connection = pool.getConnection();
                            Statement statement = connection.createStatement();
                            ResultSet row = statement.executeQuery("SELECT count(*) FROM pg_listening_channels()")) {
                        row.next();
                        assertThat(row.getInt(1)).isZero();
                        assertThat(connection.getNetworkTimeout()).isZero();
                    }
                }
            }
        }
    }

    @Test
    void closingTheDatabaseEndsTheListeningToo() throws Exception {
        Await.until("those of others have ended", () -> threads() == 0);
        TaskDatabase database = builder(TestPostgres.url()).open();
        try (database) {
            hears(database.shared(new ReferenceQueue(10)));
            assertThat(threads()).isEqualTo(2);
        }
        Await.until("the threads have ended", () -> threads() == 0);
        TaskQueue local = new ReferenceQueue(10);
        assertThat(database.shared(local)).isSameAs(local);
    }

    private static int threads() {
        return (int) Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.equals("taskstore-listener") || name.equals("taskstore-notifier"))
                .count();
    }

    @Test
    void withPollingOnlyAndOnSqliteItIsTheLocalQueue() {
        ReferenceQueue local = new ReferenceQueue(1);
        try (TaskDatabase polling = builder(TestPostgres.url()).pollingOnly().open();
                TaskDatabase sqlite = TaskDatabase.open("jdbc:sqlite::memory:")) {
            assertThat(polling.shared(local)).isSameAs(local);
            assertThat(sqlite.shared(local)).isSameAs(local);
        }
    }
}
