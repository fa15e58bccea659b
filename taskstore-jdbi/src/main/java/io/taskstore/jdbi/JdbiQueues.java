package io.taskstore.jdbi;

import io.taskstore.Check;
import io.taskstore.QueueRepository;
import java.util.Set;

/** The queues as far as they are paused. */
final class JdbiQueues implements QueueRepository {

    private final Transactions transactions;

    JdbiQueues(Transactions transactions) {
        this.transactions = transactions;
    }

    @Override
    public void pause(String queue) {
        Check.name("queue", queue);
        transactions.write(Call.of("pause"), session -> {
            session.handle().attach(QueueSql.class).pause(queue);
            return true;
        });
    }

    @Override
    public void resume(String queue) {
        Check.name("queue", queue);
        transactions.write(Call.of("resume"), session -> {
            session.handle().attach(QueueSql.class).resume(queue);
            return true;
        });
    }

    @Override
    public Set<String> paused() {
        return transactions.read(
                Call.of("paused"),
                session -> Set.copyOf(session.handle().attach(QueueSql.class).paused()));
    }
}
