package io.taskstore.jdbi;

import com.zaxxer.hikari.HikariDataSource;
import io.taskstore.StorageUnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import org.jdbi.v3.core.ConnectionFactory;
import org.jspecify.annotations.Nullable;

/** What is open of one SQLite database: the connection that writes, and the pool of those that read. */
final class SqliteEngine extends Engine {

    private static final Call OPEN = Call.of("open");

    private final SqliteFile file;
    private final SqliteConnections connections;
    private final @Nullable HikariDataSource readers;
    private final SqliteTransactions transactions;

    SqliteEngine(
            SqlSettings settings,
            InstantSource clock,
            NewsDesk news,
            SqliteFile file,
            SqliteConnections connections,
            Options options) {
        super(settings, clock, news);
        this.file = file;
        this.connections = connections;
        if (!file.isInMemory()) {
            file.create(options.migration());
        }
        this.readers = file.isInMemory() ? null : connections.readers();
        ConnectionFactory writer = connections.writer();
        this.transactions = new SqliteTransactions(
                settings,
                clock,
                news,
                file.isInMemory() ? new OnlyOnce(writer) : writer,
                readers,
                options.busyTimeout());
    }

    /** The database in memory lives and dies with its connection. */
    private static final class OnlyOnce implements ConnectionFactory {

        private final ConnectionFactory factory;
        private boolean opened;

        OnlyOnce(ConnectionFactory factory) {
            this.factory = factory;
        }

        @Override
        public synchronized Connection openConnection() throws SQLException {
            if (opened) {
                throw new StorageUnavailableException(
                        "the database in memory is gone with its connection; open another one", null);
            }
            opened = true;
            Connection connection = factory.openConnection();
            Migrations.create(connection);
            return connection;
        }
    }

    void open(Migration migration) throws SQLException {
        if (!file.isInMemory()) {
            connections.prepare();
            Migrations.sqlite(connections.url(), connections.migrationProperties())
                    .run(migration);
        }
        transactions.write(OPEN, session -> {
            Migrations.check(session);
            return true;
        });
    }

    @Override
    Transactions transactions() {
        return transactions;
    }

    @Override
    Runnable enter(Call call, Connection host) {
        refuseOther(call, host);
        return transactions.gate().enterJoined(call);
    }

    private void refuseOther(Call call, Connection host) {
        String path;
        try {
            path = path(host);
        } catch (SQLException e) {
            throw Failures.ofStatement(call, e);
        }
        if (!isSame(path)) {
            throw new IllegalStateException("the transaction to join is in another database than the tasks: in "
                    + (path.isEmpty() ? "memory" : path) + ", not in " + this);
        }
    }

    private boolean isSame(String path) {
        try {
            return file.path().isPresent()
                    && !path.isEmpty()
                    && Files.isSameFile(file.path().get(), Path.of(path));
        } catch (IOException e) {
            return false;
        }
    }

    /** {@return the file of the main database of the connection; empty in memory} */
    static String path(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("PRAGMA database_list")) {
            while (row.next()) {
                if (row.getString("name").equals("main")) {
                    String path = row.getString("file");
                    return path == null ? "" : path;
                }
            }
            return "";
        }
    }

    @Override
    <X extends Exception> void transaction(Call call, Inside<X> body) throws X {
        transactions.exclusive(call, body);
    }

    @Override
    public void close() {
        transactions.close();
        if (readers != null) {
            readers.close();
        }
    }

    @Override
    public String toString() {
        return file.path().map(path -> "SQLite file " + path).orElse("SQLite in memory");
    }
}
