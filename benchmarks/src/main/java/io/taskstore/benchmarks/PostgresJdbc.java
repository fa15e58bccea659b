package io.taskstore.benchmarks;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** What one would write by hand for PostgreSQL: tasks and history in one statement, with what has gathered as arrays. */
final class PostgresJdbc extends GatheringSide {

    private static final UUID WORKER = UUID.randomUUID();
    private static final int LANES = 2;

    private final String insertSql;
    private final String claimSql;
    private final String settleSql;
    private final BlockingQueue<Connection> connections = new LinkedBlockingQueue<>();
    private final List<Connection> all = Collections.synchronizedList(new ArrayList<>());
    private final List<UUID> claimed = new ArrayList<>();

    PostgresJdbc(String url, String schema) throws SQLException {
        super(LANES, 500);
        String task = schema + ".taskstore_task";
        String change = schema + ".taskstore_change";
        insertSql = """
                INSERT INTO %1$s (
                       id, type, queue, priority, status, attempt, failures, crashes, version, seq, fingerprint,
                       cancel_requested, created_at, updated_at, payload, metadata)
                SELECT d.id, 'email', 'default', 0, 'PENDING', 0, 0, 0, 1, 1, 4711, false, now(), now(), d.payload,
                       '{}'
                  FROM unnest(?::uuid[], ?::text[]) AS d (id, payload)
                ON CONFLICT DO NOTHING
                RETURNING id""".formatted(task);
        claimSql = """
                WITH free AS MATERIALIZED (
                    SELECT id FROM %1$s
                     WHERE status = 'PENDING' AND crashes = 0 AND run_at IS NULL
                       AND priority = 0 AND queue = 'default' AND type = 'email'
                     ORDER BY created_at, id LIMIT ? FOR UPDATE SKIP LOCKED
                ), claimed AS (
                    UPDATE %1$s t
                       SET status = 'RUNNING', attempt = attempt + 1, version = version + 1, seq = seq + 1, worker = ?,
                           updated_at = now(), started_at = now()
                     WHERE t.id = ANY (ARRAY (SELECT id FROM free))
                    RETURNING t.*
                ), change AS (
                    INSERT INTO %2$s (task_id, seq, from_status, to_status, at, attempt, worker)
                    SELECT id, seq, 'PENDING', 'RUNNING', now(), attempt, worker FROM claimed
                )
                SELECT * FROM claimed""".formatted(task, change);
        settleSql = """
                WITH ended AS (
                    UPDATE %1$s t
                       SET status = 'COMPLETED', version = version + 1, seq = seq + 1, worker = NULL, updated_at = now(),
                           completed_at = now(), cancel_requested = false
                      FROM unnest(?::uuid[], ?::integer[]) AS e (id, attempt)
                     WHERE t.id = e.id AND (t.status = 'RUNNING') IS TRUE AND (t.worker = ?) IS TRUE
                       AND t.attempt = e.attempt
                    RETURNING t.id, t.seq
                ), change AS (
                    INSERT INTO %2$s (task_id, seq, from_status, to_status, at, attempt, worker, ran, settled_as)
                    SELECT id, seq, 'RUNNING', 'COMPLETED', now(), 1, ?, 1000, 'Completed' FROM ended
                )
                SELECT id FROM ended""".formatted(task, change);
        for (int i = 0; i < LANES; i++) {
            Connection connection = DriverManager.getConnection(url);
            connections.add(connection);
            all.add(connection);
        }
    }

    @Override
    void createAll(List<UUID> ids) throws SQLException {
        Connection connection = connections.remove();
        try (PreparedStatement insert = connection.prepareStatement(insertSql)) {
            if (ids.size() > 500) {
                connection.setAutoCommit(false);
            }
            for (int start = 0; start < ids.size(); start += 500) {
                List<UUID> chunk = ids.subList(start, Math.min(start + 500, ids.size()));
                insert.setArray(1, connection.createArrayOf("uuid", chunk.toArray()));
                insert.setArray(
                        2,
                        connection.createArrayOf(
                                "text",
                                Collections.nCopies(chunk.size(), StorageSpeed.PAYLOAD)
                                        .toArray()));
                read(insert);
            }
            if (ids.size() > 500) {
                connection.commit();
                connection.setAutoCommit(true);
            }
        } finally {
            connections.add(connection);
        }
    }

    private static List<UUID> read(PreparedStatement statement) throws SQLException {
        List<UUID> ids = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery()) {
            int columns = rows.getMetaData().getColumnCount();
            while (rows.next()) {
                ids.add(rows.getObject("id", UUID.class));
                for (int i = 2; i <= columns; i++) {
                    rows.getString(i);
                }
            }
        }
        return ids;
    }

    @Override
    public int claim(int batch) throws SQLException {
        claimed.clear();
        Connection connection = connections.remove();
        try (PreparedStatement claim = connection.prepareStatement(claimSql)) {
            claim.setInt(1, batch);
            claim.setObject(2, WORKER);
            claimed.addAll(read(claim));
        } finally {
            connections.add(connection);
        }
        return claimed.size();
    }

    @Override
    public void settle() throws SQLException {
        Connection connection = connections.remove();
        try (PreparedStatement settle = connection.prepareStatement(settleSql)) {
            settle.setArray(1, connection.createArrayOf("uuid", claimed.toArray()));
            settle.setArray(
                    2,
                    connection.createArrayOf(
                            "integer", Collections.nCopies(claimed.size(), 1).toArray()));
            settle.setObject(3, WORKER);
            settle.setObject(4, WORKER);
            read(settle);
        } finally {
            connections.add(connection);
        }
    }

    @Override
    public void close() throws SQLException {
        for (Connection connection : all) {
            connection.close();
        }
    }
}
