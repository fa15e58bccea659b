package io.taskstore.crash;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A SQLite file. */
final class SqliteDatabase extends Database {

    /** What is promised is a second; the rest is for a machine that has more to do than this. */
    private static final Duration RECOVERY = Duration.ofSeconds(6);

    SqliteDatabase(Path file) throws SQLException {
        super("jdbc:sqlite:" + file, "?busy_timeout=10000", "unused");
    }

    @Override
    Checker.Promise promise(Duration lease) {
        return new Checker.Promise(false, RECOVERY);
    }

    @Override
    void guard() throws SQLException {
        execute(
                trigger("move", "UPDATE ON taskstore_task WHEN " + ILLEGAL_MOVE, "an illegal move"),
                trigger("outcome", "UPDATE ON taskstore_task WHEN " + OTHER_OUTCOME, "another outcome"),
                trigger("beginning", "UPDATE ON taskstore_task WHEN " + OTHER_BEGINNING, "another history"),
                trigger("task", "DELETE ON taskstore_task WHEN TRUE", "a task that goes"),
                trigger("change", "INSERT ON taskstore_change WHEN " + ILLEGAL_CHANGE, "an illegal change"),
                trigger("history", "UPDATE ON taskstore_change WHEN TRUE", "another history"),
                trigger("past", "DELETE ON taskstore_change WHEN TRUE", "a history that goes"));
    }

    private static String trigger(String name, String when, String what) {
        return "CREATE TRIGGER guard_" + name + " BEFORE " + when + " BEGIN SELECT RAISE(ABORT, '" + REFUSED + ": "
                + what + "'); END";
    }

    @Override
    List<String> damages() throws SQLException {
        List<String> damages = new ArrayList<>(ask("PRAGMA integrity_check"));
        damages.remove("ok");
        damages.addAll(ask("PRAGMA foreign_key_check"));
        return damages;
    }

    @Override
    String time(String column) {
        return column;
    }

    @Override
    String readable(String table) {
        return table + "_text";
    }
}
