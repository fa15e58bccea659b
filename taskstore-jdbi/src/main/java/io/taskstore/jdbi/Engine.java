package io.taskstore.jdbi;

import io.taskstore.TaskQueue;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleConsumer;
import org.jdbi.v3.core.Jdbi;

/** What is open of one database, and how the transactions of callers are joined. */
abstract class Engine implements AutoCloseable {

    private final SqlSettings settings;
    private final InstantSource clock;
    private final NewsDesk news;

    Engine(SqlSettings settings, InstantSource clock, NewsDesk news) {
        this.settings = settings;
        this.clock = clock;
        this.news = news;
    }

    final InstantSource clock() {
        return clock;
    }

    abstract Transactions transactions();

    /** {@return where heartbeats are written} */
    Transactions heartbeats() {
        return transactions();
    }

    /** {@return the queue of this process, with hints from and to others where the database carries them} */
    TaskQueue shared(TaskQueue local) {
        return local;
    }

    final NewsDesk news() {
        return news;
    }

    /** {@return how many groups of tasks may be stored at the same time} */
    abstract int creatingLanes();

    /** Takes a turn among the writers for a transaction of the host, and answers how to end it. */
    abstract Runnable enter(Call call, Connection connection);

    /** Runs the body on a connection of ours, in a transaction that is committed if it does not throw. */
    abstract <X extends Exception> void transaction(Call call, Inside<X> body) throws X;

    /** What is done inside a transaction. */
    interface Inside<X extends Exception> {
        void run(Connection connection) throws X;
    }

    final Transactions joined(Handle host) {
        Call call = Call.of("join");
        if (!host.isInTransaction()) {
            throw new IllegalStateException("the handle to join is in no transaction: begin one, as by useTransaction");
        }
        Runnable leave = GivenTransaction.isOf(this, host) ? () -> {} : enter(call, host.getConnection());
        JoinedTransactions joined = join(host.getConnection(), host::afterCommit);
        Runnable end = once(() -> {
            joined.close();
            leave.run();
        });
        host.afterCommit(end);
        host.afterRollback(end);
        host.addCleanable(end::run);
        return joined;
    }

    final <R> R joined(Connection host, Function<Transactions, R> body) {
        Call call = Call.of("join");
        try {
            if (host.getAutoCommit()) {
                throw new IllegalStateException(
                        "the connection to join is in no transaction: call setAutoCommit(false), or begin one with Spring");
            }
        } catch (SQLException e) {
            throw Failures.ofStatement(call, e);
        }
        Runnable leave = enter(call, host);
        try (JoinedTransactions joined = join(host, action -> {})) {
            return body.apply(joined);
        } finally {
            leave.run();
        }
    }

    private JoinedTransactions join(Connection connection, Consumer<Runnable> afterCommit) {
        Handle ours = settings.apply(Jdbi.create(connection)).open();
        return new JoinedTransactions(ours, settings, clock, afterCommit, news::tell);
    }

    private static Runnable once(Runnable action) {
        AtomicBoolean done = new AtomicBoolean();
        return () -> {
            if (done.compareAndSet(false, true)) {
                action.run();
            }
        };
    }

    final <X extends Exception> void complete(Call call, HandleConsumer<X> rows, Consumer<Session> guard) throws X {
        List<Runnable> afterCommit = new ArrayList<>();
        GivenTransaction given = new GivenTransaction(this);
        boolean committed = false;
        try {
            transaction(call, connection -> {
                try (JoinedTransactions joined = join(connection, afterCommit::add)) {
                    joined.write(call, session -> {
                        guard.accept(session);
                        return true;
                    });
                }
                given.use(connection, rows);
            });
            committed = true;
        } finally {
            given.ended(committed);
        }
        afterCommit.forEach(Runnable::run);
    }

    @Override
    public abstract void close();
}
