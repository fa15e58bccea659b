package io.taskstore.jdbi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskstore.Slots;
import io.taskstore.StorageUnavailableException;
import io.taskstore.Task;
import io.taskstore.TaskError;
import io.taskstore.TaskStatus;
import io.taskstore.WorkerId;
import io.taskstore.spi.ClaimRequest;
import io.taskstore.spi.Recovered;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who is alive on a SQLite file, as its processes see each other. */
final class SqliteLivenessTest {

    private static final Duration LONG = Duration.ofMinutes(10);
    private static final Duration SHORT = Duration.ofSeconds(1);

    /** That open at once: as many as it takes for two to wait while one works. */
    @TempDir
    Path folder;

    private Path file() {
        return folder.resolve("tasks.db");
    }

    private String url() {
        return "jdbc:sqlite:" + file();
    }

    private TaskDatabase open(Duration lease) {
        return TaskDatabase.builder(url())
                .durability(Durability.NORMAL)
                .lease(lease)
                .open();
    }

    private Child child(Duration lease) throws IOException {
        return Child.open(url(), "unused", lease);
    }

    private List<Path> locks() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(path -> path.toString().contains("-process-")).toList();
        }
    }

    private static TaskStatus status(TaskDatabase database, UUID id) {
        return database.tasks().find(id).orElseThrow().status();
    }

    @Test
    void aProcessThatIsKilledLosesItsTasksAtOnceAndItsLockFile() throws Exception {
        try (TaskDatabase database = open(LONG);
                Child child = child(LONG)) {
            UUID id = child.work();
            assertThat(database.claims().recover()).isEmpty();
            assertThat(locks()).hasSize(2);
            child.kill();
            List<Recovered> recovered = database.claims().recover();
            assertThat(recovered).extracting(one -> one.task().id()).containsExactly(id);
            assertThat(recovered.get(0).task().error().orElseThrow().kind()).isEqualTo(TaskError.CRASH);
            assertThat(status(database, id)).isEqualTo(TaskStatus.PENDING);
            assertThat(locks()).hasSize(1);
        }
        assertThat(locks()).isEmpty();
    }

    @Test
    void aProcessThatIsPausedKeepsItsTasksHoweverLong() throws Exception {
        try (TaskDatabase database = open(SHORT);
                Child child = child(SHORT)) {
            UUID id = child.work();
            child.signal("STOP");
            long end = System.nanoTime() + SHORT.multipliedBy(2).toNanos();
            while (System.nanoTime() < end) {
                assertThat(database.claims().recover()).isEmpty();
            }
            assertThat(status(database, id)).isEqualTo(TaskStatus.RUNNING);
            child.signal("CONT");
            assertThat(child.tell("beat")).isEqualTo("true");
            assertThat(child.tell("settle")).isEqualTo("true");
        }
    }

    @Test
    void aHostThatCopiesTheFolderDoesNotMakeItsProcessLookDead() throws Exception {
        try (TaskDatabase database = open(LONG);
                Child child = child(LONG)) {
            Task task = Operation.running(database);
            Path copy = Files.createDirectory(folder.resolve("copy"));
            for (Path lock : locks()) {
                // closing the copied file drops the lock that this process has on it
                Files.copy(lock, copy.resolve(lock.getFileName()));
            }
            child.work();
            assertThat(child.tell("recover")).isEqualTo("0");
            assertThat(status(database, task.id())).isEqualTo(TaskStatus.RUNNING);
        }
    }

    @Test
    void aLockFileThatSomebodyDeletedLeavesTheLastHeartbeatToDecide() throws Exception {
        Duration lease = Duration.ofSeconds(2);
        try (TaskDatabase database = open(lease);
                Child child = child(lease)) {
            Path own = locks().get(0);
            UUID id = child.work();
            for (Path lock : locks()) {
                Files.delete(lock);
            }
            assertThat(child.tell("beat")).isEqualTo("true");
            assertThat(database.claims().recover()).isEmpty();
            Await.until(
                    "its last heartbeat is too long ago",
                    () -> !database.claims().recover().isEmpty());
            assertThat(status(database, id)).isEqualTo(TaskStatus.PENDING);
            assertThat(child.tell("beat")).isEqualTo("false");
            assertThat(child.tell("settle")).isEqualTo("false");
            assertThat(own).doesNotExist();
        }
    }

    @Test
    void anInterruptedThreadDropsNoLock() throws Exception {
        try (TaskDatabase database = open(LONG);
                Child child = child(LONG)) {
            child.work();
            Task task = Operation.running(database);
            Thread.currentThread().interrupt();
            database.claims().heartbeat(task.worker().orElseThrow());
            database.claims().recover();
            assertThat(Thread.interrupted()).isTrue();
            assertThat(child.tell("recover")).isEqualTo("0");
        }
    }

    @Test
    void twoOpeningsOfOneFileShareAWriterAndEachEndsItsOwnWorkersAlone() throws Exception {
        try (TaskDatabase first = open(LONG)) {
            Task ofFirst = Operation.running(first);
            TaskDatabase second = open(LONG);
            assertThat(locks())
                    .as("a lock, and with it a writer, for the process")
                    .hasSize(1);
            Task ofSecond = Operation.running(second);
            assertThat(first.claims().recover()).isEmpty();
            assertThat(second.claims().recover()).isEmpty();
            second.close();
            assertThat(first.claims().recover())
                    .extracting(one -> one.task().id())
                    .containsExactly(ofSecond.id());
            assertThat(status(first, ofFirst.id())).isEqualTo(TaskStatus.RUNNING);
            assertThat(first.claims().heartbeat(ofFirst.worker().orElseThrow()).alive())
                    .isTrue();
        }
    }

    @Test
    void aSecondClassLoaderIsRefused() throws Exception {
        List<URL> urls = new ArrayList<>();
        for (String path : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            urls.add(Path.of(path).toUri().toURL());
        }
        try (TaskDatabase database = open(LONG);
                URLClassLoader other =
                        new URLClassLoader(urls.toArray(new URL[0]), ClassLoader.getPlatformClassLoader())) {
            // registers the twin of the driver; its native library is loaded with the first connection only
            Class.forName("org.sqlite.JDBC", true, other);
            Class<?> twin = other.loadClass(TaskDatabase.class.getName());
            assertThatThrownBy(() -> twin.getMethod("open", String.class).invoke(null, url()))
                    .isInstanceOf(InvocationTargetException.class)
                    .hasRootCauseMessage("open failed: " + file().toRealPath()
                            + " is open in another class loader of this process, which would damage it; load"
                            + " the library and sqlite-jdbc once, in a class loader that both share");
            Operation.create(database);
        }
    }

    @Test
    void aLockFileOfAProcessThatDiedWithoutWorkersIsRemovedByRecovery() throws Exception {
        try (TaskDatabase database = open(LONG)) {
            try (Child child = child(LONG)) {
                assertThat(locks()).hasSize(2);
                child.kill();
            }
            for (Path lock : locks()) {
                Files.setLastModifiedTime(
                        lock,
                        java.nio.file.attribute.FileTime.from(
                                java.time.Instant.now().minusSeconds(3_600)));
            }
            WorkerId worker = Operation.worker(database);
            database.claims().recover();
            assertThat(locks()).hasSize(1);
            assertThat(database.claims().heartbeat(worker).alive()).isTrue();
        }
        assertThat(locks()).isEmpty();
    }

    @Test
    void aClaimThatCommitsAfterItsWorkersDeathIsRecoveredByTheNextSweep() throws Exception {
        try (TaskDatabase database = open(LONG);
                Connection beside = DriverManager.getConnection(url())) {
            for (boolean sweptBefore : List.of(true, false)) {
                Task task = Operation.create(database);
                WorkerId worker = Operation.worker(database);
                database.kill(worker);
                if (sweptBefore) {
                    assertThat(database.claims().recover()).isEmpty();
                }
                ClaimRequest request =
                        ClaimRequest.due(worker, Set.of("work"), Slots.of(1)).hinted(Set.of(task.id()));
                assertThat(database.claims().claim(request).tasks()).isEmpty();
                SqliteWriter.execute(
                        beside,
                        "UPDATE taskstore_task SET status = 'RUNNING', attempt = 1, version = 2, seq = 2, worker = x'"
                                + Ids.hex(worker.value()) + "' WHERE id = x'" + Ids.hex(task.id()) + "'");
                SqliteWriter.execute(
                        beside,
                        "INSERT INTO taskstore_change (task_id, seq, from_status, to_status, at, attempt, worker) VALUES (x'"
                                + Ids.hex(task.id()) + "', 2, 'PENDING', 'RUNNING', 1768467600000000, 1, x'"
                                + Ids.hex(worker.value()) + "')");
                assertThat(database.claims().recover())
                        .extracting(one -> one.task().id())
                        .containsExactly(task.id());
                database.tasks().cancel(io.taskstore.TaskFilter.all(), null);
            }
        }
    }

    @Test
    void aClosedDatabaseSaysSo() {
        TaskDatabase database =
                TaskDatabase.builder(url()).clock(InstantSource.system()).open();
        database.close();
        database.close();
        assertThatThrownBy(() -> Operation.create(database)).isInstanceOf(StorageUnavailableException.class);
    }
}
