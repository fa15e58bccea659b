package io.taskstore.jdbi;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What differs between the databases in every statement: how values go in and out, and a dozen turns of phrase in the SQL.
 *
 * <ul>
 *   <li>{@code taskstore_task} and all our other tables are in their schema.
 *   <li>{@code IN MANY (:types)} is whatever is in a {@link Many}, and {@code IN IDS (:ids)} in one of ids.
 *   <li>{@code AMONG IDS (:ids)} is the same, but PostgreSQL does not see how many they are. It would plan the statement anew for each
 *       list, which takes longer than to look up one or two.
 *   <li>{@code LOOKED UP (t)} is true of every task. PostgreSQL takes it for so much work that it asks as few tasks as it can, which are
 *       those with the ids that are asked for, too. A plan that was made for a table with hardly a row, and reads all of it, would
 *       be kept when there are many.
 *   <li>{@code t.id IN FOUND (SELECT …)} looks up what the subquery finds, whatever PostgreSQL expects that to be; it holds no
 *       parentheses within parentheses.
 *   <li>{@code FOR UPDATE} at the end of a line locks rows, where there is more than one writer.
 *   <li>{@code INDEXED BY taskstore_task_type} names the index to SQLite, which cannot know how many rows have a value.
 *   <li>{@code CROSS JOIN EACH taskstore_task t ON t.id = x.id} looks up a row for each that is there, and does nothing else.
 *   <li>{@code OFFSET 0} at the end of a subquery keeps PostgreSQL from choosing the index by what is asked around it.
 *   <li>{@code t.updated_at LONG AFTER t.created_at} is true of times that are ten minutes apart, as in the index.
 *   <li>{@code c.at SINCE o.at} is the microseconds from the second time to the first, and never below zero.
 *   <li>{@code bucket.high PLUS :length} is the time so many microseconds later.
 *   <li>{@code m.at IN BUCKETS OF :seconds} is the number of the bucket of that length, since 1970, in which the time is.
 * </ul>
 */
abstract sealed class Dialect {

    private static final Pattern MANY = Pattern.compile("\\bIN MANY \\((:\\w+)\\)");
    private static final Pattern IDS = Pattern.compile("\\bIN IDS \\((:\\w+)\\)");
    private static final Pattern AMONG = Pattern.compile("\\bAMONG IDS \\((:\\w+)\\)");
    private static final Pattern LOOKED_UP = Pattern.compile("\\bLOOKED UP \\((\\w+)\\)");
    private static final Pattern FOUND = Pattern.compile("\\bIN FOUND (\\((?:[^()]|\\([^()]*\\))*\\))");
    private static final Pattern LOCK = Pattern.compile("\\bFOR UPDATE\\b.*");
    private static final Pattern INDEX = Pattern.compile("\\s+INDEXED BY \\w+");
    private static final Pattern EACH = Pattern.compile("\\bJOIN EACH (\\w+) (\\w+) ON ([\\w.]+ = [\\w.]+)");
    private static final Pattern BARRIER = Pattern.compile("\\s+OFFSET 0\\b");
    private static final Pattern LONG_AFTER = Pattern.compile("([\\w.]+) LONG AFTER ([\\w.]+)");
    private static final Pattern SINCE = Pattern.compile("([\\w.:]+) SINCE ([\\w.:]+)");
    private static final Pattern BUCKETS = Pattern.compile("([\\w.]+) IN BUCKETS OF (:\\w+)");
    private static final Pattern PLUS = Pattern.compile("([\\w.:]+) PLUS ([\\w.:]+)");
    private static final Pattern TABLE = Pattern.compile("(?<!\\.)\\b(?=taskstore_)");

    /** {@return the SQL with our turns of phrase put into the words of the database} */
    abstract String render(String sql);

    abstract void bind(PreparedStatement statement, int position, UUID value) throws SQLException;

    abstract void bind(PreparedStatement statement, int position, Instant value) throws SQLException;

    abstract void bind(PreparedStatement statement, int position, Many value) throws SQLException;

    /** Binds a value that both drivers know: a text, a number, a boolean, or null. */
    abstract void bindNull(PreparedStatement statement, int position) throws SQLException;

    abstract @Nullable UUID uuid(ResultSet row, int column) throws SQLException;

    /** {@return the id in a column that is never null} */
    final UUID id(ResultSet row, int column) throws SQLException {
        return Objects.requireNonNull(uuid(row, column));
    }

    abstract @Nullable Instant instant(ResultSet row, int column) throws SQLException;

    /** One writer, dynamic types. */
    static final class Sqlite extends Dialect {

        /** What one database asked, others need not translate. */
        private static final Map<String, String> TRANSLATED = new ConcurrentHashMap<>();

        @Override
        String render(String sql) {
            return TRANSLATED.computeIfAbsent(sql, Sqlite::translate);
        }

        private static String translate(String sql) {
            String found = FOUND.matcher(sql).replaceAll("IN $1");
            String many = MANY.matcher(found).replaceAll("IN (SELECT value FROM json_each($1))");
            String ids = IDS.matcher(many).replaceAll("IN (SELECT unhex(value) FROM json_each($1))");
            String among = AMONG.matcher(ids).replaceAll("IN (SELECT unhex(value) FROM json_each($1))");
            String lookedUp = LOOKED_UP.matcher(among).replaceAll("true");
            String each = EACH.matcher(LOCK.matcher(lookedUp).replaceAll("")).replaceAll("JOIN $1 $2 ON $3");
            String open = BARRIER.matcher(each).replaceAll("");
            String late = LONG_AFTER.matcher(open).replaceAll("$1 - $2 > 596000000");
            String since = SINCE.matcher(late).replaceAll("max($1 - $2, 0)");
            // divided downwards before 1970, too
            String buckets = BUCKETS.matcher(since)
                    .replaceAll("($1 - ($1 % ($2 * 1000000) + $2 * 1000000) % ($2 * 1000000)) / ($2 * 1000000)");
            return PLUS.matcher(buckets).replaceAll("$1 + $2");
        }

        @Override
        void bind(PreparedStatement statement, int position, UUID value) throws SQLException {
            statement.setBytes(position, Ids.bytes(value));
        }

        @Override
        void bind(PreparedStatement statement, int position, Instant value) throws SQLException {
            statement.setLong(position, Times.micros(value));
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
            byte[] bytes = row.getBytes(column);
            return bytes == null ? null : Ids.id(bytes);
        }

        @Override
        @Nullable
        Instant instant(ResultSet row, int column) throws SQLException {
            long micros = row.getLong(column);
            return row.wasNull() ? null : Times.instant(micros);
        }
    }

    /** Many writers, its own schema. */
    static final class Postgres extends Dialect {

        private static final Pattern SCHEMA = Pattern.compile("(?!pg_)[a-z_][a-z0-9_]{0,62}");

        /** Stands where the schema goes. */
        private static final String HERE = "\0";

        /** What one schema was asked, others need not translate. */
        private static final Map<String, String> TRANSLATED = new ConcurrentHashMap<>();

        private final String schema;
        private final Map<String, String> rendered = new ConcurrentHashMap<>();

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
        String render(String sql) {
            return rendered.computeIfAbsent(
                    sql,
                    unknown -> TRANSLATED
                            .computeIfAbsent(unknown, Postgres::translate)
                            .replace(HERE, "\"" + schema + "\"."));
        }

        private static String translate(String sql) {
            String found = FOUND.matcher(sql).replaceAll("= ANY (ARRAY $1)");
            String many = MANY.matcher(found).replaceAll("= ANY ($1)");
            String ids = IDS.matcher(many).replaceAll("= ANY ($1)");
            String among = AMONG.matcher(ids).replaceAll("= ANY (ARRAY (SELECT unnest($1)))");
            String lookedUp =
                    LOOKED_UP.matcher(among).replaceAll("(SELECT max(n) FROM generate_series($1.seq, 0) AS n) IS NULL");
            String free = INDEX.matcher(lookedUp).replaceAll("");
            String each = EACH.matcher(free).replaceAll("JOIN LATERAL (SELECT $2.* FROM $1 $2 WHERE $3 OFFSET 0) $2");
            String late = LONG_AFTER.matcher(each).replaceAll("$1 - $2 > interval '596 seconds'");
            String since = SINCE.matcher(late)
                    .replaceAll("greatest(CAST(extract(epoch FROM $1 - $2) * 1000000 AS bigint), 0)");
            String buckets = BUCKETS.matcher(since).replaceAll("CAST(floor(extract(epoch FROM $1) / $2) AS bigint)");
            String later = PLUS.matcher(buckets).replaceAll("$1 + $2 * interval '1 microsecond'");
            return TABLE.matcher(later).replaceAll(HERE);
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
