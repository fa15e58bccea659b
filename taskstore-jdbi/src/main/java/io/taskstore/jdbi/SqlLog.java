package io.taskstore.jdbi;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import org.jdbi.v3.core.statement.SqlLogger;
import org.jdbi.v3.core.statement.SqlStatements;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.core.statement.StatementContextListener;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells each statement with its time and rows at DEBUG, and slow ones at WARN; never a bound value. A query is told once its
 * rows are read: SQLite does most of its work then.
 */
final class SqlLog implements SqlLogger, StatementContextListener {

    private static final Logger LOG = LoggerFactory.getLogger("io.taskstore.jdbi.sql");
    private static final String MEASURED = "taskstore.measured";
    private static final double NANOS_PER_MILLI = 1_000_000.0;

    private final long slowNanos;

    SqlLog(Duration slowQuery) {
        this.slowNanos = slowQuery.toNanos();
    }

    /** One execution of a statement. Used by the thread that executes it. */
    private static final class Measured {

        private final long start = System.nanoTime();
        private long rows = -1;
        private boolean executed;
    }

    void addTo(SqlStatements statements) {
        statements.setSqlLogger(this).addContextListener(this);
    }

    @Override
    public void logBeforeExecution(StatementContext context) {
        context.define(MEASURED, new Measured());
    }

    @Override
    public void logAfterExecution(StatementContext context) {
        if (context.getAttribute(MEASURED) instanceof Measured measured) {
            measured.executed = true;
            if (LOG.isDebugEnabled() || System.nanoTime() - measured.start >= slowNanos) {
                measured.rows = changedRows(context);
            }
        }
    }

    /** {@return how many rows the statement changed; -1 if it asks for rows, or nobody knows, as for a batch} */
    private static long changedRows(StatementContext context) {
        PreparedStatement statement = context.getStatement();
        try {
            return statement == null ? -1 : statement.getUpdateCount();
        } catch (SQLException e) {
            return -1;
        }
    }

    @Override
    public void contextCleaned(StatementContext context) {
        if (context.getAttribute(MEASURED) instanceof Measured measured && measured.executed) {
            measured.executed = false;
            long nanos = System.nanoTime() - measured.start;
            tell(nanos, Math.max(measured.rows, context.getMappedRows()), context.getRenderedSql());
        }
    }

    /** Tells of a statement that was run for many rows. */
    void batch(String sql, int rows, long nanos) {
        tell(nanos, rows, sql);
    }

    private void tell(long nanos, long rows, @Nullable String sql) {
        if (nanos >= slowNanos) {
            LOG.warn("slow: {} ms, {} rows: {}", nanos / NANOS_PER_MILLI, rows, oneLine(sql));
        } else if (LOG.isDebugEnabled()) {
            LOG.debug("{} ms, {} rows: {}", nanos / NANOS_PER_MILLI, rows, oneLine(sql));
        }
    }

    @Override
    public void logException(StatementContext context, SQLException thrown) {
        LOG.debug(
                "failed with {}/{}: {}",
                thrown.getErrorCode(),
                thrown.getSQLState(),
                oneLine(context.getRenderedSql()));
    }

    private static String oneLine(@Nullable String sql) {
        return sql == null ? "" : sql.replaceAll("\\s+", " ").strip();
    }
}
