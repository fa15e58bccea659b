package io.taskstore.jdbi;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What differs between the databases in every statement: how values go in and out, and six turns of phrase in the SQL.
 *
 * <ul>
 *   <li>{@code taskstore_task} and all our other tables are in their schema.
 *   <li>{@code IN MANY (:ids)} is whatever is in a {@link Many}.
 *   <li>{@code FOR UPDATE} at the end of a line locks rows, where there is more than one writer.
 *   <li>{@code INDEXED BY taskstore_task_type} names the index to SQLite, which cannot know how many rows have a value.
 *   <li>{@code CROSS JOIN EACH taskstore_task t ON t.id = x.id} looks up a row for each that is there, and does nothing else.
 *   <li>{@code OFFSET 0} at the end of a subquery keeps PostgreSQL from choosing the index by what is asked around it.
 *   <li>{@code t.updated_at LONG AFTER t.created_at} is true of times that are ten minutes apart, as in the index.
 * </ul>
 */
abstract sealed class Dialect {

    private static final Pattern MANY = Pattern.compile("\\bIN MANY \\((:\\w+)\\)");
    private static final Pattern LOCK = Pattern.compile("\\bFOR UPDATE\\b.*");
    private static final Pattern INDEX = Pattern.compile("\\s+INDEXED BY \\w+");
    private static final Pattern EACH = Pattern.compile("\\bJOIN EACH (\\w+) (\\w+) ON ([\\w.]+ = [\\w.]+)");
    private static final Pattern BARRIER = Pattern.compile("\\s+OFFSET 0\\b");
    private static final Pattern LONG_AFTER = Pattern.compile("([\\w.]+) LONG AFTER ([\\w.]+)");
    private static final Pattern TABLE = Pattern.compile("(?<!\\.)\\b(?=taskstore_)");

    private final Map<String, String> rendered = new ConcurrentHashMap<>();

    /** {@return the SQL with our turns of phrase put into the words of the database} */
    final String render(String sql) {
        return rendered.computeIfAbsent(sql, this::translate);
    }

    abstract String translate(String sql);

    abstract void bind(PreparedStatement statement, int position, UUID value) throws SQLException;

    abstract void bind(PreparedStatement statement, int position, Instant value) throws SQLException;

    abstract void bind(PreparedStatement statement, int position, Many value) throws SQLException;

    /** Binds a value that both drivers know: a text, a number, a boolean, or null. */
    abstract void bindNull(PreparedStatement statement, int position) throws SQLException;

    abstract @Nullable UUID uuid(ResultSet row, int column) throws SQLException;

    abstract @Nullable Instant instant(ResultSet row, int column) throws SQLException;

    /** One writer, dynamic types. */
    static final class Sqlite extends Dialect {

        @Override
        String translate(String sql) {
            String many = MANY.matcher(sql).replaceAll("IN (SELECT value FROM json_each($1))");
            String each = EACH.matcher(LOCK.matcher(many).replaceAll("")).replaceAll("JOIN $1 $2 ON $3");
            String open = BARRIER.matcher(each).replaceAll("");
            return LONG_AFTER.matcher(open).replaceAll("julianday($1) - julianday($2) > 0.0069");
        }

        @Override
        void bind(PreparedStatement statement, int position, UUID value) throws SQLException {
            statement.setString(position, value.toString());
        }

        @Override
        void bind(PreparedStatement statement, int position, Instant value) throws SQLException {
            statement.setString(position, Times.text(value));
        }

        @Override
        void bind(PreparedStatement statement, int position, Many value) throws SQLException {
            statement.setString(position, value.json());
        }

        @Override
        void bindNull(PreparedStatement statement, int position) throws SQLException {
            statement.setNull(position, java.sql.Types.NULL);
        }

        @Override
        @Nullable
        UUID uuid(ResultSet row, int column) throws SQLException {
            String text = row.getString(column);
            return text == null ? null : UUID.fromString(text);
        }

        @Override
        @Nullable
        Instant instant(ResultSet row, int column) throws SQLException {
            String text = row.getString(column);
            return text == null ? null : Times.instant(text);
        }
    }

    /** Many writers, its own schema. */
    static final class Postgres extends Dialect {

        private static final Pattern SCHEMA = Pattern.compile("(?!pg_)[a-z_][a-z0-9_]{0,62}");

        private final String schema;

        Postgres(String schema) {
            if (!SCHEMA.matcher(schema).matches()) {
                throw new io.taskstore.InvalidInputException(
                        "schema", "1 to 63 lower-case letters, digits or _, not beginning with a digit or pg_", schema);
            }
            this.schema = schema;
        }

        String schema() {
            return schema;
        }

        @Override
        String translate(String sql) {
            String many = MANY.matcher(sql).replaceAll("= ANY ($1)");
            String free = INDEX.matcher(many).replaceAll("");
            String each = EACH.matcher(free).replaceAll("JOIN LATERAL (SELECT $2.* FROM $1 $2 WHERE $3 OFFSET 0) $2");
            String late = LONG_AFTER.matcher(each).replaceAll("$1 - $2 > interval '596 seconds'");
            return TABLE.matcher(late).replaceAll(Matcher.quoteReplacement("\"" + schema + "\"."));
        }

        @Override
        void bind(PreparedStatement statement, int position, UUID value) throws SQLException {
            statement.setObject(position, value);
        }

        @Override
        void bind(PreparedStatement statement, int position, Instant value) throws SQLException {
            statement.setObject(position, OffsetDateTime.ofInstant(value, ZoneOffset.UTC));
        }

        @Override
        void bind(PreparedStatement statement, int position, Many value) throws SQLException {
            statement.setArray(
                    position,
                    statement
                            .getConnection()
                            .createArrayOf(value.type(), value.members().toArray()));
        }

        @Override
        void bindNull(PreparedStatement statement, int position) throws SQLException {
            statement.setNull(position, java.sql.Types.NULL);
        }

        @Override
        @Nullable
        UUID uuid(ResultSet row, int column) throws SQLException {
            return row.getObject(column, UUID.class);
        }

        @Override
        @Nullable
        Instant instant(ResultSet row, int column) throws SQLException {
            OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
            return time == null ? null : time.toInstant();
        }
    }
}
