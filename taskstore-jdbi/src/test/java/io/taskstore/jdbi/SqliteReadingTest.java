package io.taskstore.jdbi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskstore.Slots;
import io.taskstore.StorageBusyException;
import io.taskstore.Task;
import io.taskstore.WorkerId;
import io.taskstore.spi.ClaimRequest;
import io.taskstore.spi.Claimed;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SqliteReadingTest {

    @TempDir
    Path folder;

    @Test
    void viewsShowIdsAndTimesAsText() throws SQLException {
        String url = "jdbc:sqlite:" + folder.resolve("tasks.db");
        try (TaskDatabase database = TaskDatabase.open(url)) {
            Operation.create(database);
            WorkerId worker = Operation.worker(database);
            Task task = database.claims()
                    .claim(ClaimRequest.due(worker, Set.of("work"), Slots.of(1)))
                    .tasks()
                    .get(0);
            assertThat(
                            ask(
                                    url,
                                    "SELECT id, worker, workflow_id, created_at, started_at, completed_at FROM taskstore_task_text"))
                    .containsExactly(
                            task.id().toString(),
                            worker.toString(),
                            null,
                            Times.text(task.createdAt()),
                            Times.text(task.startedAt().orElseThrow()),
                            null);
            assertThat(ask(url, "SELECT task_id, worker, at FROM taskstore_history_text ORDER BY seq"))
                    .startsWith(task.id().toString(), null, Times.text(task.createdAt()));
            assertThat(ask(url, "SELECT id FROM taskstore_worker_text")).containsExactly(worker.toString());
        }
    }

    @Test
    void aClaimOfManyLooksItselfWhereEverybodyReads() {
        try (TaskDatabase database = TaskDatabase.builder("jdbc:sqlite:" + folder.resolve("tasks.db"))
                .poolSize(1)
                .acquireTimeout(Duration.ofMillis(1))
                .open()) {
            Task task = Operation.create(database);
            ClaimRequest many = ClaimRequest.due(Operation.worker(database), Set.of("work"), Slots.of(JdbiClaims.MANY));
            Claimed claimed = database.transactions().read(Call.of("test"), session -> {
                assertThatThrownBy(() -> database.tasks().find(task.id())).isInstanceOf(StorageBusyException.class);
                return database.claims().claim(many);
            });
            assertThat(claimed.tasks()).extracting(Task::id).containsExactly(task.id());
        }
    }

    private static List<@Nullable String> ask(String url, String query) throws SQLException {
        List<@Nullable String> answers = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            while (row.next()) {
                for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                    answers.add(row.getString(i));
                }
            }
        }
        return answers;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0000-01-01T00:00:00Z",
                "1969-12-31T23:59:59.999999Z",
                "1970-01-01T00:00:00Z",
                "2026-02-03T04:05:06.000007Z",
                "9999-12-31T23:59:59.999999Z"
            })
    void timesAreKeptToTheMicrosecond(Instant time) {
        assertThat(Times.instant(Times.micros(time))).isEqualTo(time);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "00000000-0000-0000-0000-000000000000",
                "01900000-0000-7000-8000-0123456789ab",
                "ffffffff-ffff-ffff-ffff-ffffffffffff"
            })
    void idsAreKeptByteForByte(UUID id) {
        assertThat(Ids.id(Ids.bytes(id))).isEqualTo(id);
        assertThat(Ids.hex(id)).isEqualTo(id.toString().replace("-", ""));
    }
}
