package io.taskstore.jdbi;

import com.zaxxer.hikari.HikariDataSource;
import io.taskstore.StorageUnavailableException;
import io.taskstore.TaskStoreException;
import io.taskstore.jdbi.SqliteWriter.Caller;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.UUID;
import org.jdbi.v3.core.ConnectionFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is open of one SQLite database: the connection that writes, and the pool of those that read. */
final class SqliteEngine extends Engine {

    private static final Logger LOG = LoggerFactory.getLogger(TaskDatabase.class);
    private static final Call OPEN = Call.of("open");

    private final SqliteFile file;
    private final SqliteConnections connections;
    private final UUID owner = UUID.randomUUID();
    private final SqliteProcess process;
    private final SqliteLiveness liveness;
    private final @Nullable HikariDataSource readers;
    private final SqliteTransactions transactions;
    private final Caller caller;
    private volatile boolean opened;

    /** Claims the file for this process, before the first connection to it is opened. */
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
        if (file.path().isPresent()) {
            SqliteProcess.refuseLost(file.path().get());
            file.create(options.migration());
            this.process = SqliteProcess.of(
                    file.path().get(), owner, identity -> new SqliteWriter(settings, connections.writer(), identity));
            this.readers = connections.readers();
        } else {
            ConnectionFactory once = new OnlyOnce(connections.writer());
            this.process = SqliteProcess.inMemory(owner, none -> new SqliteWriter(settings, once, none));
            this.readers = null;
        }
        this.liveness = new SqliteLiveness(options.lease(), InstantSource.system(), process, owner);
        this.caller = new Caller(clock, options.busyTimeout());
        this.transactions = new SqliteTransactions(settings, caller, news, process, readers);
    }

    Liveness liveness() {
        return liveness;
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
        opened = true;
    }

    @Override
    Transactions transactions() {
        return transactions;
    }

    @Override
    int creatingLanes() {
        return 1;
    }

    @Override
    Runnable enter(Call call, Connection host) {
        refuseOther(call, host);
        return process.writer().gate().enterJoined(call, caller.patience());
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
        process.writer().exclusive(call, caller, body);
    }

    /** Workers that were not retired are dead from now on, so that others may take their tasks at once. */
    @Override
    public void close() {
        boolean clean = !opened;
        if (opened && !transactions.isClosed()) {
            try {
                transactions.write(Call.of("close"), session -> {
                    liveness.endAll(session);
                    return true;
                });
                clean = true;
            } catch (TaskStoreException e) {
                LOG.warn("the workers of {} could not be ended; others will find that they are dead", this, e);
            }
        }
        transactions.close();
        try {
            process.close(owner, clean);
        } finally {
            if (readers != null) {
                readers.close();
            }
        }
    }

    @Override
    public String toString() {
        return file.path().map(path -> "SQLite file " + path).orElse("SQLite in memory");
    }
}
