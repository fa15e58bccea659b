package io.taskstore.jdbi;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.ConnectionFactory;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection of its own on which processes tell each other something. Whatever it asks the server, it does not wait for the
 * answer for longer than its patience. For one thread, but for {@link #abort()}.
 */
final class Line implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(TaskDatabase.class);

    private static final String SEND = """
            SELECT pg_notify(letter.channel, letter.text)
              FROM unnest(CAST(? AS text[]), CAST(? AS text[])) AS letter (channel, text)""";

    private final ConnectionFactory connections;
    private final Connection connection;
    private final PGConnection driver;
    private final int timeoutBefore;
    private volatile boolean aborted;

    /** Whether it has been seen to do what it is there for. */
    private boolean ofUse;

    /** A text for those who listen to a channel. */
    record Letter(String channel, String text) {}

    private Line(ConnectionFactory connections, Connection connection, Duration patience) throws SQLException {
        this.connections = connections;
        this.connection = connection;
        this.driver = connection.unwrap(PGConnection.class);
        this.timeoutBefore = connection.getNetworkTimeout();
        connection.setNetworkTimeout(Runnable::run, Math.toIntExact(patience.toMillis()));
    }

    static Line open(ConnectionFactory connections, Duration patience) throws SQLException {
        Connection connection = connections.openConnection();
        try {
            return new Line(connections, connection, patience);
        } catch (SQLException | RuntimeException e) {
            connections.closeConnection(connection);
            throw e;
        }
    }

    /** Hears what is sent to the channels from now on. */
    void listen(Channels channels) throws SQLException {
        // names of our own making, which consist of letters and digits
        execute("LISTEN " + channels.all());
        execute("LISTEN " + channels.own());
    }

    /** Sends the letters, all at once; with none it finds out whether the server answers. */
    void send(List<Letter> letters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(SEND)) {
            statement.setArray(1, text(letters.stream().map(Letter::channel).toArray()));
            statement.setArray(2, text(letters.stream().map(Letter::text).toArray()));
            statement.execute();
        }
    }

    private java.sql.Array text(Object[] values) throws SQLException {
        return connection.createArrayOf("text", values);
    }

    /** {@return what has come, for which it waits so long at most} */
    List<Letter> receive(Duration timeout) throws SQLException {
        List<Letter> letters = new ArrayList<>();
        PGNotification[] come = driver.getNotifications((int) Math.max(1, timeout.toMillis()));
        if (come != null) {
            for (PGNotification each : come) {
                letters.add(new Letter(each.getName(), each.getParameter()));
            }
        }
        return letters;
    }

    /** Takes down that it does what it is there for. */
    void proves() {
        ofUse = true;
    }

    boolean isOfUse() {
        return ofUse;
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Breaks the connection, whatever waits for it. */
    void abort() {
        aborted = true;
        try {
            connection.abort(Runnable::run);
        } catch (SQLException e) {
            LOG.debug("a connection could not be broken: {}", e.getSQLState());
        }
    }

    /** Gives the connection back as it came, or broken. */
    @Override
    public void close() {
        try {
            if (!aborted) {
                execute("UNLISTEN *");
                connection.setNetworkTimeout(Runnable::run, timeoutBefore);
            }
        } catch (SQLException e) {
            abort();
        }
        try {
            connections.closeConnection(connection);
        } catch (SQLException e) {
            LOG.debug("a connection could not be given back: {}", e.getSQLState());
        }
    }
}
