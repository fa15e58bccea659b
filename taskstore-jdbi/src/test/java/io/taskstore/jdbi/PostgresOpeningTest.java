package io.taskstore.jdbi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.taskstore.InvalidInputException;
import io.taskstore.Slots;
import io.taskstore.StorageFailedException;
import io.taskstore.StorageUnavailableException;
import io.taskstore.Task;
import io.taskstore.TaskStatus;
import io.taskstore.TaskStoreException;
import io.taskstore.WorkerId;
import io.taskstore.WorkerProfile;
import io.taskstore.spi.Claim;
import io.taskstore.spi.ClaimRequest;
import io.taskstore.spi.Settlement;
import io.taskstore.testkit.Fixtures;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PostgresOpeningTest {

    @Test
    void theSchemaIsCreatedAndFoundAgain() {
        String schema = TestPostgres.schema();
        UUID id = stored(schema);
        try (TaskDatabase database = builder(schema).open()) {
            assertThat(database.tasks().find(id)).isPresent();
        }
    }

    @ParameterizedTest
    @CsvSource({", 60, 15", "socketTimeout=7, 7, 7"})
    void aConnectionThatIsSilentForTooLongIsGivenUp(@Nullable String option, int seconds, int heartbeat)
            throws SQLException {
        String url = option == null
                ? TestPostgres.url()
                : TestPostgres.url() + (TestPostgres.url().contains("?") ? "&" : "?") + option;
        try (HikariDataSource calls = Opening.pool(url, Options.DEFAULTS);
                HikariDataSource heartbeats = Opening.heartbeats(url, Options.DEFAULTS);
                Connection call = calls.getConnection();
                Connection beat = heartbeats.getConnection()) {
            assertThat(call.getNetworkTimeout()).isEqualTo(seconds * 1_000);
            assertThat(beat.getNetworkTimeout()).isEqualTo(heartbeat * 1_000);
        }
    }

    @Test
    void schemasStandSideBySide() {
        String one = TestPostgres.schema();
        String other = TestPostgres.schema();
        UUID id = stored(one);
        UUID otherId = stored(other);
        try (TaskDatabase first = builder(one).open();
                TaskDatabase second = builder(other).open()) {
            assertThat(first.tasks().find(List.of(id, otherId)))
                    .extracting(Task::id)
                    .containsExactly(id);
            assertThat(second.tasks().find(List.of(id, otherId)))
                    .extracting(Task::id)
                    .containsExactly(otherId);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Migration.class,
            names = {"VALIDATE", "SKIP"})
    void aRoleThatMayCreateNothingWorksInASchemaThatItsOwnerMade(Migration migration) {
        String schema = TestPostgres.schema();
        String role = "plain_" + schema;
        builder(schema).open().close();
        TestPostgres.sql(
                "CREATE ROLE " + role + " LOGIN PASSWORD 'plain'",
                "GRANT USAGE ON SCHEMA " + schema + " TO " + role,
                "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA " + schema + " TO " + role);
        try (TaskDatabase database = TaskDatabase.builder(with("user=" + role + "&password=plain"))
                .schema(schema)
                .migration(migration)
                .open()) {
            Task task = database.tasks().create(Fixtures.draft(), null).task();
            WorkerId worker = database.claims().register(new WorkerProfile("plain", Set.of(task.type()), Set.of()));
            Claim claim = Claim.of(database.claims()
                    .claim(ClaimRequest.due(worker, Set.of(task.type()), Slots.of(1)))
                    .tasks()
                    .get(0));
            database.claims().settle(List.of(new Settlement.Completed(claim, Optional.empty(), Optional.empty())));
            assertThat(database.tasks().find(task.id()).orElseThrow().status()).isEqualTo(TaskStatus.COMPLETED);
        } finally {
            TestPostgres.sql("DROP OWNED BY " + role, "DROP ROLE " + role);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "with space", "Upper", "quoted\"; DROP TABLE x", "1st", "a.b", "pg_mine"})
    void aSchemaHasAPlainName(String schema) {
        assertThatThrownBy(() -> builder(schema).open())
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("schema must be ");
    }

    @Test
    void aSchemaNameMayBeAsLongAsPostgresqlKeeps() {
        String longest = (TestPostgres.schema() + "_" + "x".repeat(63)).substring(0, 63);
        stored(longest);
        assertThatThrownBy(() -> builder(longest + "y").open()).isInstanceOf(InvalidInputException.class);
    }

    @Test
    void aUserThatIsRefusedIsToldAtOnce() {
        long start = System.nanoTime();
        assertThatThrownBy(() -> TaskDatabase.open(with("user=nobody_of_this_name&password=wrong-secret")))
                .isInstanceOf(StorageUnavailableException.class)
                .hasMessage("open failed: the database refused the connection; look at user, password and name")
                .satisfies(PostgresOpeningTest::tellsNoSecret);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "28P01 | the database refused the connection; look at user, password and name",
                "57P03 | the database cannot be reached; is it running, and are host and port right?",
                "53300 | others hold what it needs; try again"
            })
    void whatTheServerSaysOnConnectingIsPutInOurWords(String state, String why) throws Exception {
        try (RefusingServer server = new RefusingServer(state)) {
            long start = System.nanoTime();
            assertThatThrownBy(() -> TaskDatabase.open(server.url() + "&user=ada&password=wrong-secret"))
                    .isInstanceOf(TaskStoreException.class)
                    .hasMessage("open failed: " + why)
                    .satisfies(PostgresOpeningTest::tellsNoSecret);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
        }
    }

    @Test
    void anUnknownDatabaseIsTold() {
        assertThatThrownBy(() -> TaskDatabase.open(TestPostgres.url().replaceFirst("/postgres\\?", "/nowhere?")))
                .isInstanceOf(StorageUnavailableException.class)
                .hasMessage("open failed: the database refused the connection; look at user, password and name");
    }

    @Test
    void aPortThatNobodyListensToIsTold() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        assertThatThrownBy(() ->
                        TaskDatabase.open("jdbc:postgresql://localhost:" + port + "/app?user=a&password=wrong-secret"))
                .isInstanceOf(StorageUnavailableException.class)
                .hasMessage("open failed: the database cannot be reached; is it running, and are host and port right?")
                .satisfies(PostgresOpeningTest::tellsNoSecret);
    }

    @Test
    void aServerThatNeverAnswersIsGivenUp() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            String url = "jdbc:postgresql://localhost:" + silent.getLocalPort() + "/app?user=a&password=wrong-secret";
            long start = System.nanoTime();
            assertThatThrownBy(() -> TaskDatabase.builder(url)
                            .acquireTimeout(Duration.ofSeconds(1))
                            .open())
                    .isInstanceOf(StorageUnavailableException.class)
                    .satisfies(PostgresOpeningTest::tellsNoSecret);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(8));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"jdbc:postgresql://localhost:port/app?password=secret", "jdbc:postgresql:?password=%zz-secret"})
    void aUrlThatTheDriverDoesNotUnderstandIsRefused(String url) {
        assertThatThrownBy(() -> TaskDatabase.open(url))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("url must be ")
                .hasMessageNotContaining("secret");
    }

    @Test
    void aNewerSchemaIsRefused() {
        String schema = TestPostgres.schema();
        stored(schema);
        TestPostgres.sql("SET search_path = " + schema, LaterSchema.MIGRATIONS);
        for (Migration migration : List.of(Migration.APPLY, Migration.VALIDATE)) {
            assertThatThrownBy(() -> builder(schema).migration(migration).open())
                    .isInstanceOf(StorageFailedException.class)
                    .hasMessage(LaterSchema.MESSAGE);
        }
    }

    @Test
    void anOlderSchemaIsRefusedWhereItIsOnlyValidated() {
        assertThatThrownBy(() -> builder(TestPostgres.schema())
                        .migration(Migration.VALIDATE)
                        .open())
                .isInstanceOf(StorageFailedException.class)
                .hasMessage(
                        "open failed: the schema is older than this library: migration 1 and all behind it are missing;"
                                + " open the database once with Migration.APPLY");
    }

    @Test
    void tablesThatAreMissingAreFoundWhereMigrationIsSkipped() {
        assertThatThrownBy(() ->
                        builder(TestPostgres.schema()).migration(Migration.SKIP).open())
                .isInstanceOf(StorageFailedException.class)
                .hasMessage("open failed: the tables of this library are missing; open the database once with"
                        + " Migration.APPLY");
    }

    @ParameterizedTest
    @EnumSource(names = {"VALIDATE", "SKIP"})
    void theSchemaOfThisLibraryNeedsNoMigration(Migration migration) {
        String schema = TestPostgres.schema();
        stored(schema);
        try (TaskDatabase database = builder(schema).migration(migration).open()) {
            database.tasks().create(Fixtures.draft(), null);
        }
    }

    @Test
    void oneConnectionIsEnough() {
        try (TaskDatabase database = builder(TestPostgres.schema()).poolSize(1).open()) {
            Instant start = Instant.now();
            UUID id = database.tasks().create(Fixtures.draft(), null).task().id();
            assertThat(database.tasks().find(id)).isPresent();
            assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(4));
        }
    }

    @Test
    void aNewSchemaMayBeOpenedBySeveralThreadsAtOnce() throws Exception {
        for (int round = 0; round < 3; round++) {
            String schema = TestPostgres.schema();
            List<UUID> ids = Threads.together(5, () -> stored(schema));
            try (TaskDatabase database = builder(schema).open()) {
                assertThat(database.tasks().find(ids)).hasSize(5);
            }
        }
    }

    @Test
    void afterTheCloseEachCallIsRefused() {
        TaskDatabase database = builder(TestPostgres.schema()).open();
        database.close();
        database.close();
        assertThatThrownBy(() -> database.tasks().find(UUID.randomUUID()))
                .isInstanceOf(StorageUnavailableException.class)
                .hasMessage("find failed: the storage is closed; open another one");
        assertThatThrownBy(() -> database.tasks().create(Fixtures.draft(), null))
                .isInstanceOf(StorageUnavailableException.class)
                .hasMessage("create failed: the storage is closed; open another one");
    }

    private static TaskDatabaseBuilder builder(String schema) {
        return TaskDatabase.builder(TestPostgres.url()).schema(schema).poolSize(3);
    }

    private static UUID stored(String schema) {
        try (TaskDatabase database = builder(schema).open()) {
            return database.tasks().create(Fixtures.draft(), null).task().id();
        }
    }

    private static String with(String parameters) {
        return TestPostgres.url().replaceFirst("\\?.*", "") + "?" + parameters;
    }

    /** Here even the causes are ours to look at: neither driver nor pool may tell a password. */
    private static void tellsNoSecret(Throwable thrown) {
        assertThat(thrown).hasStackTraceContaining("failed");
        for (Throwable each = thrown; each != null; each = each.getCause()) {
            assertThat(String.valueOf(each.getMessage())).doesNotContain("wrong-secret");
        }
    }
}
