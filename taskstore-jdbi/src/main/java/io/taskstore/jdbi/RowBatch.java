package io.taskstore.jdbi;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.statement.ColonPrefixSqlParser;
import org.jdbi.v3.core.statement.ParsedSql;
import org.jspecify.annotations.Nullable;

/**
 * One statement that is run for many rows, or once for what it answers. It does what JDBI does, in a third of the time: that one
 * looks for a way to bind each value anew, which takes as long as SQLite takes to store the row. Used by one thread, and closed by
 * {@link #execute} or {@link #query}.
 */
final class RowBatch {

    /**
     * A statement with named parameters, as the driver wants it.
     *
     * @param sql with question marks
     * @param positions where each name stands
     * @param width how many question marks there are
     */
    record Template(String sql, Map<String, int[]> positions, int width) {

        private static final ColonPrefixSqlParser PARSER = new ColonPrefixSqlParser();

        static Template parse(String rendered) {
            ParsedSql parsed = PARSER.parse(rendered, null);
            List<String> names = parsed.getParameters().getParameterNames();
            Map<String, int[]> positions = new HashMap<>();
            for (int i = 0; i < names.size(); i++) {
                int[] known = positions.getOrDefault(names.get(i), new int[0]);
                int[] more = Arrays.copyOf(known, known.length + 1);
                more[known.length] = i + 1;
                positions.put(names.get(i), more);
            }
            return new Template(parsed.getSql(), positions, names.size());
        }
    }

    private static final Map<String, Template> TEMPLATES = new ConcurrentHashMap<>();

    /**
     * How many rows a statement that is kept takes at once. SQLite's driver never lets go of the room for the most rows that it had,
     * and clears all of it after each use, be it for one row.
     */
    private static final int MOST_KEPT = 64;

    private final Dialect dialect;
    private final Template template;
    private final SqlLog log;
    private final Connection connection;
    private final @Nullable PreparedOnce cache;
    private final PreparedStatement statement;
    private int[] counts = new int[0];
    private int size;
    private long nanos;

    RowBatch(Connection connection, @Nullable PreparedOnce cache, Dialect dialect, SqlLog log, String sql) {
        this.dialect = dialect;
        this.log = log;
        this.connection = connection;
        this.cache = cache;
        this.template = TEMPLATES.computeIfAbsent(dialect.render(sql), Template::parse);
        try {
            this.statement = cache == null
                    ? connection.prepareStatement(template.sql())
                    : cache.create(connection, template.sql());
        } catch (SQLException e) {
            throw new SqliteWriter.Refused(e);
        }
    }

    RowBatch bind(String name, @Nullable Object value) {
        int[] positions = template.positions().get(name);
        if (positions != null) {
            try {
                for (int position : positions) {
                    bind(position, value);
                }
            } catch (SQLException e) {
                throw new SqliteWriter.Refused(e);
            }
        }
        return this;
    }

    private void bind(int position, @Nullable Object value) throws SQLException {
        if (value == null) {
            dialect.bindNull(statement, position);
        } else if (value instanceof String text) {
            statement.setString(position, text);
        } else if (value instanceof Integer number) {
            statement.setInt(position, number);
        } else if (value instanceof Long number) {
            statement.setLong(position, number);
        } else if (value instanceof Instant instant) {
            dialect.bind(statement, position, instant);
        } else if (value instanceof UUID id) {
            dialect.bind(statement, position, id);
        } else if (value instanceof Many many) {
            dialect.bind(statement, position, many);
        } else if (value instanceof Boolean flag) {
            statement.setBoolean(position, flag);
        } else if (value instanceof Duration duration) {
            statement.setLong(position, Durations.micros(duration));
        } else {
            throw new IllegalArgumentException("cannot bind a " + value.getClass());
        }
    }

    /** Ends the row; values that are not bound anew are those of the row before. */
    void add() {
        try {
            statement.addBatch();
            size++;
            if (cache != null && size - counts.length == MOST_KEPT) {
                run();
            }
        } catch (SQLException e) {
            throw failed(e);
        } catch (RuntimeException | Error e) {
            giveUp();
            throw e;
        }
    }

    private void run() throws SQLException {
        long start = System.nanoTime();
        int[] more = statement.executeBatch();
        int[] all = Arrays.copyOf(counts, size);
        System.arraycopy(more, 0, all, counts.length, more.length);
        counts = all;
        nanos += System.nanoTime() - start;
    }

    int size() {
        return size;
    }

    /** {@return how many rows each row changed} */
    int[] execute() {
        try {
            if (size > counts.length) {
                run();
            }
        } catch (SQLException e) {
            throw failed(e);
        } catch (RuntimeException | Error e) {
            giveUp();
            throw e;
        }
        close();
        log.batch(template.sql(), size, nanos);
        return counts;
    }

    /** Makes something of a row. */
    interface Reader<R> {
        R read(ResultSet row) throws SQLException;
    }

    /** {@return what the statement answers with the values that are bound} */
    <R> List<R> query(Reader<R> reader) {
        long start = System.nanoTime();
        List<R> answers = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                answers.add(reader.read(rows));
            }
        } catch (SQLException e) {
            throw failed(e);
        } catch (RuntimeException | Error e) {
            giveUp();
            throw e;
        }
        close();
        log.batch(template.sql(), answers.size(), System.nanoTime() - start);
        return answers;
    }

    private void close() {
        try {
            if (cache == null) {
                statement.close();
            } else {
                cache.close(connection, template.sql(), statement);
            }
        } catch (SQLException e) {
            throw new SqliteWriter.Refused(e);
        }
    }

    private SqliteWriter.Refused failed(SQLException e) {
        giveUp();
        return new SqliteWriter.Refused(e);
    }

    /** What went wrong is told, and not that the driver may have given the statement up. */
    private void giveUp() {
        if (cache == null) {
            PreparedOnce.closeQuietly(statement);
        } else {
            cache.giveUp(statement);
        }
    }
}
