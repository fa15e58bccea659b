package io.taskstore.benchmarks;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** The thinnest tables in SQLite that could do: a queue with a status, and a history. */
final class ThinSqlite extends GatheringSide {

    private final Connection connection;
    private final PreparedStatement insert;
    private final PreparedStatement change;
    private final PreparedStatement select;
    private final PreparedStatement move;
    private final List<byte[]> claimed = new ArrayList<>();

    ThinSqlite(String url) throws SQLException {
        super(1, 1_000);
        connection = DriverManager.getConnection(url);
        execute("PRAGMA journal_mode = WAL");
        execute("PRAGMA synchronous = FULL");
        execute("PRAGMA cache_size = -16384");
        execute("""
                CREATE TABLE IF NOT EXISTS task (
                    id BLOB PRIMARY KEY, status INTEGER NOT NULL, attempt INTEGER NOT NULL, at INTEGER NOT NULL,
                    payload TEXT NOT NULL) WITHOUT ROWID""");
        execute("CREATE INDEX IF NOT EXISTS ready ON task (at, id) WHERE status = 0");
        execute("""
                CREATE TABLE IF NOT EXISTS change (
                    task BLOB, seq INTEGER, status INTEGER NOT NULL, at INTEGER NOT NULL,
                    PRIMARY KEY (task, seq)) WITHOUT ROWID""");
        insert = connection.prepareStatement("INSERT INTO task VALUES (?, 0, 0, ?, ?)");
        change = connection.prepareStatement("INSERT INTO change VALUES (?, ?, ?, ?)");
        select = connection.prepareStatement("""
                SELECT id, payload FROM task INDEXED BY ready WHERE status = 0 ORDER BY at, id LIMIT ?""");
        move = connection.prepareStatement(
                "UPDATE task SET status = ?, attempt = attempt + ? WHERE id = ? AND status = ?");
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    void createAll(List<UUID> ids) throws SQLException {
        long now = System.currentTimeMillis();
        execute("BEGIN IMMEDIATE");
        for (UUID id : ids) {
            byte[] bytes = SqliteJdbc.bytes(id);
            insert.setBytes(1, bytes);
            insert.setLong(2, now);
            insert.setString(3, StorageSpeed.PAYLOAD);
            insert.addBatch();
            change(bytes, 1, 0, now);
        }
        insert.executeBatch();
        change.executeBatch();
        execute("COMMIT");
    }

    private void change(byte[] id, int seq, int status, long now) throws SQLException {
        change.setBytes(1, id);
        change.setInt(2, seq);
        change.setInt(3, status);
        change.setLong(4, now);
        change.addBatch();
    }

    @Override
    public int claim(int batch) throws SQLException {
        claimed.clear();
        execute("BEGIN IMMEDIATE");
        select.setInt(1, batch);
        try (ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                claimed.add(rows.getBytes(1));
                rows.getString(2);
            }
        }
        move(0, 1);
        return claimed.size();
    }

    @Override
    public void settle() throws SQLException {
        execute("BEGIN IMMEDIATE");
        move(1, 2);
    }

    private void move(int from, int to) throws SQLException {
        long now = System.currentTimeMillis();
        for (byte[] id : claimed) {
            move.setInt(1, to);
            move.setInt(2, from == 0 ? 1 : 0);
            move.setBytes(3, id);
            move.setInt(4, from);
            move.addBatch();
            change(id, to + 1, to, now);
        }
        if (!claimed.isEmpty()) {
            move.executeBatch();
            change.executeBatch();
        }
        execute("COMMIT");
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
