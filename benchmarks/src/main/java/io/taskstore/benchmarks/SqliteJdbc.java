package io.taskstore.benchmarks;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What one would write by hand for SQLite: statements prepared once, and a thread that commits what has gathered. */
final class SqliteJdbc extends GatheringSide {

    /** How the tables keep times. */
    static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    private static final String WORKER = UUID.randomUUID().toString();

    private final Connection connection;
    private final PreparedStatement insertTask;
    private final PreparedStatement insertChange;
    private final PreparedStatement select;
    private final PreparedStatement claim;
    private final PreparedStatement settle;
    private final List<String> claimed = new ArrayList<>();

    SqliteJdbc(String url) throws SQLException {
        super(1, 1_000);
        connection = DriverManager.getConnection(url);
        execute("PRAGMA synchronous = FULL");
        execute("PRAGMA foreign_keys = ON");
        execute("PRAGMA cache_size = -16384");
        execute("PRAGMA temp_store = MEMORY");
        insertTask = connection.prepareStatement("""
                INSERT INTO taskstore_task (
                       id, type, queue, priority, status, attempt, failures, crashes, version, seq, fingerprint,
                       cancel_requested, created_at, updated_at, payload, metadata)
                VALUES (?, 'email', 'default', 0, 'PENDING', 0, 0, 0, 1, 1, 4711, 0, ?, ?, ?, '{}')
                ON CONFLICT DO NOTHING""");
        insertChange = connection.prepareStatement("""
                INSERT INTO taskstore_change (
                       task_id, seq, from_status, to_status, at, attempt, worker, ran, settled_as)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)""");
        select = connection.prepareStatement("""
                SELECT * FROM taskstore_task INDEXED BY taskstore_task_ready
                 WHERE status = 'PENDING' AND crashes = 0 AND run_at IS NULL
                   AND priority = 0 AND queue = 'default' AND type = 'email'
                 ORDER BY created_at, id LIMIT ?""");
        claim = connection.prepareStatement("""
                UPDATE taskstore_task
                   SET status = 'RUNNING', attempt = attempt + 1, version = version + 1, seq = seq + 1, worker = ?,
                       updated_at = ?, started_at = ?
                 WHERE id = ? AND status = 'PENDING'""");
        settle = connection.prepareStatement("""
                UPDATE taskstore_task
                   SET status = 'COMPLETED', version = version + 1, seq = seq + 1, worker = NULL, updated_at = ?,
                       completed_at = ?, cancel_requested = 0
                 WHERE id = ? AND status = 'RUNNING' AND worker = ? AND attempt = 1""");
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    void createAll(List<UUID> ids) throws SQLException {
        insert(ids.stream().map(UUID::toString).toList());
    }

    private void insert(List<String> ids) throws SQLException {
        String now = TIME.format(Instant.now());
        execute("BEGIN IMMEDIATE");
        for (String id : ids) {
            insertTask.setString(1, id);
            insertTask.setString(2, now);
            insertTask.setString(3, now);
            insertTask.setString(4, StorageSpeed.PAYLOAD);
            insertTask.addBatch();
            change(id, 1, null, "PENDING", now, 0, null, null);
        }
        insertTask.executeBatch();
        insertChange.executeBatch();
        execute("COMMIT");
    }

    private void change(
            String id,
            int seq,
            @Nullable String from,
            String to,
            String now,
            int attempt,
            @Nullable String worker,
            @Nullable String settledAs)
            throws SQLException {
        insertChange.setString(1, id);
        insertChange.setInt(2, seq);
        insertChange.setString(3, from);
        insertChange.setString(4, to);
        insertChange.setString(5, now);
        insertChange.setInt(6, attempt);
        insertChange.setString(7, worker);
        insertChange.setObject(8, settledAs == null ? null : 1_000L);
        insertChange.setString(9, settledAs);
        insertChange.addBatch();
    }

    @Override
    public int claim(int batch) throws SQLException {
        String now = TIME.format(Instant.now());
        claimed.clear();
        execute("BEGIN IMMEDIATE");
        select.setInt(1, batch);
        try (ResultSet rows = select.executeQuery()) {
            int columns = rows.getMetaData().getColumnCount();
            while (rows.next()) {
                for (int i = 1; i <= columns; i++) {
                    rows.getString(i);
                }
                claimed.add(rows.getString("id"));
            }
        }
        for (String id : claimed) {
            claim.setString(1, WORKER);
            claim.setString(2, now);
            claim.setString(3, now);
            claim.setString(4, id);
            claim.addBatch();
            change(id, 2, "PENDING", "RUNNING", now, 1, WORKER, null);
        }
        claim.executeBatch();
        insertChange.executeBatch();
        execute("COMMIT");
        return claimed.size();
    }

    @Override
    public void settle() throws SQLException {
        String now = TIME.format(Instant.now());
        execute("BEGIN IMMEDIATE");
        for (String id : claimed) {
            settle.setString(1, now);
            settle.setString(2, now);
            settle.setString(3, id);
            settle.setString(4, WORKER);
            settle.addBatch();
            change(id, 3, "RUNNING", "COMPLETED", now, 1, WORKER, "Completed");
        }
        settle.executeBatch();
        insertChange.executeBatch();
        execute("COMMIT");
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
