package io.taskstore.jdbi;

import io.taskstore.StorageUnavailableException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jdbi.v3.core.ConnectionFactory;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * One connection writes, for one caller at a time; readers have connections of their own. An in-memory database is read on
 * the writer's connection too, because an open reader makes its commits fail.
 *
 * <p>Transactions are begun and ended by statements: what JDBC would send takes the write lock a second time after a commit.
 * While the file is locked by others, the gate is open, so that a transaction of the host that holds the lock can be joined.
 */
final class SqliteTransactions implements Transactions {

    private static final long LONGEST_PAUSE = Duration.ofMillis(20).toNanos();
    private static final long FIRST_PAUSE = Duration.ofNanos(100_000).toNanos();

    private final SqlSettings settings;
    private final InstantSource clock;
    private final NewsDesk news;
    private final ConnectionFactory writers;
    private final @Nullable Jdbi readers;
    private final Gate gate;
    private final long patience;

    /** Guarded by the gate. */
    private @Nullable Handle writer;

    private volatile boolean closed;

    SqliteTransactions(
            SqlSettings settings,
            InstantSource clock,
            NewsDesk news,
            ConnectionFactory writers,
            @Nullable DataSource readers,
            Duration patience) {
        this.settings = settings;
        this.clock = clock;
        this.news = news;
        this.writers = writers;
        this.readers = readers == null ? null : settings.apply(Jdbi.create(readers));
        this.gate = new Gate(patience);
        this.patience = patience.toNanos();
    }

    Gate gate() {
        return gate;
    }

    @Override
    public <R> R read(Call call, Function<Session, R> query) {
        Jdbi jdbi = readers;
        if (jdbi == null) {
            return onWriter(call, query);
        }
        refuseClosed(call);
        try (Handle handle = jdbi.open()) {
            return query.apply(session(handle));
        } catch (RuntimeException e) {
            throw Failures.ofStatement(call, e);
        }
    }

    @Override
    public <R> R readMoment(Call call, Function<Session, R> queries) {
        return read(call, session -> {
            if (readers == null) {
                return queries.apply(session);
            }
            Connection connection = session.handle().getConnection();
            execute(connection, "BEGIN");
            try {
                return queries.apply(session);
            } finally {
                execute(connection, "COMMIT");
            }
        });
    }

    /** Nobody writes to an in-memory database while its writer reads. */
    private <R> R onWriter(Call call, Function<Session, R> query) {
        gate.enter(call);
        try {
            return query.apply(session(writer(call)));
        } catch (RuntimeException e) {
            throw Failures.ofStatement(call, e);
        } finally {
            gate.leave();
        }
    }

    @Override
    public <R> R writeOne(Call call, Function<Session, R> statement) {
        return write(call, statement);
    }

    @Override
    public <R> R write(Call call, Function<Session, R> body) {
        Session session;
        R answer;
        long end = System.nanoTime() + patience;
        enterWithLock(call, end);
        try {
            Handle handle = writer(call);
            session = session(handle);
            try {
                answer = body.apply(session);
            } catch (RuntimeException e) {
                rollBack(handle);
                throw asked(call, e);
            } catch (Error e) {
                rollBack(handle);
                throw e;
            }
            try {
                execute(handle.getConnection(), "COMMIT");
            } catch (RuntimeException e) {
                dropWriter();
                throw Failures.ofCommit(call, e);
            }
        } finally {
            gate.leave();
        }
        news.tell(session.committed());
        return answer;
    }

    /** Gives the connection that writes to the body, for a transaction in which nobody else writes. */
    <X extends Exception> void exclusive(Call call, Engine.Inside<X> body) throws X {
        enterWithLock(call, System.nanoTime() + patience);
        Runnable leave = gate.joinedNow();
        try {
            Handle handle = writer(call);
            try {
                body.run(handle.getConnection());
            } catch (Throwable e) {
                rollBack(handle);
                throw e;
            }
            try {
                execute(handle.getConnection(), "COMMIT");
            } catch (RuntimeException e) {
                dropWriter();
                throw Failures.ofCommit(call, e);
            }
        } finally {
            leave.run();
        }
    }

    private static RuntimeException asked(Call call, RuntimeException failure) {
        return Failures.sqlException(failure) == null ? failure : Failures.ofStatement(call, failure);
    }

    /** Returns inside the gate and with the write lock of the file, or throws with neither. */
    private void enterWithLock(Call call, long end) {
        long pause = FIRST_PAUSE;
        while (true) {
            gate.enter(call);
            try {
                execute(writer(call).getConnection(), "BEGIN IMMEDIATE");
                return;
            } catch (RuntimeException e) {
                boolean again = Failures.isSqliteBusy(e) && System.nanoTime() + pause < end;
                if (!again && !Failures.isSqliteBusy(e)) {
                    dropWriter();
                }
                gate.leave();
                if (!again) {
                    throw Failures.ofStatement(call, e);
                }
            }
            LockSupport.parkNanos(pause);
            pause = Math.min(2 * pause, LONGEST_PAUSE);
        }
    }

    private Session session(Handle handle) {
        return new Session(handle, clock.instant().truncatedTo(ChronoUnit.MICROS));
    }

    private Handle writer(Call call) {
        refuseClosed(call);
        Handle known = writer;
        if (known == null) {
            known = settings.apply(Jdbi.create(writers)).open();
            known.setStatementBuilder(new PreparedOnce());
            writer = known;
        }
        return known;
    }

    private void refuseClosed(Call call) {
        if (closed) {
            throw new StorageUnavailableException(
                    call.name() + " failed: the storage is closed; open another one", null);
        }
    }

    private void rollBack(Handle handle) {
        try {
            execute(handle.getConnection(), "ROLLBACK");
        } catch (RuntimeException e) {
            // some errors roll back by themselves; a new connection knows nothing of the old transaction in any case
            dropWriter();
        }
    }

    private void dropWriter() {
        Handle known = writer;
        writer = null;
        if (known != null) {
            try {
                known.close();
            } catch (RuntimeException e) {
                return;
            }
        }
    }

    static void execute(Connection connection, String sql) {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new Refused(e);
        }
    }

    /** Carries what the driver said to where it is told in our words. */
    static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1;

        Refused(SQLException cause) {
            super(cause);
        }
    }

    @Override
    public void close() {
        gate.enter(Call.of("close"));
        try {
            closed = true;
            dropWriter();
        } finally {
            gate.leave();
        }
    }
}
