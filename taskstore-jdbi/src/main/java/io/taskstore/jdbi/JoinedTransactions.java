package io.taskstore.jdbi;

import io.taskstore.TaskRepository.News;
import java.sql.Connection;
import java.time.InstantSource;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;

/**
 * The transaction of a caller, in which we write and read, and which the caller commits or rolls back. A call of ours that
 * fails is undone on its own, so that the caller may go on.
 */
final class JoinedTransactions implements Transactions {

    private final Handle handle;
    private final SqlSettings settings;
    private final InstantSource clock;
    private final Consumer<Runnable> afterCommit;
    private final Consumer<News> news;
    private volatile boolean over;

    /**
     * Joins.
     *
     * @param handle ours, on the caller's connection
     * @param afterCommit takes what is to be done once the caller has committed
     */
    JoinedTransactions(
            Handle handle,
            SqlSettings settings,
            InstantSource clock,
            Consumer<Runnable> afterCommit,
            Consumer<News> news) {
        this.handle = handle;
        this.settings = settings;
        this.clock = clock;
        this.afterCommit = afterCommit;
        this.news = news;
    }

    @Override
    public boolean isJoined() {
        return true;
    }

    @Override
    public void afterCommit(Runnable action) {
        afterCommit.accept(action);
    }

    @Override
    public <R> R read(Call call, Function<Session, R> query) {
        return inside(call, query);
    }

    @Override
    public <R> R readMoment(Call call, Function<Session, R> queries) {
        return inside(call, queries);
    }

    @Override
    public <R> R writeOne(Call call, Function<Session, R> statement) {
        return write(call, statement);
    }

    @Override
    public <R> R write(Call call, Function<Session, R> body) {
        return inside(call, session -> {
            Connection connection = handle.getConnection();
            SqliteWriter.execute(connection, "SAVEPOINT taskstore_call");
            R answer;
            try {
                answer = body.apply(session);
                SqliteWriter.execute(connection, "RELEASE SAVEPOINT taskstore_call");
            } catch (RuntimeException | Error e) {
                undo(connection);
                throw e;
            }
            News told = session.committed();
            afterCommit.accept(() -> news.accept(told));
            return answer;
        });
    }

    private static void undo(Connection connection) {
        try {
            SqliteWriter.execute(connection, "ROLLBACK TO SAVEPOINT taskstore_call");
            SqliteWriter.execute(connection, "RELEASE SAVEPOINT taskstore_call");
        } catch (RuntimeException e) {
            // the whole transaction is lost, as the caller will find at its commit
            return;
        }
    }

    private <R> R inside(Call call, Function<Session, R> body) {
        if (over) {
            throw new IllegalStateException(call.name()
                    + " was called after the end of the transaction that it was joined to; join the next one");
        }
        try {
            return body.apply(Session.at(handle, settings, clock));
        } catch (RuntimeException e) {
            throw Failures.sqlException(e) == null ? e : Failures.ofStatement(call, e);
        }
    }

    /** The caller's transaction has ended. */
    @Override
    public void close() {
        over = true;
        handle.close();
    }
}
