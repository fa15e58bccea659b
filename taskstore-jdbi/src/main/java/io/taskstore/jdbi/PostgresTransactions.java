package io.taskstore.jdbi;

import io.taskstore.StorageUnavailableException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.ConnectionFactory;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Every call takes a connection of the pool for its transaction. One that meets others in a deadlock is tried again. */
final class PostgresTransactions implements Transactions {

    private static final Logger LOG = LoggerFactory.getLogger(TaskDatabase.class);

    private static final int TRIES = 5;
    private static final long PAUSE = Duration.ofMillis(5).toNanos();

    private final Jdbi jdbi;
    private final SqlSettings settings;
    private final InstantSource clock;
    private final NewsDesk news;
    private volatile boolean closed;

    PostgresTransactions(SqlSettings settings, InstantSource clock, NewsDesk news, ConnectionFactory pool) {
        this.jdbi = settings.apply(Jdbi.create(pool));
        this.settings = settings;
        this.clock = clock;
        this.news = news;
    }

    @Override
    public <R> R read(Call call, Function<Session, R> query) {
        Instant now = now();
        try {
            Handle handle = open(call);
            try {
                return query.apply(Session.at(handle, settings, now));
            } finally {
                giveBack(handle);
            }
        } catch (RuntimeException e) {
            throw Failures.ofStatement(call, e);
        }
    }

    @Override
    public <R> R readMoment(Call call, Function<Session, R> queries) {
        return read(call, session -> {
            Handle handle = session.handle();
            setAutoCommit(handle, false);
            handle.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
            return queries.apply(session);
        });
    }

    @Override
    public <R> R writeOne(Call call, Function<Session, R> statement) {
        return tried(() -> alone(call, statement), call);
    }

    private <R> R alone(Call call, Function<Session, R> statement) {
        Instant now = now();
        Handle handle = open(call);
        Session session;
        R answer;
        try {
            session = Session.at(handle, settings, now);
            answer = statement.apply(session);
        } catch (RuntimeException e) {
            throw Failures.isWorthAnotherTry(e) ? e : Failures.ofLoneStatement(call, e);
        } finally {
            giveBack(handle);
        }
        news.tell(session.committed());
        return answer;
    }

    @Override
    public <R> R write(Call call, Function<Session, R> body) {
        return tried(() -> transaction(call, body), call);
    }

    private <R> R transaction(Call call, Function<Session, R> body) {
        Instant now = now();
        Handle handle = open(call);
        Session session;
        R answer;
        try {
            session = Session.at(handle, settings, now);
            setAutoCommit(handle, false);
            answer = body.apply(session);
            commit(call, handle);
        } finally {
            giveBack(handle);
        }
        news.tell(session.committed());
        return answer;
    }

    /** Gives a connection to the body, for a transaction of its own. */
    <X extends Exception> void exclusive(Call call, Engine.Inside<X> body) throws X {
        Handle handle = open(call);
        try {
            setAutoCommit(handle, false);
            body.run(handle.getConnection());
            refuseAborted(handle);
            commit(call, handle);
        } catch (SqliteWriter.Refused e) {
            throw Failures.ofStatement(call, e);
        } finally {
            giveBack(handle);
        }
    }

    /** The driver says nothing when the server answers a commit with a rollback, because a statement had failed before. */
    private static void refuseAborted(Handle handle) {
        SqliteWriter.execute(handle.getConnection(), "SELECT 1");
    }

    /** One try of a call. */
    private interface Try<R> {
        R make();
    }

    private static <R> R tried(Try<R> work, Call call) {
        for (int left = TRIES; ; left--) {
            try {
                return work.make();
            } catch (RuntimeException e) {
                if (left == 1 || !Failures.isWorthAnotherTry(e)) {
                    throw Failures.sqlException(e) == null ? e : Failures.ofStatement(call, e);
                }
                LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(PAUSE));
            }
        }
    }

    private void refuseClosed(Call call) {
        if (closed) {
            throw new StorageUnavailableException(
                    call.name() + " failed: the storage is closed; open another one", null);
        }
    }

    private Handle open(Call call) {
        refuseClosed(call);
        Handle handle = opened(call);
        try {
            // the pool of a host may hand out connections that begin transactions by themselves
            if (!handle.getConnection().getAutoCommit()) {
                handle.getConnection().setAutoCommit(true);
            }
            return handle;
        } catch (SQLException e) {
            giveBack(handle);
            // nothing was asked for yet, and the connection may be broken because it was closed
            refuseClosed(call);
            throw Failures.ofStatement(call, e);
        }
    }

    private Handle opened(Call call) {
        try {
            return Connecting.open(jdbi);
        } catch (ConnectionException e) {
            // it was closed while this waited for a connection
            refuseClosed(call);
            throw Failures.ofStatement(call, e);
        }
    }

    /** Whatever is not committed by now is rolled back. What was done stays done, even if the connection breaks now. */
    private static void giveBack(Handle handle) {
        Connection connection = handle.getConnection();
        try {
            if (!connection.getAutoCommit()) {
                connection.rollback();
                connection.setAutoCommit(true);
            }
        } catch (SQLException e) {
            LOG.debug("a connection is broken: {}", e.getSQLState());
        }
        try {
            handle.close();
        } catch (RuntimeException e) {
            LOG.debug("a connection could not be given back: {}", e.getClass().getName());
        }
    }

    /** Asked before a connection is taken: the clock may need one itself, and the pool may have no second. */
    private Instant now() {
        return clock.instant();
    }

    private static void setAutoCommit(Handle handle, boolean autoCommit) {
        try {
            handle.getConnection().setAutoCommit(autoCommit);
        } catch (SQLException e) {
            throw new SqliteWriter.Refused(e);
        }
    }

    private static void commit(Call call, Handle handle) {
        try {
            handle.getConnection().commit();
        } catch (SQLException e) {
            throw Failures.ofCommit(call, e);
        }
    }

    @Override
    public void close() {
        closed = true;
    }
}
