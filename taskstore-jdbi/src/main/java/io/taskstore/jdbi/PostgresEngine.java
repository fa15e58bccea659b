package io.taskstore.jdbi;

import java.sql.Connection;
import java.time.InstantSource;
import org.jdbi.v3.core.ConnectionFactory;

/** What is open of one PostgreSQL database: a pool, of ours or of the host. */
final class PostgresEngine extends Engine {

    private final PostgresTransactions transactions;
    private final Runnable close;

    PostgresEngine(SqlSettings settings, InstantSource clock, NewsDesk news, ConnectionFactory pool, Runnable close) {
        super(settings, clock, news);
        this.transactions = new PostgresTransactions(settings, clock, news, pool);
        this.close = close;
    }

    @Override
    Transactions transactions() {
        return transactions;
    }

    @Override
    int creatingLanes() {
        return Integer.getInteger("lanes", 2);
    }

    @Override
    Runnable enter(Call call, Connection host) {
        return () -> {};
    }

    @Override
    <X extends Exception> void transaction(Call call, Inside<X> body) throws X {
        transactions.exclusive(call, body);
    }

    @Override
    public void close() {
        transactions.close();
        close.run();
    }

    @Override
    public String toString() {
        return "PostgreSQL";
    }
}
