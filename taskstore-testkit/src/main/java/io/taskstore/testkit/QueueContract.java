package io.taskstore.testkit;

import io.taskstore.TaskQueue;
import org.junit.jupiter.api.Nested;

/**
 * What every queue must do, as tests. Whoever writes a queue extends this class, says how an empty one is opened, and runs
 * it with JUnit:
 *
 * <pre>{@code
 * final class MyQueueTest extends QueueContract {
 *     protected TaskQueue open(int capacity) {
 *         return new MyQueue(capacity);
 *     }
 * }
 * }</pre>
 *
 * <p>Each group of tests is about one part of the port. Every test opens a queue of its own. A hint may take its time from
 * an offer to a poll, as with a broker in between; everything else has to be seen at once.
 */
public abstract class QueueContract {

    /** For the class that extends this one. */
    protected QueueContract() {}

    /** {@return an empty queue that takes so many hints and refuses the next; the test closes it} */
    protected abstract TaskQueue open(int capacity);

    @Nested
    class Hints extends HintContract {
        Hints() {
            super(QueueContract.this);
        }
    }

    @Nested
    class Waiting extends WaitingContract {
        Waiting() {
            super(QueueContract.this);
        }
    }

    @Nested
    class Refusing extends RefusalContract {
        Refusing() {
            super(QueueContract.this);
        }
    }

    @Nested
    class Reserving extends ReservationContract {
        Reserving() {
            super(QueueContract.this);
        }
    }

    @Nested
    class EndingReservations extends ReservationEndContract {
        EndingReservations() {
            super(QueueContract.this);
        }
    }

    @Nested
    class Closing extends QueueClosingContract {
        Closing() {
            super(QueueContract.this);
        }
    }

    @Nested
    class Crowds extends CrowdContract {
        Crowds() {
            super(QueueContract.this);
        }
    }
}
