package io.taskstore.crash;

import io.taskstore.TaskQueue;
import io.taskstore.inmemory.InMemoryTaskQueue;
import io.taskstore.jdbi.TaskDatabase;
import io.taskstore.jdbi.TaskDatabaseBuilder;
import io.taskstore.rabbitmq.RabbitTaskQueue;

/**
 * How processes tell each other of tasks.
 *
 * @param way on which way
 * @param broker where RabbitMQ is; empty for the other ways
 * @param spoilt one hint of so many is lost, told twice, or late; 0 for none
 */
record Hints(Way way, String broker, int spoilt) {

    /** What processes have to do with each other's hints. */
    enum Way {
        /** Nothing: each has a queue in its memory, and finds the tasks of others by polling. */
        POLLING,
        /** They listen to each other where the database lets them, which is PostgreSQL. */
        NOTIFY,
        /** They share a broker. */
        RABBITMQ
    }

    static Hints by(Way way) {
        return new Hints(way, "", 0);
    }

    /** {@return hints by a broker} */
    static Hints over(String broker) {
        return new Hints(Way.RABBITMQ, broker, 0);
    }

    Hints spoiling(int oneOf) {
        return new Hints(way, broker, oneOf);
    }

    TaskDatabaseBuilder opening(TaskDatabaseBuilder database) {
        return way == Way.NOTIFY ? database : database.pollingOnly();
    }

    /** {@return the queue of this process, one of those that work on the schema} */
    TaskQueue queue(TaskDatabase database, String schema) {
        TaskQueue local = new InMemoryTaskQueue();
        return way == Way.RABBITMQ
                ? RabbitTaskQueue.builder(broker, local)
                        .name("taskstore-test-" + schema)
                        .open()
                : database.shared(local);
    }

    @Override
    public String toString() {
        return way + (spoilt > 0 ? ", one hint of " + spoilt + " spoilt" : "");
    }
}
