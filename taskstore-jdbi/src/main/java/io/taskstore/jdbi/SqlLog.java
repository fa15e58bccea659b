package io.taskstore.jdbi;

import java.sql.SQLException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.jdbi.v3.core.statement.SqlLogger;
import org.jdbi.v3.core.statement.StatementContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells each statement with its time at DEBUG, and slow ones at WARN; never a bound value. */
final class SqlLog implements SqlLogger {

    private static final Logger LOG = LoggerFactory.getLogger("io.taskstore.jdbi.sql");

    private static final long MICRO = 1_000;

    private final long slowMicros;

    SqlLog(Duration slowQuery) {
        this.slowMicros = Durations.micros(slowQuery);
    }

    @Override
    public void logAfterExecution(StatementContext context) {
        tell(context.getElapsedTime(ChronoUnit.MICROS), context.getMappedRows(), context.getRenderedSql());
    }

    /** Tells of a statement that was run for many rows. */
    void batch(String sql, int rows, long nanos) {
        tell(nanos / MICRO, rows, sql);
    }

    private void tell(long micros, long rows, @Nullable String sql) {
        if (micros >= slowMicros) {
            LOG.warn("slow: {} ms, {} rows: {}", micros / (double) MICRO, rows, oneLine(sql));
        } else if (LOG.isDebugEnabled()) {
            LOG.debug("{} ms, {} rows: {}", micros / (double) MICRO, rows, oneLine(sql));
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
