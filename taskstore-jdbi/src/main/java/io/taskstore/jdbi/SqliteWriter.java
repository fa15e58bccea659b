package io.taskstore.jdbi;

import io.taskstore.StorageUnavailableException;
import io.taskstore.jdbi.Gathering.Member;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jdbi.v3.core.ConnectionFactory;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * The one connection of this process that writes to a SQLite database. Callers who come while it is busy are written
 * together by the next of them, in one transaction, and each returns after its commit.
 *
 * <p>A member that is refused after it has written makes the group begin anew, with a savepoint before each member, so that
 * only that one is undone. What ends the transaction itself, such as a full disk, fails all members. When the commit fails,
 * nobody knows, and the connection is opened anew.
 *
 * <p>Transactions are begun and ended by statements: what JDBC would send takes the write lock a second time after a commit.
 * While another process has the lock, the gate is open, so that a transaction of the host that has it can be joined.
 */
final class SqliteWriter implements AutoCloseable {

    private static final int MOST_MEMBERS = 1_000;
    private static final long FIRST_PAUSE = Duration.ofNanos(100_000).toNanos();
    private static final Duration PATIENCE_OF_CLOSE = Duration.ofSeconds(30);
    private static final long LONGEST_PAUSE = Duration.ofMillis(20).toNanos();

    private final SqlSettings settings;
    private final ConnectionFactory connections;
    private final Gate gate = new Gate();
    private final @Nullable FileIdentity file;
    private final Gathering<Writing<?>, Written> group = new Gathering<>(MOST_MEMBERS, 1, this::write);

    /** Guarded by the gate. */
    private @Nullable Handle writer;

    private volatile boolean closed;

    /**
     * Makes a writer, which connects when it is needed first.
     *
     * @param file the file as it was when it was opened; null in memory
     */
    SqliteWriter(SqlSettings settings, ConnectionFactory connections, @Nullable FileIdentity file) {
        this.file = file;
        this.settings = settings;
        this.connections = connections;
    }

    Gate gate() {
        return gate;
    }

    /**
     * What differs between the {@link TaskDatabase}s of one file.
     *
     * @param clock by which it dates
     * @param patience how long its calls wait for others
     */
    record Caller(InstantSource clock, Duration patience) {}

    /** What one caller wants written. It may be run twice. */
    private record Writing<R>(Call call, Caller caller, Function<Session, R> body) {}

    /** What became of it, once it is committed. */
    record Written(Session session, Object answer) {}

    /** {@return what the body answered in a transaction that is committed now} */
    Written write(Call call, Caller caller, Function<Session, ?> body) {
        gate.refuseWithin(call);
        refuseClosed(call);
        return group.submit(new Writing<>(call, caller, body));
    }

    private void write(List<Member<Writing<?>, Written>> members) {
        Call call = members.get(0).input().call();
        Handle handle;
        try {
            handle = begin(call, members.get(0).input().caller().patience());
        } catch (RuntimeException | Error e) {
            failAll(members, e);
            return;
        }
        try {
            commit(handle, together(handle, members).orElseGet(() -> oneByOne(call, members)));
        } catch (RuntimeException | Error e) {
            rollBack();
            failAll(members, e);
        } finally {
            gate.leave();
        }
    }

    /** {@return what the members wrote; empty if one has to be undone, and so all were} */
    private Optional<Map<Member<Writing<?>, Written>, Written>> together(
            Handle handle, List<Member<Writing<?>, Written>> members) {
        Map<Member<Writing<?>, Written>, Written> written = new LinkedHashMap<>();
        for (Member<Writing<?>, Written> member : members) {
            Session session =
                    Session.at(handle, settings, member.input().caller().clock());
            try {
                written.put(member, run(member, session));
            } catch (RuntimeException | Error e) {
                if (!session.hasWritten() && !Failures.isOfDatabase(e)) {
                    member.fail(e);
                } else if (members.size() == 1 || Failures.endsTransaction(e)) {
                    throw e;
                } else {
                    forgetStatements(handle);
                    execute(handle, "ROLLBACK");
                    return Optional.empty();
                }
            }
        }
        return Optional.of(written);
    }

    private static Written run(Member<Writing<?>, Written> member, Session session) {
        return new Written(session, member.input().body().apply(session));
    }

    /** {@return what the members wrote, but for those that are refused} */
    private Map<Member<Writing<?>, Written>, Written> oneByOne(Call call, List<Member<Writing<?>, Written>> members) {
        Handle handle = writer(call);
        execute(handle, "BEGIN IMMEDIATE");
        Map<Member<Writing<?>, Written>, Written> written = new LinkedHashMap<>();
        for (Member<Writing<?>, Written> member : members) {
            if (member.isDone()) {
                continue;
            }
            execute(handle, "SAVEPOINT taskstore_member");
            try {
                written.put(
                        member,
                        run(
                                member,
                                Session.at(
                                        handle,
                                        settings,
                                        member.input().caller().clock())));
            } catch (RuntimeException | Error e) {
                if (Failures.endsTransaction(e)) {
                    throw e;
                }
                execute(handle, "ROLLBACK TO SAVEPOINT taskstore_member");
                member.fail(told(member, e));
            }
            execute(handle, "RELEASE SAVEPOINT taskstore_member");
        }
        return written;
    }

    private void commit(Handle handle, Map<Member<Writing<?>, Written>, Written> written) {
        try {
            execute(handle, "COMMIT");
        } catch (RuntimeException | Error e) {
            dropWriter();
            written.keySet()
                    .forEach(member ->
                            member.fail(Failures.ofCommit(member.input().call(), e)));
            return;
        }
        written.forEach(Member::answer);
    }

    private static void failAll(List<Member<Writing<?>, Written>> members, Throwable thrown) {
        for (Member<Writing<?>, Written> member : members) {
            if (!member.isDone()) {
                member.fail(told(member, thrown));
            }
        }
    }

    /** An error of the thread that did the work, such as a full stack, is not one of the others whose work it did. */
    private static Throwable told(Member<Writing<?>, Written> member, Throwable thrown) {
        Call call = member.input().call();
        if (thrown instanceof RuntimeException known) {
            return Failures.told(call, known);
        }
        return member.isOfThisThread() ? thrown : Failures.ofStatement(call, thrown);
    }

    /** {@return what the query answers on the connection that writes} Nobody writes meanwhile. */
    <R> R read(Call call, Caller caller, Function<Session, R> query) {
        refuseClosed(call);
        gate.enter(call, caller.patience());
        try {
            return query.apply(Session.at(writer(call), settings, caller.clock()));
        } catch (RuntimeException e) {
            if (Failures.isOfDatabase(e) && writer != null) {
                forgetStatements(writer);
            }
            throw Failures.ofStatement(call, e);
        } finally {
            gate.leave();
        }
    }

    /** Gives the connection to the body, for a transaction in which nobody else writes. */
    <X extends Exception> void exclusive(Call call, Caller caller, Engine.Inside<X> body) throws X {
        gate.refuseWithin(call);
        refuseClosed(call);
        Handle handle = begin(call, caller.patience());
        Runnable leave = gate.joinedNow();
        try {
            body.run(handle.getConnection());
            try {
                execute(handle, "COMMIT");
            } catch (RuntimeException e) {
                dropWriter();
                throw Failures.ofCommit(call, e);
            }
        } catch (Throwable e) {
            rollBack();
            throw e;
        } finally {
            leave.run();
        }
    }

    /** Returns inside the gate and in a transaction that has the write lock, or throws with neither. */
    private Handle begin(Call call, Duration patience) {
        long end = System.nanoTime() + patience.toNanos();
        long pause = FIRST_PAUSE;
        while (true) {
            gate.enter(call, patience);
            try {
                if (file != null) {
                    file.check(call);
                }
                Handle handle = writer(call);
                execute(handle, "BEGIN IMMEDIATE");
                return handle;
            } catch (RuntimeException e) {
                boolean busy = Failures.isSqliteBusy(e);
                if (!busy) {
                    dropWriter();
                }
                gate.leave();
                if (!busy || System.nanoTime() + pause >= end) {
                    throw Failures.ofStatement(call, e);
                }
            } catch (Error e) {
                dropWriter();
                gate.leave();
                throw e;
            }
            LockSupport.parkNanos(pause);
            pause = Math.min(2 * pause, LONGEST_PAUSE);
        }
    }

    private Handle writer(Call call) {
        refuseClosed(call);
        Handle known = writer;
        if (known == null) {
            known = settings.apply(Jdbi.create(connections)).open();
            known.setStatementBuilder(new PreparedOnce());
            writer = known;
            if (file != null) {
                file.checkNow(call);
            }
        }
        return known;
    }

    private void refuseClosed(Call call) {
        if (closed) {
            throw new StorageUnavailableException(
                    call.name() + " failed: the storage is closed; open another one", null);
        }
    }

    /** Some errors have rolled back already; a new connection knows nothing of the old transaction in any case. */
    private void rollBack() {
        Handle known = writer;
        if (known != null) {
            try {
                forgetStatements(known);
                execute(known, "ROLLBACK");
            } catch (RuntimeException | Error e) {
                if (!Failures.isNothingToRollBack(e)) {
                    dropWriter();
                }
            }
        }
    }

    /** A query that failed half-way may still be open, and with it what the database was then: nothing could be written. */
    private static void forgetStatements(Handle handle) {
        statements(handle).close(handle.getConnection());
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

    private static void execute(Handle handle, String sql) {
        try {
            statements(handle).execute(handle.getConnection(), sql);
        } catch (SQLException e) {
            throw new Refused(e);
        }
    }

    /** {@return the statements that the handle of the writer was given} */
    private static PreparedOnce statements(Handle handle) {
        return (PreparedOnce) handle.getStatementBuilder();
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

    /** A transaction of the host that is joined all the while is waited for, and then left behind. */
    @Override
    public void close() {
        closed = true;
        gate.enter(Call.of("close"), PATIENCE_OF_CLOSE);
        try {
            dropWriter();
        } finally {
            gate.leave();
        }
    }
}
