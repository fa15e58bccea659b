package io.taskstore.jdbi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.zaxxer.hikari.HikariDataSource;
import io.taskstore.Health;
import io.taskstore.PageRequest;
import io.taskstore.TaskFilter;
import io.taskstore.TaskStoreException;
import io.taskstore.WorkerProfile;
import io.taskstore.testkit.Fixtures;
import java.io.File;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.lang.reflect.Array;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is opened is closed again: files, threads and connections, however often and however it ended. */
final class LeakTest {

    private static final int CYCLES = Integer.getInteger("taskstore.cycles", 20);
    private static final int CYCLES_WITH_FAILURES = 10;

    @TempDir
    Path folder;

    /** What the server of the tests needs is open before anything is counted. */
    @BeforeAll
    static void startServer() {
        TestPostgres.sql("SELECT 1");
    }

    @Test
    void aFileLeavesNothingOpen() throws Exception {
        assertLeavesNothing(migration -> TaskDatabase.builder("jdbc:sqlite:" + folder.resolve("tasks.db"))
                .durability(Durability.NORMAL)
                .migration(migration)
                .open());
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).extracting(path -> path.getFileName().toString()).containsExactly("tasks.db");
        }
    }

    @Test
    void memoryLeavesNothingOpen() throws Exception {
        assertLeavesNothing(migration -> TaskDatabase.open("jdbc:sqlite::memory:"));
    }

    @Test
    void postgresqlLeavesNothingOpen() throws Exception {
        String schema = TestPostgres.schema();
        assertLeavesNothing(migration -> TaskDatabase.builder(TestPostgres.url())
                .schema(schema)
                .poolSize(2)
                .migration(migration)
                .open());
    }

    @Test
    void thePoolOfAHostGetsAllConnectionsBack() throws Exception {
        String schema = TestPostgres.schema();
        try (HikariDataSource pool = new HikariDataSource()) {
            pool.setJdbcUrl(TestPostgres.url());
            pool.setMaximumPoolSize(3);
            for (int i = 0; i < 5; i++) {
                try (TaskDatabase database =
                        TaskDatabase.builder(pool).schema(schema).open()) {
                    use(database);
                }
                assertThat(pool.getHikariPoolMXBean().getActiveConnections()).isZero();
            }
        }
    }

    @Test
    void anOpenThatFailedLeavesNothingOpen() throws Exception {
        Path noDatabase = Files.writeString(folder.resolve("letter.txt"), "Dear Ada, ".repeat(500));
        Path empty = Files.createFile(folder.resolve("empty.db"));
        String schema = TestPostgres.schema();
        List<TaskDatabaseBuilder> failing = List.of(
                TaskDatabase.builder("jdbc:sqlite:" + noDatabase),
                TaskDatabase.builder("jdbc:sqlite:" + folder),
                TaskDatabase.builder("jdbc:sqlite:" + empty).migration(Migration.VALIDATE),
                TaskDatabase.builder("jdbc:sqlite:" + empty).migration(Migration.SKIP),
                TaskDatabase.builder(TestPostgres.url()).schema(schema).migration(Migration.VALIDATE),
                TaskDatabase.builder(TestPostgres.url()).schema(schema).migration(Migration.SKIP),
                TaskDatabase.builder("jdbc:postgresql://localhost:1/app"));
        failing.forEach(LeakTest::fail);
        Open before = Open.now();
        for (int i = 0; i < CYCLES_WITH_FAILURES; i++) {
            failing.forEach(LeakTest::fail);
        }
        assertSoon(before);
    }

    @Test
    void aClassLoaderThatIsDroppedCanBeCollected() throws Exception {
        assertCollected(usedAndDropped("jdbc:sqlite:" + folder.resolve("tasks.db")));
    }

    @Test
    void soItCanAfterItUsedPostgresql() throws Exception {
        assertCollected(usedAndDropped(TestPostgres.url()));
    }

    private static void assertCollected(WeakReference<ClassLoader> dropped) throws Exception {
        Soon.until("the class loader is collected", () -> {
            forgetWhatIsKeptSoftly();
            System.gc();
            return dropped.get() == null;
        });
    }

    /** Jackson keeps buffers for threads until there is no room for them, and there is none for what is asked for here. */
    private static void forgetWhatIsKeptSoftly() {
        assertThatThrownBy(() -> Array.newInstance(long.class, Integer.MAX_VALUE - 8))
                .isInstanceOf(OutOfMemoryError.class);
    }

    /** {@return a class loader that has loaded the library and all it needs, as of an application that is over} */
    private static WeakReference<ClassLoader> usedAndDropped(String url) throws Exception {
        String[] paths = System.getProperty("java.class.path").split(File.pathSeparator, -1);
        URL[] classPath = new URL[paths.length];
        for (int i = 0; i < paths.length; i++) {
            classPath[i] = Path.of(paths[i]).toUri().toURL();
        }
        // the thread in which the JDK awaits the ends of processes keeps the class loader of who needs it first
        new ProcessBuilder("true").start().waitFor();
        ClassLoader platform = ClassLoader.getPlatformClassLoader();
        ClassLoader known = Thread.currentThread().getContextClassLoader();
        try (URLClassLoader loader = new URLClassLoader(classPath, platform)) {
            Thread.currentThread().setContextClassLoader(loader);
            loader.loadClass(Application.class.getName())
                    .getMethod("run", String.class, String.class)
                    .invoke(null, url, TestPostgres.schema());
            return new WeakReference<>(loader);
        } finally {
            Thread.currentThread().setContextClassLoader(known);
        }
    }

    /** What comes and goes in a host. */
    public static final class Application {

        private Application() {}

        /** Uses the library once, and takes the drivers away that came with it, as hosts do. */
        public static void run(String url, String schema) throws SQLException {
            try (TaskDatabase database =
                    TaskDatabase.builder(url).schema(schema).open()) {
                use(database);
            }
            for (Driver driver : DriverManager.drivers().toList()) {
                if (driver.getClass().getClassLoader() == Application.class.getClassLoader()) {
                    DriverManager.deregisterDriver(driver);
                }
            }
        }
    }

    private static void fail(TaskDatabaseBuilder builder) {
        assertThatThrownBy(builder::open).isInstanceOf(TaskStoreException.class);
    }

    /** Migrating takes the most of the time, and what it leaves it leaves each time. */
    private static void assertLeavesNothing(Function<Migration, TaskDatabase> opening) throws Exception {
        for (int i = 0; i < 3; i++) {
            cycle(opening, Migration.APPLY);
        }
        Open before = Open.now();
        for (int i = 0; i < CYCLES; i++) {
            cycle(opening, i % 10 == 0 ? Migration.APPLY : Migration.SKIP);
        }
        assertSoon(before);
    }

    private static void cycle(Function<Migration, TaskDatabase> opening, Migration migration) {
        try (TaskDatabase database = opening.apply(migration)) {
            use(database);
        }
    }

    private static void use(TaskDatabase database) {
        database.tasks().create(Fixtures.draft(), null);
        database.tasks().list(TaskFilter.all(), PageRequest.first(1));
        database.claims().retire(database.claims().register(new WorkerProfile("ada", Set.of("work"), Set.of())));
        assertThat(database.health().level()).isEqualTo(Health.Level.UP);
    }

    /** Servers and pools take a moment to notice that somebody has left. */
    private static void assertSoon(Open before) throws Exception {
        List<Open> last = new ArrayList<>();
        try {
            Soon.until("no more is open than before", () -> {
                last.clear();
                last.add(Open.now());
                return last.get(0).isWithin(before);
            });
        } catch (AssertionError e) {
            throw new AssertionError(last + " are open, and before it was " + before, e);
        }
    }

    /**
     * What is open in this process.
     *
     * @param files what the descriptors stand for, as far as we could have opened it
     * @param threads the names of live threads
     * @param connections how many connections of ours the server has
     */
    private record Open(List<String> files, List<String> threads, int connections) {

        /** What the JVM opens when it likes to. */
        private static final Pattern OTHERS = Pattern.compile("pipe:.*|/dev/.*|/proc/.*|.*\\.jar|.*\\.so");

        static Open now() throws IOException, SQLException {
            return new Open(openFiles(), liveThreads(), serverConnections());
        }

        boolean isWithin(Open before) {
            return files.size() <= before.files.size()
                    && threads.size() <= before.threads.size()
                    && connections <= before.connections;
        }

        private static List<String> openFiles() throws IOException {
            Path descriptors = Path.of("/proc/self/fd");
            assumeTrue(Files.isDirectory(descriptors), "open files are counted on Linux only");
            List<String> files = new ArrayList<>();
            try (Stream<Path> all = Files.list(descriptors)) {
                for (Path each : all.toList()) {
                    try {
                        String file = Files.readSymbolicLink(each).toString();
                        if (!OTHERS.matcher(file).matches()) {
                            files.add(file);
                        }
                    } catch (IOException e) {
                        // it was closed while we looked
                        files.remove(each.toString());
                    }
                }
            }
            return files;
        }

        private static List<String> liveThreads() {
            return Thread.getAllStackTraces().keySet().stream()
                    .map(Thread::getName)
                    .sorted()
                    .toList();
        }

        private static int serverConnections() throws SQLException {
            try (Connection connection = DriverManager.getConnection(TestPostgres.url());
                    Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery(
                            "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'taskstore%'")) {
                row.next();
                return row.getInt(1);
            }
        }
    }
}
