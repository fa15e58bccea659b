package io.taskstore.benchmarks;

import com.zaxxer.hikari.HikariDataSource;
import io.taskstore.benchmarks.StorageSpeed.Side;
import io.taskstore.jdbi.TaskDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A new empty database for each measure. */
final class Scratch implements AutoCloseable {

    private static final AtomicInteger NUMBER = new AtomicInteger();

    /** How many connections to PostgreSQL the others have. */
    static final int POOL = 20;

    private final Path folder;
    private final @Nullable Server server;

    private Scratch(Path folder, @Nullable Server server) {
        this.folder = folder;
        this.server = server;
    }

    static Scratch open(String database) throws Exception {
        return new Scratch(StorageSpeed.folder(), database.equals("sqlite") ? null : Server.start());
    }

    /** Opens one of the two. */
    interface Opening {
        Side open() throws Exception;
    }

    /** What is measured. */
    interface Measure {
        List<Double> of(Side side) throws Exception;
    }

    List<Double> with(Opening opening, Measure measure) throws Exception {
        try (Side side = opening.open()) {
            return measure.of(side);
        }
    }

    Side library() throws SQLException {
        next();
        return new StorageSpeed.Library(migrated());
    }

    Side jdbc() throws Exception {
        next();
        migrated().close();
        return side();
    }

    /** Leaves the database behind that was used last: from here on all is about a new one. */
    void next() throws SQLException {
        NUMBER.incrementAndGet();
        if (!isSqlite()) {
            execute("CREATE SCHEMA IF NOT EXISTS " + schema());
        }
    }

    /** {@return hand-written JDBC on the database, which has been migrated} */
    Side side() throws SQLException {
        return server == null ? new SqliteJdbc(file()) : new PostgresJdbc(server.url(), schema());
    }

    /** {@return hand-written JDBC with tables of its own} */
    Side thin() throws SQLException {
        return isSqlite() ? new ThinSqlite(file()) : new ThinPostgres(url());
    }

    /** {@return the database, with the library's tables} */
    TaskDatabase migrated() {
        return server == null
                ? TaskDatabase.open(file())
                : TaskDatabase.builder(server.url())
                        .schema(schema())
                        .poolSize(16)
                        .open();
    }

    boolean isSqlite() {
        return server == null;
    }

    String driver() {
        return isSqlite() ? "org.sqlite.JDBC" : "org.postgresql.Driver";
    }

    /** {@return where others find the database, with the durability that the library has} */
    String url() {
        return server == null
                ? file() + "?journal_mode=WAL&synchronous=FULL&busy_timeout=10000"
                : server.url() + "&currentSchema=" + schema();
    }

    /**
     * {@return connections for others}
     *
     * @param toSqlite how many there are if it is SQLite, which has one writer
     */
    HikariDataSource pool(int toSqlite) {
        HikariDataSource pool = new HikariDataSource();
        pool.setJdbcUrl(url());
        pool.setMaximumPoolSize(isSqlite() ? toSqlite : POOL);
        return pool;
    }

    /** Changes the database. */
    void execute(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** {@return the number that a query finds} */
    long number(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url());
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private String file() {
        return "jdbc:sqlite:" + folder.resolve("speed-" + NUMBER.get() + ".db");
    }

    static String schema() {
        return "speed_" + ProcessHandle.current().pid() + "_" + NUMBER.get();
    }

    @Override
    public void close() throws IOException {
        if (server != null) {
            server.close();
        }
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}
