package io.taskstore.crash;

import io.taskstore.crash.Contents.Change;
import io.taskstore.crash.Contents.Stored;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** A database as it is seen from outside of the library, by plain JDBC. Not thread-safe. */
abstract sealed class Database implements AutoCloseable permits SqliteDatabase, PostgresDatabase {

    /** What the guards say when they refuse something. */
    static final String REFUSED = "refused by the guard";

    /** The status of a task has moved as it never may. */
    static final String ILLEGAL_MOVE = """
            NOT ((OLD.status = NEW.status AND OLD.attempt = NEW.attempt AND COALESCE(CAST(OLD.worker AS text), '')
                        = COALESCE(CAST(NEW.worker AS text), ''))
                  OR (OLD.status = 'WAITING' AND NEW.status IN ('PENDING', 'CANCELLED') AND NEW.attempt = OLD.attempt)
                  OR (OLD.status = 'PENDING' AND NEW.status = 'RUNNING' AND NEW.attempt = OLD.attempt + 1)
                  OR (OLD.status = 'PENDING' AND NEW.status = 'CANCELLED' AND NEW.attempt = OLD.attempt)
                  OR (OLD.status = 'RUNNING' AND NEW.status IN ('PENDING', 'COMPLETED', 'FAILED', 'CANCELLED')
                        AND NEW.attempt = OLD.attempt)
                  OR (OLD.status IN ('FAILED', 'CANCELLED') AND NEW.status IN ('PENDING', 'WAITING')
                        AND NEW.attempt = OLD.attempt))""";

    /** The outcome of a task has changed that had ended, and has not been given another life. */
    static final String OTHER_OUTCOME = """
            OLD.status IN ('COMPLETED', 'FAILED', 'CANCELLED') AND OLD.status = NEW.status
                 AND (COALESCE(OLD.result, '') <> COALESCE(NEW.result, '')
                      OR COALESCE(OLD.error_kind, '') <> COALESCE(NEW.error_kind, '')
                      OR COALESCE(OLD.error_message, '') <> COALESCE(NEW.error_message, '')
                      OR COALESCE(CAST(OLD.completed_at AS text), '') <> COALESCE(CAST(NEW.completed_at AS text), '')
                      OR OLD.failures <> NEW.failures
                      OR OLD.crashes <> NEW.crashes)""";

    /** What a task tells of its first change is another. */
    static final String OTHER_BEGINNING = """
            OLD.created_at <> NEW.created_at OR COALESCE(OLD.note, '') <> COALESCE(NEW.note, '')""";

    /** A change that no task ever goes through, or that the task itself tells. */
    static final String ILLEGAL_CHANGE = """
            NEW.seq < 2
                 OR NOT ((NEW.from_status = 'WAITING' AND NEW.to_status IN ('PENDING', 'CANCELLED'))
                         OR (NEW.from_status = 'PENDING' AND NEW.to_status IN ('RUNNING', 'CANCELLED'))
                         OR (NEW.from_status = 'RUNNING'
                             AND NEW.to_status IN ('PENDING', 'COMPLETED', 'FAILED', 'CANCELLED'))
                         OR (NEW.from_status IN ('FAILED', 'CANCELLED') AND NEW.to_status IN ('PENDING', 'WAITING')))
                    IS TRUE""";

    private final String url;
    private final String options;
    private final String schema;
    private Connection connection;

    Database(String url, String options, String schema) throws SQLException {
        this.url = url;
        this.options = options;
        this.schema = schema;
        this.connection = DriverManager.getConnection(url + options);
    }

    /** Takes another connection in place of one that the server has ended. */
    final void connect() throws SQLException {
        connection.close();
        connection = DriverManager.getConnection(url + options);
    }

    String url() {
        return url;
    }

    String schema() {
        return schema;
    }

    /** {@return what the README promises of it} */
    abstract Checker.Promise promise(Duration lease);

    /** Lets the database refuse what should never be tried, from now on. */
    abstract void guard() throws SQLException;

    /** {@return what is damaged} */
    abstract List<String> damages() throws SQLException;

    final void execute(String... commands) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String command : commands) {
                statement.execute(command);
            }
        }
    }

    /** {@return the first column of all rows} */
    final List<String> ask(String query) throws SQLException {
        List<String> answers = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            while (row.next()) {
                answers.add(String.valueOf(row.getString(1)));
            }
        }
        return answers;
    }

    /** {@return whether there is a task that has not ended} */
    final boolean hasWork() throws SQLException {
        return !ask("SELECT id FROM taskstore_task WHERE status IN ('WAITING', 'PENDING', 'RUNNING') LIMIT 1")
                .isEmpty();
    }

    /** {@return the text of a time, in RFC 3339} */
    abstract String time(String column);

    /** {@return the table, or a view of it, whose ids are text} */
    abstract String readable(String table);

    final Contents contents() throws SQLException {
        Map<UUID, Stored> tasks = new LinkedHashMap<>();
        Map<UUID, List<Change>> history = new LinkedHashMap<>();
        Set<String> workers = new HashSet<>(ask("SELECT id FROM " + readable("taskstore_worker")));
        long sinceEpoch = ChronoUnit.NANOS.between(Instant.EPOCH, Instant.now()) - System.nanoTime();
        try (Statement statement = connection.createStatement()) {
            statement.setFetchSize(1_000);
            try (ResultSet row =
                    statement.executeQuery("SELECT id, status, attempt, seq, crashes, worker, error_kind FROM "
                            + readable("taskstore_task"))) {
                while (row.next()) {
                    UUID id = UUID.fromString(row.getString(1));
                    tasks.put(
                            id,
                            new Stored(
                                    id,
                                    row.getString(2),
                                    row.getInt(3),
                                    row.getInt(4),
                                    row.getInt(5),
                                    row.getString(6),
                                    row.getString(7)));
                }
            }
            try (ResultSet row = statement.executeQuery(
                    "SELECT task_id, seq, from_status, to_status, attempt, worker, error_kind, settled_as, "
                            + time("at")
                            + " FROM " + readable("taskstore_history") + " ORDER BY task_id, seq")) {
                while (row.next()) {
                    history.computeIfAbsent(UUID.fromString(row.getString(1)), id -> new ArrayList<>())
                            .add(new Change(
                                    row.getInt(2),
                                    row.getString(3),
                                    row.getString(4),
                                    row.getInt(5),
                                    row.getString(6),
                                    row.getString(7),
                                    row.getString(8),
                                    ChronoUnit.NANOS.between(Instant.EPOCH, Instant.parse(row.getString(9)))
                                            - sinceEpoch));
                }
            }
        }
        return new Contents(tasks, history, workers);
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
