package io.taskstore.testkit;

import io.taskstore.WorkerId;
import io.taskstore.spi.Storage;
import java.time.InstantSource;
import org.junit.jupiter.api.Nested;

/**
 * What every storage must do, as tests. Whoever writes a storage extends this class, says how an empty one is opened and
 * how the process of a worker dies, and runs it with JUnit:
 *
 * <pre>{@code
 * final class MyStorageTest extends StorageContract {
 *     protected Storage open(InstantSource clock) {
 *         return new MyStorage(clock);
 *     }
 *
 *     protected void kill(Storage storage, WorkerId worker) {
 *         ((MyStorage) storage).loseHeartbeatOf(worker);
 *     }
 * }
 * }</pre>
 *
 * <p>Each group of tests is about one part of one port. Every test opens a storage of its own.
 */
public abstract class StorageContract {

    /** For the class that extends this one. */
    protected StorageContract() {}

    /** {@return an empty storage that takes its time from the clock; the test closes it} */
    protected abstract Storage open(InstantSource clock);

    /**
     * Lets a worker die as with its process: it sends no more heartbeats, and a {@code recover} that is called after this
     * returns takes its tasks from it.
     */
    protected abstract void kill(Storage storage, WorkerId worker);

    @Nested
    class Creating extends CreatingContract {
        Creating() {
            super(StorageContract.this);
        }
    }

    @Nested
    class Workflows extends WorkflowContract {
        Workflows() {
            super(StorageContract.this);
        }
    }

    @Nested
    class Unblocking extends UnblockingContract {
        Unblocking() {
            super(StorageContract.this);
        }
    }

    @Nested
    class Surroundings extends SurroundingsContract {
        Surroundings() {
            super(StorageContract.this);
        }
    }

    @Nested
    class Records extends RecordsContract {
        Records() {
            super(StorageContract.this);
        }
    }

    @Nested
    class Closing extends ClosingContract {
        Closing() {
            super(StorageContract.this);
        }
    }
}
