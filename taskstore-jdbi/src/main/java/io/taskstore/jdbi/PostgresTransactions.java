package io.taskstore.jdbi;

import io.taskstore.StorageUnavailableException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.ConnectionFactory;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Every call takes a connection of the pool for its transaction. One that meets others in a deadlock is tried again. */
final class PostgresTransactions implements Transactions {

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
        try (Handle handle = open(call)) {
            return query.apply(Session.at(handle, settings, now));
        } catch (RuntimeException e) {
            throw Failures.ofStatement(call, e);
        }
    }

    @Override
    public <R> R readMoment(Call call, Function<Session, R> queries) {
        return read(call, session -> {
            Handle handle = session.handle();
            setAutoCommit(handle, false);
            try {
                handle.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
                R answer = queries.apply(session);
                commit(handle);
                return answer;
            } catch (RuntimeException e) {
                rollBack(handle);
                throw e;
            } finally {
                setAutoCommit(handle, true);
            }
        });
    }

    @Override
    public <R> R writeOne(Call call, Function<Session, R> statement) {
        return tried(
                () -> {
                    Session session;
                    R answer;
                    Instant now = now();
                    try (Handle handle = open(call)) {
                        session = Session.at(handle, settings, now);
                        answer = alone(call, statement, session);
                    }
                    news.tell(session.committed());
                    return answer;
                },
                call);
    }

    private static <R> R alone(Call call, Function<Session, R> statement, Session session) {
        try {
            return statement.apply(session);
        } catch (RuntimeException e) {
            throw Failures.isWorthAnotherTry(e) ? e : Failures.ofLoneStatement(call, e);
        }
    }

    @Override
    public <R> R write(Call call, Function<Session, R> body) {
        return tried(() -> transaction(call, body), call);
    }

    private <R> R transaction(Call call, Function<Session, R> body) {
        Session session;
        R answer;
        Instant now = now();
        try (Handle handle = open(call)) {
            session = Session.at(handle, settings, now);
            setAutoCommit(handle, false);
            try {
                answer = body.apply(session);
            } catch (RuntimeException | Error e) {
                rollBack(handle);
                throw e;
            }
            commit(call, handle);
        }
        news.tell(session.committed());
        return answer;
    }

    /** Gives a connection to the body, for a transaction of its own. */
    <X extends Exception> void exclusive(Call call, Engine.Inside<X> body) throws X {
        try (Handle handle = open(call)) {
            try {
                setAutoCommit(handle, false);
            } catch (RuntimeException e) {
                throw Failures.ofStatement(call, e);
            }
            try {
                body.run(handle.getConnection());
                refuseAborted(call, handle);
            } catch (Throwable e) {
                rollBack(handle);
                throw e;
            }
            commit(call, handle);
        }
    }

    /** The driver says nothing when the server answers a commit with a rollback, because a statement had failed before. */
    private static void refuseAborted(Call call, Handle handle) {
        try {
            SqliteWriter.execute(handle.getConnection(), "SELECT 1");
        } catch (RuntimeException e) {
            throw Failures.ofStatement(call, e);
        }
    }

    /** What fails after the commit changes nothing about it, and the pool finds out by itself. */
    private static void commit(Call call, Handle handle) {
        try {
            commit(handle);
        } catch (RuntimeException e) {
            throw Failures.ofCommit(call, e);
        }
        try {
            setAutoCommit(handle, true);
        } catch (RuntimeException e) {
            return;
        }
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

    private Handle open(Call call) {
        if (closed) {
            throw new StorageUnavailableException(
                    call.name() + " failed: the storage is closed; open another one", null);
        }
        try {
            return jdbi.open();
        } catch (ConnectionException e) {
            throw Failures.ofStatement(call, e);
        }
    }

    /** Asked before a connection is taken: the clock may need one itself, and the pool may have no second. */
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }

    private static void setAutoCommit(Handle handle, boolean autoCommit) {
        try {
            handle.getConnection().setAutoCommit(autoCommit);
        } catch (SQLException e) {
            throw new SqliteWriter.Refused(e);
        }
    }

    private static void commit(Handle handle) {
        try {
            handle.getConnection().commit();
        } catch (SQLException e) {
            throw new SqliteWriter.Refused(e);
        }
    }

    private static void rollBack(Handle handle) {
        Connection connection = handle.getConnection();
        try {
            connection.rollback();
            connection.setAutoCommit(true);
        } catch (SQLException e) {
            // the connection is broken, and the pool will find that out
            return;
        }
    }

    @Override
    public void close() {
        closed = true;
    }
}
