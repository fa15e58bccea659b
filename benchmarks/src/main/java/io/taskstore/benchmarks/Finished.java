package io.taskstore.benchmarks;

import java.sql.SQLException;

/** Tasks that ended long ago, in the library's tables and on the disk, for measures that begin with them. */
final class Finished {

    private Finished() {}

    static void prepare(Scratch scratch, int number) throws SQLException {
        if (number == 0) {
            return;
        }
        if (scratch.isSqlite()) {
            String rows = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " + number + ") ";
            String id = "unhex(printf('0190000000007000800000000%07d', i))";
            String at = "((1700000000 + i) * 1000000)";
            scratch.execute(rows + task(id, at, "0") + " FROM n");
            for (int seq = 2; seq < CHANGES.length + 2; seq++) {
                scratch.execute(rows + change(id, at, seq) + " FROM n");
            }
            scratch.execute("PRAGMA wal_checkpoint(TRUNCATE)");
        } else {
            String id = "('01900000-0000-7000-8000-' || lpad(i::text, 12, '0'))::uuid";
            String at = "to_timestamp(1700000000 + i)";
            String from = " FROM generate_series(1, " + number + ") AS n (i)";
            scratch.execute(task(id, at, "false") + from);
            for (int seq = 2; seq < CHANGES.length + 2; seq++) {
                scratch.execute(change(id, at, seq) + from);
            }
            scratch.execute("VACUUM ANALYZE taskstore_task");
            scratch.execute("VACUUM ANALYZE taskstore_change");
            scratch.execute("CHECKPOINT");
        }
    }

    private static final String[] CHANGES = {"'PENDING', 'RUNNING'", "'RUNNING', 'COMPLETED'"};

    private static String task(String id, String at, String no) {
        return String.format("""
                INSERT INTO taskstore_task (
                       id, type, queue, priority, status, attempt, failures, crashes, version, seq, fingerprint,
                       cancel_requested, created_at, updated_at, started_at, completed_at, payload, metadata)
                SELECT %1$s, 'number', 'default', 0, 'COMPLETED', 1, 0, 0, 3, 3, 4711, %3$s, %2$s, %2$s, %2$s, %2$s, '1',
                       '{}'""", id, at, no);
    }

    private static String change(String id, String at, int seq) {
        return String.format("""
                INSERT INTO taskstore_change (task_id, seq, from_status, to_status, at, attempt)
                SELECT %s, %d, %s, %s, 1""", id, seq, CHANGES[seq - 2], at);
    }
}
