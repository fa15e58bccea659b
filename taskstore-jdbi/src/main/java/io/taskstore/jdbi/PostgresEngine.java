package io.taskstore.jdbi;

import io.taskstore.TaskQueue;
import io.taskstore.jdbi.NotifyingQueue.Post;
import java.sql.Connection;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
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
    private final Optional<Post> post;

    /** Those that were asked for and may still be open; guarded by itself. */
    private final List<NotifyingQueue> queues = new ArrayList<>();

    /** Guarded by the queues. */
    private boolean closed;

    /**
     * Where connections come from.
     *
     * @param calls for all calls but heartbeats
     * @param heartbeats for these
     * @param alone for those that are kept, outside of our pools
     * @param close closes what is ours
     */
    record Pools(ConnectionFactory calls, ConnectionFactory heartbeats, ConnectionFactory alone, Runnable close) {}

    PostgresEngine(SqlSettings settings, InstantSource clock, NewsDesk news, Pools pools, Optional<Post> post) {
        super(settings, clock, news);
        this.transactions = new PostgresTransactions(settings, clock, news, pools.calls());
        // only the database's clock counts for them, and asking for its time might take a connection of the other pool
        this.heartbeats = new PostgresTransactions(settings, InstantSource.system(), news, pools.heartbeats());
        this.close = pools.close();
        this.post = post;
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
    TaskQueue shared(TaskQueue local) {
        if (post.isEmpty()) {
            return local;
        }
        synchronized (queues) {
            if (closed) {
                return local;
            }
            queues.removeIf(NotifyingQueue::isSilent);
            NotifyingQueue queue = NotifyingQueue.open(local, post.get(), UUID.randomUUID(), news());
            queues.add(queue);
            return queue;
        }
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
        List<NotifyingQueue> open;
        synchronized (queues) {
            closed = true;
            open = List.copyOf(queues);
            queues.clear();
        }
        open.forEach(NotifyingQueue::silence);
        transactions.close();
        heartbeats.close();
        close.run();
    }

    @Override
    public String toString() {
        return "PostgreSQL";
    }
}
