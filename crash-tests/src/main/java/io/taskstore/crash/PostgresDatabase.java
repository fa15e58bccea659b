package io.taskstore.crash;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A schema of its own on a real PostgreSQL: the one that TASKSTORE_TEST_POSTGRES_URL names, else one that is started for this
 * process and ends with it.
 */
final class PostgresDatabase extends Database {

    /** For a machine that has more to do than this. */
    private static final Duration SLACK = Duration.ofSeconds(5);

    private static final String DEADLOCKS = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()";

    private static final AtomicInteger SCHEMAS = new AtomicInteger();
    private static @Nullable String server;

    private final @Nullable EmbeddedPostgres own;

    /** What the server had counted when this began, and since it was back from its last crash. */
    private long countedBefore;

    /** How many deadlocks there were before crashes, which the server has forgotten. */
    private long beforeCrashes;

    private PostgresDatabase(@Nullable EmbeddedPostgres own, String url, String schema) throws SQLException {
        super(url, "", schema);
        this.own = own;
        execute("SET search_path TO " + schema);
        countedBefore = counted();
    }

    static PostgresDatabase create() throws SQLException, IOException {
        return new PostgresDatabase(null, server(), newSchema());
    }

    /** {@return one with a server of its own, which may be made to crash} */
    static PostgresDatabase alone() throws SQLException, IOException {
        // a server that answers before its log is written would lose what it has answered
        EmbeddedPostgres own = EmbeddedPostgres.builder()
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("full_page_writes", "on")
                .start();
        return new PostgresDatabase(own, own.getJdbcUrl("postgres", "postgres"), newSchema());
    }

    private static String newSchema() {
        return "crash_" + ProcessHandle.current().pid() + "_" + SCHEMAS.incrementAndGet();
    }

    private static synchronized String server() throws IOException {
        if (server == null) {
            String given = System.getenv("TASKSTORE_TEST_POSTGRES_URL");
            server = given != null && !given.isBlank() ? given : start();
        }
        return server;
    }

    private static String start() throws IOException {
        return EmbeddedPostgres.builder()
                .setServerConfig("fsync", "off")
                .setServerConfig("max_connections", "200")
                .start()
                .getJdbcUrl("postgres", "postgres");
    }

    /** Ends all connections but that of who watches. {@return how many there were} */
    int terminateOthers() throws SQLException {
        return ask("""
                        SELECT pg_terminate_backend(pid)
                          FROM pg_stat_activity
                         WHERE datname = current_database() AND pid <> pg_backend_pid()""").size();
    }

    /**
     * Kills a process of the server, which then ends all others at once, and begins as after a power failure: with its log.
     */
    void crash() throws Exception {
        beforeCrashes = deadlocks();
        String pid = ask("SELECT pg_backend_pid()").get(0);
        try (Connection witness = DriverManager.getConnection(url())) {
            new ProcessBuilder("kill", "-9", pid).start().waitFor();
            // until then it still answers, to end everything a moment later
            Scene.await("the server ends all connections", () -> !witness.isValid(1));
        }
        Scene.await("the server is back", () -> {
            try {
                connect();
                execute("SET search_path TO " + schema());
                countedBefore = counted();
                return true;
            } catch (SQLException e) {
                return false;
            }
        });
    }

    @Override
    public void close() throws SQLException {
        super.close();
        if (own != null) {
            try {
                own.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    Checker.Promise promise(Duration lease) {
        return new Checker.Promise(true, lease.plus(lease.dividedBy(3)).plus(SLACK));
    }

    @Override
    void guard() throws SQLException {
        execute(
                """
                CREATE FUNCTION guard_refuse() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN RAISE EXCEPTION '%: %', TG_ARGV[0], TG_ARGV[1]; END $$""",
                trigger("move", "UPDATE ON taskstore_task", ILLEGAL_MOVE, "an illegal move"),
                trigger("outcome", "UPDATE ON taskstore_task", OTHER_OUTCOME, "another outcome"),
                trigger("beginning", "UPDATE ON taskstore_task", OTHER_BEGINNING, "another history"),
                trigger("task", "DELETE ON taskstore_task", "true", "a task that goes"),
                trigger("change", "INSERT ON taskstore_change", ILLEGAL_CHANGE, "an illegal change"),
                trigger("history", "UPDATE ON taskstore_change", "true", "another history"),
                trigger("past", "DELETE ON taskstore_change", "true", "a history that goes"));
    }

    private static String trigger(String name, String where, String when, String what) {
        return "CREATE TRIGGER guard_" + name + " BEFORE " + where + " FOR EACH ROW WHEN (" + when
                + ") EXECUTE FUNCTION guard_refuse('" + REFUSED + "', '" + what + "')";
    }

    @Override
    List<String> damages() throws SQLException {
        long deadlocks = deadlocks();
        return deadlocks == 0 ? List.of() : List.of("there were " + deadlocks + " deadlocks");
    }

    /** {@return how many deadlocks there were} */
    private long deadlocks() throws SQLException {
        return beforeCrashes + counted() - countedBefore;
    }

    private long counted() throws SQLException {
        return Long.parseLong(ask(DEADLOCKS).get(0));
    }

    @Override
    String time(String column) {
        return "to_char(" + column + " AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')";
    }

    @Override
    String readable(String table) {
        return table;
    }
}
