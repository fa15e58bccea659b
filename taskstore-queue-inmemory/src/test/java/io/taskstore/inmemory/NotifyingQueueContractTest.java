package io.taskstore.inmemory;

import io.taskstore.TaskQueue;
import io.taskstore.jdbi.TaskDatabase;
import io.taskstore.testkit.QueueContract;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** A queue that is joined with those of other processes does all that it does alone. */
@TestInstance(Lifecycle.PER_CLASS)
final class NotifyingQueueContractTest extends QueueContract {

    private TaskDatabase database;
    private TaskQueue another;

    @BeforeAll
    void openDatabase() {
        database = TestPostgres.builder().open();
        another = database.shared(new InMemoryTaskQueue());
    }

    @AfterAll
    void closeDatabase() {
        another.close();
        database.close();
    }

    @Override
    protected TaskQueue open(int capacity) {
        TaskQueue queue = database.shared(new InMemoryTaskQueue(capacity));
        try {
            Await.until(
                    "others are heard",
                    () -> queue.health().parts().get(0).detail().startsWith("0 other"));
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        return queue;
    }
}
