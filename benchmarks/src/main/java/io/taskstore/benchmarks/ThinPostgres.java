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

/** The thinnest tables in PostgreSQL that could do: a queue with a status, and a history. */
final class ThinPostgres extends GatheringSide {

    private static final int MOST = 500;

    private static final String INSERT = """
            WITH stored AS (
                INSERT INTO task (id, status, attempt, at, payload)
                SELECT id, 0, 0, now(), ? FROM unnest(?::uuid[]) AS d (id)
                RETURNING id
            )
            INSERT INTO change (task, seq, status, at) SELECT id, 1, 0, now() FROM stored""";
    private static final String CLAIM = """
            WITH free AS MATERIALIZED (
                SELECT id FROM task WHERE status = 0 ORDER BY at, id LIMIT ? FOR UPDATE SKIP LOCKED
            ), claimed AS (
                UPDATE task SET status = 1, attempt = attempt + 1 WHERE id = ANY (ARRAY (SELECT id FROM free))
                RETURNING id, payload
            ), history AS (
                INSERT INTO change (task, seq, status, at) SELECT id, 2, 1, now() FROM claimed
            )
            SELECT id, payload FROM claimed""";
    private static final String SETTLE = """
            WITH ended AS (
                UPDATE task SET status = 2 WHERE id = ANY (?::uuid[]) AND status = 1 RETURNING id
            )
            INSERT INTO change (task, seq, status, at) SELECT id, 3, 2, now() FROM ended""";

    private final Connection connection;
    private final PreparedStatement insert;
    private final PreparedStatement claim;
    private final PreparedStatement settle;
    private final List<UUID> claimed = new ArrayList<>();

    ThinPostgres(String url) throws SQLException {
        super(1, MOST);
        connection = DriverManager.getConnection(url);
        try (Statement statement = connection.createStatement()) {
            statement.execute("""
                    CREATE TABLE IF NOT EXISTS task (
                        id uuid PRIMARY KEY, status smallint NOT NULL, attempt integer NOT NULL, at timestamptz NOT NULL,
                        payload text NOT NULL) WITH (fillfactor = 70)""");
            statement.execute("CREATE INDEX IF NOT EXISTS ready ON task (at, id) WHERE status = 0");
            statement.execute("""
                    CREATE TABLE IF NOT EXISTS change (
                        task uuid, seq integer, status smallint NOT NULL, at timestamptz NOT NULL,
                        PRIMARY KEY (task, seq))""");
        }
        insert = connection.prepareStatement(INSERT);
        claim = connection.prepareStatement(CLAIM);
        settle = connection.prepareStatement(SETTLE);
    }

    @Override
    void createAll(List<UUID> ids) throws SQLException {
        for (int start = 0; start < ids.size(); start += MOST) {
            List<UUID> some = ids.subList(start, Math.min(start + MOST, ids.size()));
            insert.setString(1, StorageSpeed.PAYLOAD);
            insert.setArray(2, connection.createArrayOf("uuid", some.toArray()));
            insert.executeUpdate();
        }
    }

    @Override
    public int claim(int batch) throws SQLException {
        claimed.clear();
        claim.setInt(1, batch);
        try (ResultSet rows = claim.executeQuery()) {
            while (rows.next()) {
                claimed.add(rows.getObject(1, UUID.class));
                rows.getString(2);
            }
        }
        return claimed.size();
    }

    @Override
    public void settle() throws SQLException {
        settle.setArray(1, connection.createArrayOf("uuid", claimed.toArray()));
        settle.executeUpdate();
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
