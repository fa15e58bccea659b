package io.taskstore.jdbi;

import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jdbi.v3.core.statement.StatementBuilder;
import org.jdbi.v3.core.statement.StatementContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the prepared statements of one connection for their next use: SQLite has no cache of its own, and preparing costs
 * more than running. A statement that is in use is prepared a second time. Used by one thread at a time.
 */
final class PreparedOnce implements StatementBuilder {

    /** More than all statements with a fixed text; filters make texts of their own, which must neither pile up nor displace these. */
    private static final int MOST = 200;

    private static final Logger LOG = LoggerFactory.getLogger(TaskDatabase.class);

    /** The one that was used longest ago comes first: whoever uses one takes it out and puts it back. */
    private final Map<String, PreparedStatement> idle = new LinkedHashMap<>();

    /** With which text each was prepared: JDBI gives back a query with the text it had before its parameters were parsed. */
    private final IdentityHashMap<PreparedStatement, String> texts = new IdentityHashMap<>();

    @Override
    public Statement create(Connection connection, StatementContext context) throws SQLException {
        return connection.createStatement();
    }

    @Override
    public PreparedStatement create(Connection connection, String sql, StatementContext context) throws SQLException {
        return create(connection, sql);
    }

    PreparedStatement create(Connection connection, String sql) throws SQLException {
        PreparedStatement known = idle.remove(sql);
        if (known == null) {
            known = connection.prepareStatement(sql);
            texts.put(known, sql);
        }
        return known;
    }

    /** Runs a statement that has no parameters and answers nothing. */
    void execute(Connection connection, String sql) throws SQLException {
        PreparedStatement statement = create(connection, sql);
        try {
            statement.execute();
        } catch (SQLException e) {
            giveUp(statement);
            throw e;
        }
        close(connection, sql, statement);
    }

    /** Closes a statement that failed and may be of no use any more. */
    void giveUp(PreparedStatement statement) {
        texts.remove(statement);
        closeQuietly(statement);
    }

    static void closeQuietly(PreparedStatement statement) {
        try {
            statement.close();
        } catch (SQLException e) {
            LOG.debug("a statement could not be closed; its connection is closed sooner or later");
        }
    }

    @Override
    public CallableStatement createCall(Connection connection, String sql, StatementContext context)
            throws SQLException {
        return connection.prepareCall(sql);
    }

    @Override
    public void close(Connection connection, String sql, Statement statement) throws SQLException {
        String text = statement instanceof PreparedStatement prepared ? texts.get(prepared) : null;
        if (statement instanceof PreparedStatement prepared && text != null) {
            if (!clear(prepared)) {
                giveUp(prepared);
                return;
            }
            PreparedStatement other = idle.remove(text);
            idle.put(text, prepared);
            if (other == null && idle.size() > MOST) {
                other = idle.remove(idle.keySet().iterator().next());
            }
            if (other != null) {
                texts.remove(other);
                other.close();
            }
        } else {
            texts.remove(statement);
            statement.close();
        }
    }

    /** {@return whether it may be used again: the driver gives up some that fail} */
    private static boolean clear(PreparedStatement statement) {
        try {
            statement.clearBatch();
            statement.clearParameters();
            return true;
        } catch (SQLException e) {
            return false;
        }
    }

    @Override
    public void close(Connection connection) {
        for (PreparedStatement statement : idle.values()) {
            closeQuietly(statement);
        }
        idle.values().forEach(texts::remove);
        idle.clear();
    }
}
