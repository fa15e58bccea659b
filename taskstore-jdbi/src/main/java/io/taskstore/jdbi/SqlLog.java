package io.taskstore.jdbi;

import java.sql.SQLException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.jdbi.v3.core.statement.SqlLogger;
import org.jdbi.v3.core.statement.StatementContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells each statement with its time at DEBUG, and slow ones at WARN; never a bound value. */
final class SqlLog implements SqlLogger {

    private static final Logger LOG = LoggerFactory.getLogger("io.taskstore.jdbi.sql");

    private final long slowMicros;

    SqlLog(Duration slowQuery) {
        this.slowMicros = Durations.micros(slowQuery);
    }

    @Override
    public void logAfterExecution(StatementContext context) {
        long micros = context.getElapsedTime(ChronoUnit.MICROS);
        if (micros >= slowMicros) {
            LOG.warn("slow: {} ms, {} rows: {}", micros / 1_000.0, context.getMappedRows(), oneLine(context));
        } else if (LOG.isDebugEnabled()) {
            LOG.debug("{} ms, {} rows: {}", micros / 1_000.0, context.getMappedRows(), oneLine(context));
        }
    }

    @Override
    public void logException(StatementContext context, SQLException thrown) {
        LOG.debug("failed with {}/{}: {}", thrown.getErrorCode(), thrown.getSQLState(), oneLine(context));
    }

    private static String oneLine(StatementContext context) {
        String sql = context.getRenderedSql();
        return sql == null ? "" : sql.replaceAll("\\s+", " ").strip();
    }
}
