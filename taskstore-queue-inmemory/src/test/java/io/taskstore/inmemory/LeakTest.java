package io.taskstore.inmemory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskstore.NewTask;
import io.taskstore.Task;
import io.taskstore.TaskQueue;
import io.taskstore.TaskService;
import io.taskstore.TaskStatus;
import io.taskstore.TaskType;
import io.taskstore.jdbi.TaskDatabase;
import io.taskstore.spi.Storage;
import io.taskstore.testkit.ReferenceStorage;
import java.io.File;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.lang.reflect.Array;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Driver;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Workers that come and go leave no thread and no file open. */
@Timeout(120)
final class LeakTest {

    private static final int CYCLES = Integer.getInteger("taskstore.cycles", 10);

    private static final TaskType<String> WORK = TaskType.of("work", String.class);
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    /** What the JVM opens when it likes to. */
    private static final Pattern OTHERS =
            Pattern.compile("pipe:.*|socket:.*|anon_inode:.*|/dev/.*|/proc/.*|.*\\.jar|.*\\.so");

    @TempDir
    private Path folder;

    @Test
    void workersOnTheReferenceLeaveNothing() throws Exception {
        assertLeavesNothing(() -> new ReferenceStorage(InstantSource.system()));
    }

    @Test
    void workersOnAFileLeaveNothing() throws Exception {
        assertLeavesNothing(() -> TaskDatabase.open("jdbc:sqlite:" + folder.resolve("tasks.db")));
    }

    @Test
    void aClassLoaderThatIsDroppedCanBeCollected() throws Exception {
        assertCollected(
                usedAndDropped("jdbc:sqlite:" + folder.resolve("tasks.db")),
                new AfterSqlite(folder),
                new AfterSqlite(folder));
    }

    @Test
    void soItCanAfterItUsedPostgresql() throws Exception {
        assertCollected(usedAndDropped(TestPostgres.url()), new AfterPostgresql(folder), new AfterPostgresql(folder));
    }

    private static void assertCollected(WeakReference<ClassLoader> dropped, Record last, Record same) throws Exception {
        // JDK 17 keeps the types of the last record that was compared, shown or counted for the first time
        assertThat(last).isEqualTo(same).hasSameHashCodeAs(same);
        assertThat(last.toString()).contains("folder");
        Await.until("the class loader is collected", () -> {
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

    private record AfterSqlite(Path folder) {}

    private record AfterPostgresql(Path folder) {}

    /** What comes and goes in a host. */
    public static final class Application {

        private Application() {}

        /** Runs a task, and takes the drivers away that came with the library, as hosts do. */
        public static void run(String url, String schema) throws Exception {
            cycle(() -> TaskDatabase.builder(url).schema(schema).open());
            for (Driver driver : DriverManager.drivers().toList()) {
                if (driver.getClass().getClassLoader() == Application.class.getClassLoader()) {
                    DriverManager.deregisterDriver(driver);
                }
            }
        }
    }

    private static void assertLeavesNothing(Supplier<Storage> opening) throws Exception {
        cycle(opening);
        noThreadIsLeft();
        List<String> before = openFiles();
        for (int i = 0; i < CYCLES; i++) {
            cycle(opening);
        }
        noThreadIsLeft();
        Await.until("no more files are open than before", () -> openFiles().size() <= before.size());
    }

    private static void cycle(Supplier<Storage> opening) throws Exception {
        try (Storage storage = opening.get();
                TaskQueue queue = queue(storage);
                Worker worker = Worker.builder(storage, queue)
                        .listener(event -> {})
                        .handle(WORK, (payload, run) -> {})
                        .start()) {
            TaskService tasks = new TaskService(storage.tasks(), queue);
            Task task = tasks.submit(NewTask.of(WORK, "x"));
            Task done = tasks.await(task.id(), Duration.ofSeconds(20)).orElseThrow();
            assertThat(done.status()).isEqualTo(TaskStatus.COMPLETED);
            assertThat(worker.health().works()).isTrue();
        }
    }

    private static TaskQueue queue(Storage storage) {
        TaskQueue local = new InMemoryTaskQueue();
        return storage instanceof TaskDatabase database ? database.shared(local) : local;
    }

    private static void noThreadIsLeft() throws Exception {
        Await.until(
                "no thread is left",
                () -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().startsWith("taskstore-")));
    }

    /** {@return what the descriptors stand for, as far as we could have opened it; nothing where the system does not tell} */
    private static List<String> openFiles() throws IOException {
        if (!Files.isDirectory(DESCRIPTORS)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(DESCRIPTORS)) {
            return all.map(LeakTest::target)
                    .filter(file -> !OTHERS.matcher(file).matches())
                    .toList();
        }
    }

    /** {@return what a descriptor stands for; one that was closed meanwhile is none of ours} */
    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException e) {
            return DESCRIPTORS + "/";
        }
    }
}
