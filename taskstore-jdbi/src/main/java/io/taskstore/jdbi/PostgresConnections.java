package io.taskstore.jdbi;

import io.taskstore.StorageFailedException;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jdbi.v3.core.ConnectionFactory;

/**
 * Connections of a pool, which may be the host's: each commits by itself while it is ours, and goes back as it came. One that
 * comes in another state than the first did is in somebody else's transaction, and what we commit would end that.
 */
final class PostgresConnections implements ConnectionFactory {

    private final DataSource pool;
    private final boolean autoCommit;

    private PostgresConnections(DataSource pool, boolean autoCommit) {
        this.pool = pool;
        this.autoCommit = autoCommit;
    }

    static PostgresConnections of(DataSource pool) throws SQLException {
        try (Connection first = pool.getConnection()) {
            return new PostgresConnections(pool, first.getAutoCommit());
        }
    }

    /** For a pool of ours, which need not be reachable yet. */
    static PostgresConnections ofOurs(DataSource pool) {
        return new PostgresConnections(pool, true);
    }

    @Override
    public Connection openConnection() throws SQLException {
        Connection connection = pool.getConnection();
        try {
            if (connection.getAutoCommit() != autoCommit) {
                throw new StorageFailedException(
                        "the data source gives out connections that are in a transaction already; open the database with the"
                                + " pool itself, not with a proxy that is aware of transactions",
                        null);
            }
            if (!autoCommit) {
                connection.setAutoCommit(true);
            }
            return connection;
        } catch (SQLException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    @Override
    public void closeConnection(Connection connection) throws SQLException {
        try (connection) {
            if (!autoCommit) {
                connection.setAutoCommit(false);
            }
        }
    }
}
