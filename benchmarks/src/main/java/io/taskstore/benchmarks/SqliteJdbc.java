package io.taskstore.benchmarks;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What one would write by hand for SQLite: statements prepared once, and a thread that commits what has gathered. */
final class SqliteJdbc extends GatheringSide {

    private static final UUID WORKER = UUID.randomUUID();

    private final Connection connection;
    private final PreparedStatement insertTask;
    private final PreparedStatement insertChange;
    private final PreparedStatement select;
    private final PreparedStatement claim;
    private final PreparedStatement settle;
    private final List<byte[]> claimed = new ArrayList<>();

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
                UPDATE taskstore_task INDEXED BY sqlite_autoindex_taskstore_task_1
                   SET status = 'RUNNING', attempt = attempt + 1, version = version + 1, seq = seq + 1, worker = ?,
                       updated_at = ?, started_at = ?
                 WHERE id IN (SELECT unhex(value) FROM json_each(?)) AND status = 'PENDING'""");
        settle = connection.prepareStatement("""
                UPDATE taskstore_task INDEXED BY sqlite_autoindex_taskstore_task_1
                   SET status = 'COMPLETED', version = version + 1, seq = seq + 1, worker = NULL, updated_at = ?,
                       completed_at = ?, cancel_requested = 0
                 WHERE id IN (SELECT unhex(value) FROM json_each(?)) AND status = 'RUNNING' AND worker = ? AND attempt = 1""");
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    void createAll(List<UUID> ids) throws SQLException {
        long now = micros(Instant.now());
        execute("BEGIN IMMEDIATE");
        for (UUID id : ids) {
            byte[] bytes = bytes(id);
            insertTask.setBytes(1, bytes);
            insertTask.setLong(2, now);
            insertTask.setLong(3, now);
            insertTask.setString(4, StorageSpeed.PAYLOAD);
            insertTask.addBatch();
        }
        insertTask.executeBatch();
        execute("COMMIT");
    }

    private void change(byte[] id, int seq, String from, String to, long now, byte[] worker, @Nullable String settledAs)
            throws SQLException {
        insertChange.setBytes(1, id);
        insertChange.setInt(2, seq);
        insertChange.setString(3, from);
        insertChange.setString(4, to);
        insertChange.setLong(5, now);
        insertChange.setInt(6, 1);
        insertChange.setBytes(7, worker);
        insertChange.setObject(8, settledAs == null ? null : 1_000L);
        insertChange.setString(9, settledAs);
        insertChange.addBatch();
    }

    @Override
    public int claim(int batch) throws SQLException {
        long now = micros(Instant.now());
        claimed.clear();
        execute("BEGIN IMMEDIATE");
        select.setInt(1, batch);
        try (ResultSet rows = select.executeQuery()) {
            int columns = rows.getMetaData().getColumnCount();
            while (rows.next()) {
                for (int i = 2; i <= columns; i++) {
                    rows.getString(i);
                }
                claimed.add(rows.getBytes(1));
            }
        }
        claim.setBytes(1, bytes(WORKER));
        claim.setLong(2, now);
        claim.setLong(3, now);
        claim.setString(4, json(claimed));
        claim.executeUpdate();
        for (byte[] id : claimed) {
            change(id, 2, "PENDING", "RUNNING", now, bytes(WORKER), null);
        }
        insertChange.executeBatch();
        execute("COMMIT");
        return claimed.size();
    }

    @Override
    public void settle() throws SQLException {
        long now = micros(Instant.now());
        execute("BEGIN IMMEDIATE");
        settle.setLong(1, now);
        settle.setLong(2, now);
        settle.setString(3, json(claimed));
        settle.setBytes(4, bytes(WORKER));
        settle.executeUpdate();
        for (byte[] id : claimed) {
            change(id, 3, "RUNNING", "COMPLETED", now, bytes(WORKER), "Completed");
        }
        insertChange.executeBatch();
        execute("COMMIT");
    }

    private static String json(List<byte[]> ids) {
        return ids.stream().map(HexFormat.of()::formatHex).collect(Collectors.joining("\",\"", "[\"", "\"]"));
    }

    /** {@return the id as the tables keep it} */
    static byte[] bytes(UUID id) {
        return ByteBuffer.allocate(Long.BYTES * 2)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
    }

    /** {@return the time as the tables keep it} */
    static long micros(Instant time) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, time);
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
