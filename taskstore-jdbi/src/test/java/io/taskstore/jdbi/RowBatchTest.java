package io.taskstore.jdbi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rows go to SQLite in parts, for a statement that is kept stays as large as the most rows that it had at once. */
final class RowBatchTest {

    private static final String INSERT = "INSERT INTO number (i) VALUES (:i)";
    private static final int MOST = 64;

    private final PreparedOnce cache = new PreparedOnce();
    private final List<Integer> parts = new ArrayList<>();
    private Connection connection;

    @BeforeEach
    void open() throws SQLException {
        connection = DriverManager.getConnection("jdbc:sqlite::memory:");
        try (var statement = connection.createStatement()) {
            statement.execute("CREATE TABLE number (i INTEGER NOT NULL PRIMARY KEY)");
        }
    }

    @AfterEach
    void close() throws SQLException {
        connection.close();
    }

    @Test
    void manyRowsAreWrittenInPartsAndInOrder() throws SQLException {
        int[] counts = batch(IntStream.range(0, 1_000)).execute();

        assertThat(counts).hasSize(1_000).containsOnly(1);
        assertThat(stored()).isEqualTo(IntStream.range(0, 1_000).boxed().toList());
        assertThat(parts).allSatisfy(rows -> assertThat(rows).isLessThanOrEqualTo(MOST));
        assertThat(parts.stream().mapToInt(Integer::intValue).sum()).isEqualTo(1_000);
    }

    @Test
    void wholePartsLeaveNothingBehind() throws SQLException {
        assertThat(batch(IntStream.range(0, 2 * MOST)).execute()).hasSize(2 * MOST);
        assertThat(parts).containsExactly(MOST, MOST);
        assertThat(batch(IntStream.empty()).execute()).isEmpty();
        assertThat(parts).containsExactly(MOST, MOST);
    }

    @Test
    void aRowThatIsRefusedInAPartLeavesAStatementThatCanBeUsed() throws SQLException {
        assertThatThrownBy(() -> batch(IntStream.generate(() -> 7).limit(MOST)))
                .isInstanceOf(SqliteWriter.Refused.class);
        assertThatThrownBy(() -> batch(IntStream.of(7, 7)).execute()).isInstanceOf(SqliteWriter.Refused.class);

        assertThat(batch(IntStream.of(8)).execute()).containsExactly(1);
        assertThat(stored()).contains(8);
    }

    private RowBatch batch(IntStream numbers) {
        RowBatch batch =
                new RowBatch(counting(), cache, new Dialect.Sqlite(), new SqlLog(Duration.ofMinutes(1)), INSERT);
        numbers.forEach(i -> batch.bind("i", i).add());
        return batch;
    }

    private List<Integer> stored() throws SQLException {
        List<Integer> stored = new ArrayList<>();
        try (var statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT i FROM number ORDER BY rowid")) {
            while (rows.next()) {
                stored.add(rows.getInt(1));
            }
        }
        return stored;
    }

    /** {@return the connection, whose statements tell how many rows they run at once} */
    private Connection counting() {
        return proxy(
                Connection.class,
                connection,
                (name, answer) -> name.equals("prepareStatement")
                        ? proxy(PreparedStatement.class, (PreparedStatement) answer, (call, counts) -> {
                            if (call.equals("executeBatch")) {
                                parts.add(((int[]) counts).length);
                            }
                            return counts;
                        })
                        : answer);
    }

    private interface Seen {
        Object answer(String call, Object answer);
    }

    private static <T> T proxy(Class<T> type, T real, Seen seen) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    try {
                        return seen.answer(method.getName(), method.invoke(real, arguments));
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }
}
