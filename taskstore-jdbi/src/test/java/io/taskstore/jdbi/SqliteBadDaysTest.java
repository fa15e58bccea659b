package io.taskstore.jdbi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskstore.Health;
import io.taskstore.StorageBusyException;
import io.taskstore.StorageFailedException;
import io.taskstore.StorageFullException;
import io.taskstore.StorageUnavailableException;
import io.taskstore.TaskDraft;
import io.taskstore.TaskFilter;
import io.taskstore.WorkerId;
import io.taskstore.jdbi.FailingJdbc.Fault;
import io.taskstore.jdbi.FailingJdbc.Kind;
import io.taskstore.testkit.Fixtures;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes wrong around a SQLite file. */
final class SqliteBadDaysTest {

    private static final Duration PATIENCE = Duration.ofMillis(200);
    private static final Duration A_LITTLE = Duration.ofSeconds(3);

    @TempDir
    Path folder;

    private final AtomicReference<Connection> writing = new AtomicReference<>();
    private final FailingJdbc failing = new FailingJdbc();

    private Path file() {
        return folder.resolve("tasks.db");
    }

    private TaskDatabase open() {
        return TaskDatabase.builder("jdbc:sqlite:" + file())
                .busyTimeout(PATIENCE)
                .durability(Durability.NORMAL)
                .tap(connection -> {
                    writing.set(connection);
                    return failing.wrap(connection);
                })
                .open();
    }

    private static long tasks(TaskDatabase database) {
        return database.tasks().count(TaskFilter.all(), 1_000_000).value();
    }

    @Test
    void aFileThatAnotherConnectionLocksIsBusyForNoLongerThanItsTimeout() throws Exception {
        try (TaskDatabase database = open();
                Connection other = DriverManager.getConnection("jdbc:sqlite:" + file())) {
            SqliteWriter.execute(other, "BEGIN EXCLUSIVE");
            long start = System.nanoTime();
            assertThatThrownBy(() -> Operation.create(database)).isInstanceOf(StorageBusyException.class);
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isBetween(PATIENCE.dividedBy(2), PATIENCE.plus(A_LITTLE));
            SqliteWriter.execute(other, "ROLLBACK");
            Operation.create(database);
            assertThat(tasks(database)).isEqualTo(1);
        }
    }

    @Test
    void aFullDiskStoresNothingHalfAndAllGoesOnWhenThereIsRoom() {
        try (TaskDatabase database = open()) {
            Operation.create(database);
            SqliteWriter.execute(writing.get(), "PRAGMA max_page_count = 1");
            List<TaskDraft> many = Fixtures.drafts(500);
            assertThatThrownBy(() -> database.tasks().createAll(many)).isInstanceOf(StorageFullException.class);
            assertThat(tasks(database)).isEqualTo(1);
            SqliteWriter.execute(writing.get(), "PRAGMA max_page_count = 1000000");
            database.tasks().createAll(many);
            assertThat(tasks(database)).isEqualTo(501);
        }
    }

    @Test
    void aFullMemoryDatabaseLosesNothing() {
        try (TaskDatabase database = TaskDatabase.builder("jdbc:sqlite::memory:")
                .tap(connection -> {
                    writing.set(connection);
                    return connection;
                })
                .open()) {
            Operation.create(database);
            SqliteWriter.execute(writing.get(), "PRAGMA max_page_count = 1");
            assertThatThrownBy(() -> database.tasks().createAll(Fixtures.drafts(500)))
                    .isInstanceOf(StorageFullException.class);
            SqliteWriter.execute(writing.get(), "PRAGMA max_page_count = 1000000");
            Operation.create(database);
            assertThat(tasks(database)).isEqualTo(2);
        }
    }

    @Test
    void aFileThatCannotBeWrittenIsUnavailableAndCanBeRead() {
        try (TaskDatabase database = open()) {
            Operation.create(database);
            failing.arm(new Fault(Kind.SQLITE_READONLY, false, true), 2);
            assertThatThrownBy(() -> Operation.create(database))
                    .isInstanceOf(StorageUnavailableException.class)
                    .hasMessageContaining("read-only");
            assertThat(failing.disarm()).isTrue();
            assertThat(tasks(database)).isEqualTo(1);
            Operation.create(database);
        }
    }

    @Test
    void aFileThatIsDeletedIsMissedAndNothingIsCreatedInItsPlace() throws Exception {
        try (TaskDatabase database = open()) {
            WorkerId worker = Operation.worker(database);
            Files.delete(file());
            Await.until("the heartbeat fails", () -> !beats(database, worker));
            assertThatThrownBy(() -> Operation.create(database)).isInstanceOf(StorageUnavailableException.class);
            assertThatThrownBy(() -> tasks(database)).isInstanceOf(StorageUnavailableException.class);
            assertThat(database.health().level()).isEqualTo(Health.Level.DOWN);
            assertThatThrownBy(this::open).isInstanceOf(StorageUnavailableException.class);
            assertThat(file()).doesNotExist();
        }
        assertThat(file()).doesNotExist();
        open().close();
    }

    @Test
    void aFileThatIsReplacedByAnotherIsMissed() throws Exception {
        Path other = folder.resolve("other.db");
        TaskDatabase.open("jdbc:sqlite:" + other).close();
        try (TaskDatabase database = open()) {
            WorkerId worker = Operation.worker(database);
            Files.move(other, file(), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            Await.until("the heartbeat fails", () -> !beats(database, worker));
            assertThat(database.health().level()).isEqualTo(Health.Level.DOWN);
            assertThatThrownBy(() -> Operation.create(database))
                    .isInstanceOf(StorageUnavailableException.class)
                    .hasMessageContaining("another file");
        }
    }

    @Test
    void aConnectionThatIsOpenedAnewDoesNotFindAnotherFile() throws Exception {
        try (TaskDatabase database = open()) {
            Operation.create(database);
            Files.delete(file());
            failing.arm(new Fault(Kind.SQLITE_IOERR, false, true), 1);
            assertThatThrownBy(() -> Operation.create(database)).isInstanceOf(StorageUnavailableException.class);
            failing.disarm();
            assertThatThrownBy(() -> Operation.create(database)).isInstanceOf(StorageUnavailableException.class);
            assertThat(file()).doesNotExist();
        }
    }

    @Test
    void aConnectionThatIsOpenedAnewDoesNotWriteIntoAnotherFile() throws Exception {
        Path other = folder.resolve("other.db");
        TaskDatabase.open("jdbc:sqlite:" + other).close();
        try (TaskDatabase database = open()) {
            Operation.create(database);
            // at once: the look before each transaction is good for a moment, and the next connection needs its own
            Files.move(other, file(), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            failing.arm(new Fault(Kind.SQLITE_IOERR, false, true), 1);
            assertThatThrownBy(() -> Operation.create(database)).isInstanceOf(StorageUnavailableException.class);
            failing.disarm();
            assertThatThrownBy(() -> Operation.create(database))
                    .isInstanceOf(StorageUnavailableException.class)
                    .hasMessageContaining("another file");
        }
    }

    private static boolean beats(TaskDatabase database, WorkerId worker) {
        try {
            return database.claims().heartbeat(worker).alive();
        } catch (StorageUnavailableException e) {
            return false;
        }
    }

    @Test
    void aFileThatIsNoDatabaseIsRefusedAndLeftAsItIs() throws Exception {
        Files.writeString(file(), "this is a letter to my aunt, who never understood databases ".repeat(20));
        String before = Files.readString(file());
        assertThatThrownBy(this::open).isInstanceOf(StorageFailedException.class);
        assertThat(Files.readString(file())).isEqualTo(before);
    }

    @Test
    void aDamagedFileIsToldInOurWords() throws Exception {
        try (TaskDatabase database = open()) {
            database.tasks().createAll(Fixtures.drafts(200));
        }
        byte[] bytes = Files.readAllBytes(file());
        for (int i = 4096; i < bytes.length; i++) {
            bytes[i] = (byte) 0xA5;
        }
        Files.write(file(), bytes);
        assertThatThrownBy(() -> {
                    try (TaskDatabase database = open()) {
                        Operation.create(database);
                        tasks(database);
                    }
                })
                .isInstanceOf(StorageFailedException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"nfs", "NFS4", "cifs", "smb3", "9p", "fuse.sshfs", "lustre", "ceph"})
    void aNetworkIsNoPlaceForASqliteFile(String type) {
        assertThatThrownBy(() -> SqliteFile.refuseNetwork(file(), type))
                .isInstanceOf(StorageUnavailableException.class)
                .hasMessageContaining("locks do not work there");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ext4", "xfs", "btrfs", "tmpfs", "overlay", "apfs", "NTFS", "zfs"})
    void aLocalDiskIsAPlaceForASqliteFile(String type) {
        SqliteFile.refuseNetwork(file(), type);
        assertThat(type).isNotEmpty();
    }
}
