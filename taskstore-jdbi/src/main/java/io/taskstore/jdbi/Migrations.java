package io.taskstore.jdbi;

import io.taskstore.StorageFailedException;
import io.taskstore.TaskStoreException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationState;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.jdbi.v3.core.statement.StatementException;

/** Brings the schema of a database to the version of this library, or sees that it has it. */
final class Migrations {

    static final String HISTORY = "taskstore_schema_history";

    /** All scripts in their order; the way back of each begins with U in place of V. */
    static final List<String> SCRIPTS = List.of("V1__tasks.sql");

    /** How often somebody else's migration is waited for. */
    private static final int LOOKS = 40;

    private static final long BETWEEN_LOOKS = Duration.ofMillis(50).toNanos();

    private static final String PATH = "io/taskstore/jdbi/";

    private final FluentConfiguration configuration;

    private Migrations(FluentConfiguration configuration) {
        this.configuration = configuration;
    }

    static Migrations sqlite(String url, Map<String, String> properties) {
        return new Migrations(
                configuration("sqlite").dataSource(url, null, null).jdbcProperties(properties));
    }

    static Migrations postgresql(String url, String schema) {
        return new Migrations(in(schema).dataSource(url, null, null));
    }

    static Migrations postgresql(DataSource dataSource, String schema) {
        return new Migrations(in(schema).dataSource(dataSource));
    }

    private static FluentConfiguration in(String schema) {
        return configuration("postgresql").defaultSchema(schema).schemas(schema);
    }

    private static FluentConfiguration configuration(String folder) {
        return Flyway.configure(Migrations.class.getClassLoader())
                .locations("classpath:" + PATH + folder)
                .failOnMissingLocations(true)
                .table(HISTORY)
                .baselineOnMigrate(true)
                .baselineVersion("0")
                .ignoreMigrationPatterns(new String[0])
                .cleanDisabled(true)
                .connectRetries(0)
                .loggers("slf4j");
    }

    void run(Migration migration) {
        try {
            switch (migration) {
                case APPLY -> apply();
                case VALIDATE -> validate();
                case SKIP -> {}
            }
        } catch (FlywayException e) {
            throw failure(e);
        }
    }

    /**
     * Flyway takes a lock even where it finds nothing to do, and on SQLite waits for it in longer and longer pauses, so that it
     * may never get it beside others that write all the time. So it is asked only where there is something to do, and who
     * waited in vain looks whether the others have done it: before that, they do not write.
     */
    private void apply() {
        if (isCurrent()) {
            return;
        }
        try {
            migrate();
        } catch (FlywayException e) {
            if (!Failures.isSqliteBusy(e) || !isCurrent()) {
                throw e;
            }
        }
    }

    /** {@return whether the database has all migrations as they are here, and no others} */
    private boolean isCurrent() {
        MigrationInfo[] all = configuration.load().info().all();
        long ours = Stream.of(all)
                .filter(info -> info.getState() == MigrationState.SUCCESS)
                .filter(info -> info.isChecksumMatching() && info.isDescriptionMatching() && info.isTypeMatching())
                .count();
        long baselines = Stream.of(all)
                .filter(info -> info.getState() == MigrationState.BASELINE)
                .count();
        return ours == SCRIPTS.size() && ours + baselines == all.length;
    }

    /**
     * Flyway makes its history and writes into it in two steps. Whoever looks in between waits for the second; it never comes
     * from a process that died there. If it has come by now, it may have been missing a moment ago: that is tried once more.
     */
    private void migrate() {
        boolean wasFilled = false;
        for (int left = LOOKS; ; left--) {
            try {
                configuration.load().migrate();
                return;
            } catch (FlywayException e) {
                if (left < 0 || wasFilled || Failures.sqlException(e) != null) {
                    throw e;
                }
                wasFilled = !isHistoryEmpty();
                if (left == 0 && !wasFilled) {
                    dropEmptyHistory();
                }
                LockSupport.parkNanos(BETWEEN_LOOKS);
            }
        }
    }

    private boolean isHistoryEmpty() {
        return configuration.load().info().applied().length == 0;
    }

    private void dropEmptyHistory() {
        String schema = configuration.getDefaultSchema();
        String history = schema == null ? HISTORY : '"' + schema + "\"." + HISTORY;
        try (Connection connection = configuration.getDataSource().getConnection();
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            try (ResultSet rows = statement.executeQuery("SELECT count(*) FROM " + history)) {
                if (rows.next() && rows.getInt(1) == 0) {
                    statement.executeUpdate("DROP TABLE " + history);
                }
            }
            connection.commit();
            connection.setAutoCommit(true);
        } catch (SQLException e) {
            throw Failures.ofStatement(Call.of("open"), e);
        }
    }

    private void validate() {
        Flyway flyway = configuration.load();
        MigrationInfo[] pending = flyway.info().pending();
        if (pending.length > 0) {
            throw new StorageFailedException(
                    "open failed: the schema is older than this library: migration " + pending[0].getVersion()
                            + " and all behind it are missing; open the database once with Migration.APPLY",
                    null);
        }
        flyway.validate();
    }

    private TaskStoreException failure(FlywayException thrown) {
        SQLException error = Failures.sqlException(thrown);
        if (error != null) {
            return Failures.ofStatement(Call.of("open"), thrown);
        }
        String newest = newest();
        return new StorageFailedException(
                newest.isEmpty()
                        ? "open failed: the schema does not agree with the migrations of this library; was a script changed,"
                                + " or another tool used? See the cause"
                        : "open failed: the schema has version " + newest
                                + ", which is newer than this library knows; use" + " the newer library",
                thrown);
    }

    /** {@return the version of the database, if this library does not know it} */
    private String newest() {
        String newest = "";
        for (MigrationInfo info : configuration.load().info().applied()) {
            boolean known = info.getState().isResolved();
            if (!known && info.getVersion() != null) {
                newest = info.getVersion().toString();
            }
        }
        return newest;
    }

    /** Sees that the tables are there, in case that somebody else was to make them, and that they can be written. */
    static void check(Session session) {
        try {
            session.update("DELETE FROM taskstore_paused_queue WHERE FALSE").execute();
        } catch (StatementException e) {
            if (!Failures.isMissingTable(e)) {
                throw e;
            }
            throw new StorageFailedException(
                    "open failed: the tables of this library are missing; open the database once with Migration.APPLY",
                    e);
        }
    }

    /**
     * Makes the schema in a database that lives and dies with this connection: nobody else will ever look at its history,
     * and Flyway would take most of the time of opening it.
     */
    static void create(Connection connection) throws SQLException {
        for (String script : SCRIPTS) {
            try (Statement statement = connection.createStatement()) {
                statement.executeUpdate(text("sqlite", script));
            }
        }
    }

    static String text(String folder, String script) {
        String name = "/" + PATH + folder + "/" + script;
        try (InputStream in = Migrations.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is missing");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
