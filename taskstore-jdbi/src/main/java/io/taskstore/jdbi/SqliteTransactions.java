package io.taskstore.jdbi;

import com.zaxxer.hikari.HikariDataSource;
import io.taskstore.StorageUnavailableException;
import io.taskstore.jdbi.SqliteWriter.Caller;
import io.taskstore.jdbi.SqliteWriter.Written;
import java.sql.Connection;
import java.util.Optional;
import java.util.function.Function;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * Calls on SQLite: one connection writes, and readers have connections of their own. A database in memory is read by the
 * connection that writes, too, for it is the only one.
 */
final class SqliteTransactions implements Transactions {

    private final SqlSettings settings;
    private final Caller caller;
    private final NewsDesk news;
    private final SqliteWriter writer;
    private final Optional<FileIdentity> file;
    private final @Nullable HikariDataSource pool;
    private final @Nullable Jdbi readers;
    private volatile boolean closed;

    SqliteTransactions(
            SqlSettings settings,
            Caller caller,
            NewsDesk news,
            SqliteProcess process,
            @Nullable HikariDataSource readers) {
        this.settings = settings;
        this.caller = caller;
        this.news = news;
        this.writer = process.writer();
        this.file = process.identity();
        this.pool = readers;
        this.readers = readers == null ? null : settings.apply(Jdbi.create(readers));
    }

    Gate gate() {
        return writer.gate();
    }

    @Override
    public <R> R read(Call call, Function<Session, R> query) {
        if (readers == null) {
            return writer.read(call, caller, query);
        }
        refuseClosed(call);
        file.ifPresent(known -> known.check(call));
        try (Handle handle = Connecting.open(readers)) {
            return query.apply(Session.at(handle, settings, caller.clock()));
        } catch (ConnectionException e) {
            // it was closed while this waited for a connection
            refuseClosed(call);
            throw Failures.ofStatement(call, e);
        } catch (RuntimeException e) {
            throw Failures.ofStatement(call, e);
        }
    }

    @Override
    public <R> R readMoment(Call call, Function<Session, R> queries) {
        refuseClosed(call);
        HikariDataSource pool = this.pool;
        if (pool == null) {
            return writer.read(call, caller, queries);
        }
        return read(call, session -> {
            Connection connection = session.handle().getConnection();
            SqliteWriter.execute(connection, "BEGIN");
            try {
                return queries.apply(session);
            } finally {
                end(pool, connection);
            }
        });
    }

    /** One that stayed in its transaction would see what was there now for ever after. */
    private static void end(HikariDataSource pool, Connection connection) {
        try {
            SqliteWriter.execute(connection, "ROLLBACK");
        } catch (RuntimeException e) {
            pool.evictConnection(connection);
        }
    }

    @Override
    public <R> R writeOne(Call call, Function<Session, R> statement) {
        return write(call, statement);
    }

    @Override
    public <R> R write(Call call, Function<Session, R> body) {
        refuseClosed(call);
        Written written = writer.write(call, caller, body);
        news.tell(written.session().committed());
        @SuppressWarnings("unchecked") // it is what this very body answered
        R answer = (R) written.answer();
        return answer;
    }

    private void refuseClosed(Call call) {
        if (closed) {
            throw new StorageUnavailableException(
                    call.name() + " failed: the storage is closed; open another one", null);
        }
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        closed = true;
    }
}
