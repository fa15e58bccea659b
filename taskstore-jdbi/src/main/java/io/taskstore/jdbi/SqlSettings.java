package io.taskstore.jdbi;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.argument.ArgumentFactory;
import org.jdbi.v3.core.argument.Arguments;
import org.jdbi.v3.core.argument.NullArgument;
import org.jdbi.v3.core.mapper.ColumnMapper;
import org.jdbi.v3.core.statement.ColonPrefixSqlParser;
import org.jdbi.v3.core.statement.SqlParser;
import org.jdbi.v3.core.statement.SqlStatements;
import org.jdbi.v3.core.statement.StatementExceptions;
import org.jdbi.v3.core.statement.TemplateEngine;
import org.jdbi.v3.sqlobject.SqlObjectPlugin;
import org.jspecify.annotations.Nullable;

/** What we tell JDBI about a database: how values go in and out, and how our SQL becomes the database's. */
final class SqlSettings {

    /** Keeps what it has parsed, which costs more than running most statements: what one database asked, others need not. */
    private static final SqlParser PARSER = new ColonPrefixSqlParser();

    private final Dialect dialect;
    private final SqlLog log;

    SqlSettings(Dialect dialect, SqlLog log) {
        this.dialect = dialect;
        this.log = log;
    }

    RowBatch batch(Handle handle, String sql) {
        PreparedOnce cache = handle.getStatementBuilder() instanceof PreparedOnce once ? once : null;
        return new RowBatch(handle.getConnection(), cache, dialect, log, sql);
    }

    Jdbi apply(Jdbi jdbi) {
        jdbi.getConfig(StatementExceptions.class).setMessageRendering(StatementExceptions.MessageRendering.NONE);
        SqlStatements statements = jdbi.getConfig(SqlStatements.class);
        TemplateEngine engine = (sql, context) -> dialect.render(sql);
        statements.setTemplateEngine(engine).setSqlParser(PARSER);
        log.addTo(statements);
        // payloads are nothing for a flight recording: there is room for the bracket before the first name, and JDBI
        // fails with less
        statements.setJfrParamMaxLength(4);
        statements.setUnusedBindingAllowed(true);
        jdbi.getConfig(Arguments.class).setUntypedNullArgument(new NullArgument(Types.NULL));
        jdbi.registerArgument(argument(UUID.class, dialect::bind));
        jdbi.registerArgument(argument(Instant.class, dialect::bind));
        jdbi.registerArgument(argument(Many.class, dialect::bind));
        jdbi.registerArgument(argument(
                Duration.class, (statement, position, value) -> statement.setLong(position, Durations.micros(value))));
        jdbi.registerColumnMapper(UUID.class, (ColumnMapper<UUID>) (row, column, context) -> dialect.uuid(row, column));
        jdbi.registerColumnMapper(
                Instant.class, (ColumnMapper<Instant>) (row, column, context) -> dialect.instant(row, column));
        jdbi.installPlugin(new SqlObjectPlugin());
        return jdbi;
    }

    private interface Binder<T> {
        void bind(PreparedStatement statement, int position, T value) throws SQLException;
    }

    private static <T> ArgumentFactory argument(Class<T> type, Binder<T> binder) {
        return (ArgumentFactory.Preparable) (asked, config) -> asked == type
                ? Optional.of(value -> (position, statement, context) -> bind(binder, statement, position, type, value))
                : Optional.empty();
    }

    private static <T> void bind(
            Binder<T> binder, PreparedStatement statement, int position, Class<T> type, @Nullable Object value)
            throws SQLException {
        if (value == null) {
            statement.setNull(position, Types.NULL);
        } else {
            binder.bind(statement, position, type.cast(value));
        }
    }
}
