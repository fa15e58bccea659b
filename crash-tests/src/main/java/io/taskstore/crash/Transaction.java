package io.taskstore.crash;

import java.sql.SQLException;
import java.util.EnumSet;
import java.util.Set;
import java.util.regex.Pattern;

/** What the statements of one transaction do, as far as a point lies there. It belongs to one connection. */
final class Transaction {

    private enum Deed {
        REGISTRATION(Point.BEFORE_COMMIT_OF_REGISTRATION, Point.AFTER_COMMIT_OF_REGISTRATION),
        INSERT(Point.BEFORE_COMMIT_OF_INSERT, Point.AFTER_COMMIT_OF_INSERT),
        CLAIM(Point.BEFORE_COMMIT_OF_CLAIM, Point.AFTER_COMMIT_OF_CLAIM),
        SETTLEMENT(Point.BEFORE_COMMIT_OF_SETTLEMENT, Point.AFTER_COMMIT_OF_SETTLEMENT),
        RECOVERY(Point.BEFORE_COMMIT_OF_RECOVERY, Point.AFTER_COMMIT_OF_RECOVERY);

        private final Point before;
        private final Point after;

        Deed(Point before, Point after) {
            this.before = before;
            this.after = after;
        }
    }

    private static final Pattern QUALIFIED = Pattern.compile("\"[^\"]*\"\\.");

    private final Points points;
    private final Set<Deed> deeds = EnumSet.noneOf(Deed.class);
    private boolean buries;

    Transaction(Points points) {
        this.points = points;
    }

    /** A statement is about to be run, alone in its transaction or not. */
    void before(String sql, boolean alone) throws SQLException {
        if (alone) {
            forget();
        }
        note(sql);
        if (isInsert(sql)) {
            points.reached(Point.BEFORE_INSERT);
        }
        if (alone && !deeds.isEmpty()) {
            beforeCommit();
        }
    }

    void after(String sql, boolean alone) throws SQLException {
        if (isInsert(sql)) {
            points.reached(Point.AFTER_INSERT);
        }
        if (alone && !deeds.isEmpty()) {
            afterCommit();
        }
    }

    void beforeCommit() throws SQLException {
        deeds.forEach(deed -> points.reached(deed.before));
        points.mayFail("before a commit");
    }

    void afterCommit() throws SQLException {
        deeds.forEach(deed -> points.reached(deed.after));
        forget();
        points.mayFail("after a commit");
    }

    void forget() {
        deeds.clear();
        buries = false;
    }

    private void note(String sql) {
        if (says(sql, "INSERT INTO", "taskstore_worker")) {
            deeds.add(Deed.REGISTRATION);
        } else if (isInsert(sql)) {
            deeds.add(Deed.INSERT);
        } else if (says(sql, "DELETE FROM", "taskstore_worker")) {
            buries = true;
        } else if (says(sql, "UPDATE", "taskstore_task")) {
            if (sql.contains("SET status = 'RUNNING'")) {
                deeds.add(Deed.CLAIM);
            } else if (sql.contains("failures + ")) {
                deeds.add(Deed.SETTLEMENT);
            } else if (buries && sql.contains("version = ")) {
                deeds.add(Deed.RECOVERY);
            }
        }
    }

    private static boolean isInsert(String sql) {
        return says(sql, "INSERT INTO", "taskstore_task");
    }

    /** {@return whether it does so to the table} On PostgreSQL that is named with its schema. */
    private static boolean says(String sql, String verb, String table) {
        String plain = QUALIFIED.matcher(sql).replaceAll("").replaceAll("\\s+", " ");
        return plain.contains(verb + " " + table + " ");
    }
}
