package io.taskstore.jdbi;

import java.sql.Connection;
import java.time.InstantSource;
import org.jdbi.v3.core.ConnectionFactory;

/** What is open of one PostgreSQL database: pools of ours, or the one of the host. */
final class PostgresEngine extends Engine {

    /**
     * One group on its way to the server while the next gathers. On a machine of two cores, 32 callers are a fifth faster with two
     * than with one, and 8 callers slower, who go in one therefore; four were slower for all.
     */
    private static final int CREATING_LANES = 2;

    private final PostgresTransactions transactions;
    private final PostgresTransactions heartbeats;
    private final Runnable close;

    /**
     * Where connections come from.
     *
     * @param calls for all calls but heartbeats
     * @param heartbeats for these
     * @param close closes what is ours
     */
    record Pools(ConnectionFactory calls, ConnectionFactory heartbeats, Runnable close) {}

    PostgresEngine(SqlSettings settings, InstantSource clock, NewsDesk news, Pools pools) {
        super(settings, clock, news);
        this.transactions = new PostgresTransactions(settings, clock, news, pools.calls());
        // only the database's clock counts for them, and asking for its time might take a connection of the other pool
        this.heartbeats = new PostgresTransactions(settings, InstantSource.system(), news, pools.heartbeats());
        this.close = pools.close();
    }

    @Override
    Transactions transactions() {
        return transactions;
    }

    @Override
    Transactions heartbeats() {
        return heartbeats;
    }

    @Override
    int creatingLanes() {
        return CREATING_LANES;
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
        heartbeats.close();
        close.run();
    }

    @Override
    public String toString() {
        return "PostgreSQL";
    }
}
