package io.taskstore.jdbi;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** All that is in a database, as text that does not depend on which ids were drawn. */
final class Dump {

    private static final Map<String, String> TABLES_AND_ORDERS = Map.of(
            "taskstore_task", "id",
            "taskstore_workflow", "id",
            "taskstore_worker", "id",
            "taskstore_change", "task_id, seq",
            "taskstore_metadata", "task_id, name",
            "taskstore_dependency", "task_id, before_id",
            "taskstore_paused_queue", "queue",
            "taskstore_duty", "duty",
            "taskstore_log", "task_id, attempt, line",
            "taskstore_metric", "number");

    private static final List<String> TABLES =
            TABLES_AND_ORDERS.keySet().stream().sorted().toList();

    private static final List<String> QUERIES = TABLES.stream()
            .map(table -> "SELECT '%1$s', all_of_it.* FROM %1$s all_of_it ORDER BY %2$s"
                    .formatted(table, TABLES_AND_ORDERS.get(table)))
            .toList();

    private static final List<String> REFERRED_TO = List.of("taskstore_task", "taskstore_workflow");

    /** They differ between two runs of the same calls. */
    private static final Set<String> LEFT_OUT = Set.of("alive_until", "taken_until", "number");

    private static final Pattern ID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    private Dump() {}

    static String of(Connection connection) throws SQLException {
        // a server is asked once for all tables, which SQLite has no way to do
        boolean isServer = isServer(connection);
        List<String> lines = new ArrayList<>();
        try (Statement statement = connection.createStatement()) {
            for (String asked : isServer ? List.of(String.join(";", QUERIES)) : QUERIES) {
                boolean isThere = statement.execute(asked);
                while (isThere) {
                    try (ResultSet rows = statement.getResultSet()) {
                        while (rows.next()) {
                            lines.add(line(rows));
                        }
                    }
                    isThere = isServer && statement.getMoreResults();
                }
            }
        }
        return withoutIds(String.join("\n", lines));
    }

    private static String line(ResultSet row) throws SQLException {
        ResultSetMetaData columns = row.getMetaData();
        StringBuilder line = new StringBuilder(row.getString(1));
        for (int i = 2; i <= columns.getColumnCount(); i++) {
            String name = columns.getColumnName(i);
            Object stored = row.getObject(i);
            String value = stored instanceof byte[] id ? Ids.id(id).toString() : row.getString(i);
            if (value != null && !LEFT_OUT.contains(name)) {
                line.append(' ').append(name).append('=').append(value);
            }
        }
        return line.toString();
    }

    private static String withoutIds(String text) {
        Map<String, String> names = new HashMap<>();
        return ID.matcher(text).replaceAll(id -> names.computeIfAbsent(id.group(), any -> "id" + (names.size() + 1)));
    }

    static void wipe(Connection connection) throws SQLException {
        restore(connection, List.of());
    }

    /** Keeps what is there for {@link #restore}, in tables of this connection. {@return the tables that are not empty} */
    static List<String> save(Connection connection) throws SQLException {
        List<String> saved = new ArrayList<>();
        try (Statement statement = connection.createStatement()) {
            for (String table : TABLES) {
                statement.execute("DROP TABLE IF EXISTS saved_" + table);
                try (ResultSet row = statement.executeQuery("SELECT count(*) FROM " + table)) {
                    row.next();
                    if (row.getInt(1) > 0) {
                        saved.add(table);
                    }
                }
            }
            for (String table : saved) {
                statement.execute("CREATE TEMPORARY TABLE saved_" + table + " AS SELECT * FROM " + table);
            }
        }
        // those come first to which others refer
        saved.sort(Comparator.comparingInt(REFERRED_TO::indexOf).reversed());
        return saved;
    }

    /** Has there what was there when these tables were saved, and nothing else. */
    static void restore(Connection connection, List<String> saved) throws SQLException {
        String evenNumbers = isServer(connection) ? " OVERRIDING SYSTEM VALUE" : "";
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.addBatch("DELETE FROM taskstore_dependency");
            statement.addBatch("DELETE FROM taskstore_task");
            for (String table : TABLES) {
                statement.addBatch("DELETE FROM " + table);
            }
            for (String table : saved) {
                statement.addBatch("INSERT INTO " + table + evenNumbers + " SELECT * FROM saved_" + table);
            }
            statement.executeBatch();
            connection.commit();
        } finally {
            connection.setAutoCommit(true);
        }
    }

    private static boolean isServer(Connection connection) throws SQLException {
        return connection.getMetaData().getDatabaseProductName().equals("PostgreSQL");
    }

    /** {@return how many tasks have a history that is not whole, or does not end where the task is} */
    static int brokenHistories(Connection connection) throws SQLException {
        String sql = """
                SELECT count(*)
                  FROM taskstore_task t
                 WHERE t.seq <> (SELECT count(*) FROM taskstore_history c WHERE c.task_id = t.id)
                    OR t.status <> (SELECT c.to_status FROM taskstore_history c WHERE c.task_id = t.id AND c.seq = t.seq)""";
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getInt(1);
        }
    }
}
