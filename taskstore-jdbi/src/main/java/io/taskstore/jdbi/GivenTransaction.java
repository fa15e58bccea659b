package io.taskstore.jdbi;

import java.sql.Connection;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.HandleConsumer;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.transaction.TransactionHandler;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;
import org.jspecify.annotations.Nullable;

/**
 * A transaction of ours as the callback sees that we give it to: its handle is in it and cannot end it. What the callback
 * wants to be done after the commit is done when we say that it has happened. Used by one thread.
 */
final class GivenTransaction implements TransactionHandler {

    private final Engine engine;
    private @Nullable Handle handle;
    private boolean over;

    GivenTransaction(Engine engine) {
        this.engine = engine;
    }

    /** {@return whether the handle is in a transaction that this engine gave away} */
    static boolean isOf(Engine engine, Handle handle) {
        return handle.getJdbi().getTransactionHandler() instanceof GivenTransaction given && given.engine == engine;
    }

    <X extends Exception> void use(Connection connection, HandleConsumer<X> callback) throws X {
        Jdbi jdbi = Jdbi.create(connection);
        jdbi.setTransactionHandler(this);
        Handle given = jdbi.open();
        handle = given;
        callback.useHandle(given);
    }

    /** Lets the handle know that we have ended the transaction. */
    void ended(boolean committed) {
        over = true;
        Handle given = handle;
        if (given == null || given.isClosed()) {
            return;
        }
        try (given) {
            if (committed) {
                given.commit();
            } else {
                given.rollback();
            }
        }
    }

    @Override
    public boolean isInTransaction(Handle ours) {
        return !over;
    }

    @Override
    public void begin(Handle ours) {
        refuse();
    }

    @Override
    public void commit(Handle ours) {
        refuse();
    }

    @Override
    public void rollback(Handle ours) {
        refuse();
    }

    private void refuse() {
        if (!over) {
            throw new IllegalStateException(
                    "the transaction of a completion is committed when its callback returns, and rolled back when it throws");
        }
    }

    @Override
    public void savepoint(Handle ours, String name) {
        ours.execute("SAVEPOINT " + quoted(name));
    }

    @Override
    public void rollbackToSavepoint(Handle ours, String name) {
        ours.execute("ROLLBACK TO SAVEPOINT " + quoted(name));
    }

    @Override
    public void releaseSavepoint(Handle ours, String name) {
        ours.execute("RELEASE SAVEPOINT " + quoted(name));
    }

    private static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    @Override
    public <R, X extends Exception> R inTransaction(Handle ours, HandleCallback<R, X> callback) throws X {
        return callback.withHandle(ours);
    }

    @Override
    public <R, X extends Exception> R inTransaction(
            Handle ours, TransactionIsolationLevel level, HandleCallback<R, X> callback) throws X {
        return callback.withHandle(ours);
    }
}
