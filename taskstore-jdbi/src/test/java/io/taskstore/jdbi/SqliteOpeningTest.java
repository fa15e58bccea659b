package io.taskstore.jdbi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskstore.InvalidInputException;
import io.taskstore.StorageFailedException;
import io.taskstore.StorageUnavailableException;
import io.taskstore.testkit.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SqliteOpeningTest {

    @TempDir
    Path folder;

    @Test
    void foldersFileAndSchemaAreCreated() {
        Path file = folder.resolve("one/two/tasks.db");
        try (TaskDatabase database = TaskDatabase.open("jdbc:sqlite:" + file)) {
            database.tasks().create(Fixtures.draft(), null);
        }
        assertThat(file).isNotEmptyFile();
    }

    @Test
    void whatWasStoredIsThereWhenTheFileIsOpenedAgain() {
        UUID id = stored(folder.resolve("tasks.db"));
        try (TaskDatabase database = open(folder.resolve("tasks.db"))) {
            assertThat(database.tasks().find(id)).isPresent();
        }
    }

    @Test
    void noOneButItsOwnerMayReadTheFile() throws IOException {
        try (TaskDatabase database = open(folder.resolve("tasks.db"))) {
            database.tasks().create(Fixtures.draft(), null);
            try (Stream<Path> files = Files.list(folder)) {
                List<Path> all = files.toList();
                assertThat(all)
                        .extracting(path -> path.getFileName().toString())
                        .contains("tasks.db", "tasks.db-wal", "tasks.db-shm");
                for (Path each : all) {
                    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(each)))
                            .as(each.toString())
                            .isEqualTo("rw-------");
                }
            }
        }
    }

    @Test
    void aFileThatWasThereKeepsItsMode() throws IOException {
        Path file = Files.createFile(folder.resolve("tasks.db"));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw----"));
        open(file).close();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-rw----");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a b.db", "ä#1.db", "a%20b.db", "50%.db"})
    void aNameMayHoldWhatAUrlWouldQuote(String name) {
        open(folder.resolve(name)).close();
        assertThat(folder.resolve(name)).isNotEmptyFile();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"file:%s", "file://%s", "file://localhost%s", "file:%s?cache=private", "%s?cache_size=-1000"})
    void theUrlOfAFileIsUnderstood(String form) {
        Path file = folder.resolve("a b.db");
        String place = form.contains("file:") ? file.toString().replace(" ", "%20") : file.toString();
        TaskDatabase.open("jdbc:sqlite:" + form.formatted(place)).close();
        assertThat(folder).isDirectoryContaining(path -> path.equals(file));
        assertThat(folder.toFile().list()).containsExactly("a b.db");
    }

    @ParameterizedTest
    @EnumSource
    void theConnectionThatWritesHasItsSettings(Durability durability) throws SQLException {
        try (TaskDatabase database = TaskDatabase.builder("jdbc:sqlite:" + folder.resolve("tasks.db"))
                .durability(durability)
                .open()) {
            assertThat(onWriter(database, "journal_mode")).isEqualTo("wal");
            assertThat(onWriter(database, "synchronous")).isEqualTo(durability == Durability.FULL ? "2" : "1");
            assertThat(onWriter(database, "foreign_keys")).isEqualTo("1");
            assertThat(onWriter(database, "journal_size_limit")).isEqualTo("67108864");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "journal_mode=DELETE",
                "cache_size=1&synchronous=OFF",
                "foreign_keys=false",
                "locking_mode=EXCLUSIVE",
                "transaction_mode=DEFERRED",
                "busy_timeout=1",
                "Journal_Mode=DELETE"
            })
    void aUrlThatSetsWhatIsSetHereIsRefused(String parameters) {
        assertThatThrownBy(() -> TaskDatabase.open("jdbc:sqlite:" + folder.resolve("tasks.db") + "?" + parameters))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageMatching("url must be without [a-z_]+, which this library sets by itself, but was .*");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void connectionsThatReadCannotWrite() {
        try (TaskDatabase database = open(folder.resolve("tasks.db"))) {
            assertThatThrownBy(() -> transactions(database)
                            .read(
                                    Call.of("read"),
                                    session -> session.update("DELETE FROM taskstore_task")
                                            .execute()))
                    .isInstanceOf(StorageUnavailableException.class);
            assertThat(transactions(database)
                            .<String>read(
                                    Call.of("read"),
                                    session -> session.query("PRAGMA query_only")
                                            .mapTo(String.class)
                                            .one()))
                    .isEqualTo("1");
        }
    }

    @Test
    void aFolderBelowAFileCannotBeCreated() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        assertThatThrownBy(() -> open(file.resolve("below/tasks.db")))
                .isInstanceOf(StorageUnavailableException.class)
                .hasMessageMatching("open failed: the database file .*below/tasks.db cannot be created; .*");
    }

    @Test
    void aFolderIsNoDatabase() {
        assertThatThrownBy(() -> open(folder))
                .isInstanceOf(StorageUnavailableException.class)
                .hasMessage("open failed: " + folder + " is a folder; name a file in it");
    }

    @Test
    void aFileThatIsNoDatabaseIsLeftAlone() throws IOException {
        Path file = Files.writeString(folder.resolve("letter.txt"), "Dear Ada, ".repeat(500));
        assertThatThrownBy(() -> open(file))
                .isInstanceOf(StorageFailedException.class)
                .hasMessage("open failed: the file is not a SQLite database, or it is damaged; restore a backup");
        assertThat(file).hasContent("Dear Ada, ".repeat(500));
        assertThat(folder.toFile().list()).containsExactly("letter.txt");
    }

    @Test
    void aDatabaseThatIsOpenedForReadingOnlyIsRefused() {
        stored(folder.resolve("tasks.db"));
        assertThatThrownBy(() -> TaskDatabase.open("jdbc:sqlite:file:" + folder.resolve("tasks.db") + "?mode=ro"))
                .isInstanceOf(StorageUnavailableException.class)
                .hasMessage("open failed: the database file is read-only");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:sqlite:file:x?mode=memory&key=secret",
                "jdbc:sqlite:file:/x?vfs=memdb&key=secret",
                "jdbc:sqlite::resource:x?key=secret",
                "jdbc:mysql://ada:secret@localhost/app",
                "secret",
                "jdbc:secret"
            })
    void aUrlOfAnotherKindIsRefusedWithoutBeingTold(String url) {
        assertThatThrownBy(() -> TaskDatabase.open(url))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("url must be ")
                .hasMessageNotContaining("secret");
    }

    @Test
    void aNewerSchemaIsRefused() throws SQLException {
        Path file = folder.resolve("tasks.db");
        stored(file);
        sql(file, LaterSchema.MIGRATIONS);
        for (Migration migration : List.of(Migration.APPLY, Migration.VALIDATE)) {
            assertThatThrownBy(() -> builder(file).migration(migration).open())
                    .isInstanceOf(StorageFailedException.class)
                    .hasMessage(LaterSchema.MESSAGE);
        }
    }

    @Test
    void anOlderSchemaIsRefusedWhereItIsOnlyValidated() throws IOException {
        Path file = Files.createFile(folder.resolve("tasks.db"));
        assertThatThrownBy(() -> builder(file).migration(Migration.VALIDATE).open())
                .isInstanceOf(StorageFailedException.class)
                .hasMessage(
                        "open failed: the schema is older than this library: migration 1 and all behind it are missing;"
                                + " open the database once with Migration.APPLY");
    }

    @ParameterizedTest
    @EnumSource(names = {"VALIDATE", "SKIP"})
    void whoDoesNotMigrateCreatesNoFile(Migration migration) {
        Path file = folder.resolve("tasks.db");
        assertThatThrownBy(() -> builder(file).migration(migration).open())
                .isInstanceOf(StorageUnavailableException.class)
                .hasMessage("open failed: there is no database file " + file + "; open it once with Migration.APPLY");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void tablesThatAreMissingAreFoundWhereMigrationIsSkipped() throws IOException {
        Path file = Files.createFile(folder.resolve("tasks.db"));
        assertThatThrownBy(() -> builder(file).migration(Migration.SKIP).open())
                .isInstanceOf(StorageFailedException.class)
                .hasMessage("open failed: the tables of this library are missing; open the database once with"
                        + " Migration.APPLY");
    }

    @ParameterizedTest
    @EnumSource(names = {"VALIDATE", "SKIP"})
    void theSchemaOfThisLibraryNeedsNoMigration(Migration migration) {
        stored(folder.resolve("tasks.db"));
        try (TaskDatabase database =
                builder(folder.resolve("tasks.db")).migration(migration).open()) {
            database.tasks().create(Fixtures.draft(), null);
        }
    }

    @Test
    void optionsHaveBounds() {
        TaskDatabaseBuilder builder = builder(folder.resolve("tasks.db"));
        assertRefused("poolSize", builder.poolSize(0));
        assertRefused("poolSize", builder.poolSize(1_001));
        builder.poolSize(10);
        assertRefused("acquireTimeout", builder.acquireTimeout(Duration.ZERO));
        assertRefused("acquireTimeout", builder.acquireTimeout(null));
        builder.acquireTimeout(Duration.ofSeconds(1));
        assertRefused("busyTimeout", builder.busyTimeout(Duration.ofMinutes(11)));
        builder.busyTimeout(Duration.ofSeconds(1));
        assertRefused("slowQuery", builder.slowQuery(Duration.ofSeconds(-1)));
        builder.slowQuery(Duration.ofSeconds(1));
        assertRefused("lease", builder.lease(Duration.ofMillis(999)));
        assertRefused("lease", builder.lease(Duration.ofMinutes(61)));
        assertRefused("lease", builder.lease(null));
        builder.lease(Duration.ofSeconds(1));
        assertRefused("durability", builder.durability(null));
        builder.durability(Durability.FULL);
        assertRefused("migration", builder.migration(null));
        builder.migration(Migration.APPLY);
        assertRefused("schema", builder.schema(null));
        assertThatThrownBy(() -> builder.clock(null)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> TaskDatabase.open(null)).isInstanceOf(InvalidInputException.class);
        assertThat(folder).isEmptyDirectory();
    }

    private static void assertRefused(String field, TaskDatabaseBuilder builder) {
        assertThatThrownBy(builder::open)
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith(field + " must be ");
    }

    @Test
    void aNewFileMayBeOpenedBySeveralThreadsAtOnce() throws Exception {
        for (int round = 0; round < 10; round++) {
            Path file = folder.resolve("round" + round + ".db");
            List<UUID> ids = Threads.together(5, () -> stored(file));
            try (TaskDatabase database = open(file)) {
                assertThat(database.tasks().find(ids)).hasSize(5);
            }
        }
    }

    @Test
    void afterTheCloseEachCallIsRefused() {
        TaskDatabase database = open(folder.resolve("tasks.db"));
        database.close();
        database.close();
        assertThatThrownBy(() -> database.tasks().find(UUID.randomUUID()))
                .isInstanceOf(StorageUnavailableException.class)
                .hasMessage("find failed: the storage is closed; open another one");
        assertThatThrownBy(() -> database.tasks().create(Fixtures.draft(), null))
                .isInstanceOf(StorageUnavailableException.class)
                .hasMessage("create failed: the storage is closed; open another one");
    }

    private static TaskDatabaseBuilder builder(Path file) {
        return TaskDatabase.builder("jdbc:sqlite:" + file);
    }

    private static TaskDatabase open(Path file) {
        return builder(file).open();
    }

    private static UUID stored(Path file) {
        try (TaskDatabase database = open(file)) {
            return database.tasks().create(Fixtures.draft(), null).task().id();
        }
    }

    private static Transactions transactions(TaskDatabase database) {
        return database.transactions();
    }

    private static String onWriter(TaskDatabase database, String pragma) {
        return transactions(database)
                .write(
                        Call.of("ask"),
                        session -> session.query("PRAGMA " + pragma)
                                .mapTo(String.class)
                                .one());
    }

    private static void sql(Path file, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(sql);
        }
    }
}
