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
     * Lets a worker die as with its process: when this returns it is not alive, so that it gets nothing more, sends no more
     * heartbeats, and loses its tasks to the next {@code recover}.
     */
    protected abstract void kill(Storage storage, WorkerId worker);

    @Nested
    class Creating extends CreatingContract {
        Creating() {
            super(StorageContract.this);
        }
    }

    @Nested
    class Keeping extends KeepingContract {
        Keeping() {
            super(StorageContract.this);
        }
    }

    @Nested
    class UniqueKeys extends UniqueKeyContract {
        UniqueKeys() {
            super(StorageContract.this);
        }
    }

    @Nested
    class HandOver extends HandOverContract {
        HandOver() {
            super(StorageContract.this);
        }
    }

    @Nested
    class CreatingMany extends CreatingManyContract {
        CreatingMany() {
            super(StorageContract.this);
        }
    }

    @Nested
    class Editing extends EditingContract {
        Editing() {
            super(StorageContract.this);
        }
    }

    @Nested
    class HostMoves extends HostMovesContract {
        HostMoves() {
            super(StorageContract.this);
        }
    }

    @Nested
    class SeveralWriters extends WritersContract {
        SeveralWriters() {
            super(StorageContract.this);
        }
    }

    @Nested
    class Filtering extends FilteringContract {
        Filtering() {
            super(StorageContract.this);
        }
    }

    @Nested
    class Listing extends ListingContract {
        Listing() {
            super(StorageContract.this);
        }
    }

    @Nested
    class Updates extends UpdatesContract {
        Updates() {
            super(StorageContract.this);
        }
    }

    @Nested
    class Deleting extends DeletingContract {
        Deleting() {
            super(StorageContract.this);
        }
    }

    @Nested
    class Purging extends PurgingContract {
        Purging() {
            super(StorageContract.this);
        }
    }

    @Nested
    class Claiming extends ClaimingContract {
        Claiming() {
            super(StorageContract.this);
        }
    }

    @Nested
    class ClaimOrder extends ClaimOrderContract {
        ClaimOrder() {
            super(StorageContract.this);
        }
    }

    @Nested
    class DueSince extends DueSinceContract {
        DueSince() {
            super(StorageContract.this);
        }
    }

    @Nested
    class Settling extends SettlingContract {
        Settling() {
            super(StorageContract.this);
        }
    }

    @Nested
    class GoingOn extends GoingOnContract {
        GoingOn() {
            super(StorageContract.this);
        }
    }

    @Nested
    class SettlingTogether extends SettlingTogetherContract {
        SettlingTogether() {
            super(StorageContract.this);
        }
    }

    @Nested
    class Fencing extends FencingContract {
        Fencing() {
            super(StorageContract.this);
        }
    }

    @Nested
    class Progress extends ProgressContract {
        Progress() {
            super(StorageContract.this);
        }
    }

    @Nested
    class Workers extends WorkersContract {
        Workers() {
            super(StorageContract.this);
        }
    }

    @Nested
    class Recovering extends RecoveringContract {
        Recovering() {
            super(StorageContract.this);
        }
    }

    @Nested
    class Cancelling extends CancellingContract {
        Cancelling() {
            super(StorageContract.this);
        }
    }

    @Nested
    class Requeueing extends RequeueingContract {
        Requeueing() {
            super(StorageContract.this);
        }
    }

    @Nested
    class Races extends RacesContract {
        Races() {
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
    class UnblockingRaces extends UnblockingRacesContract {
        UnblockingRaces() {
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
    class Reporting extends ReportsContract {
        Reporting() {
            super(StorageContract.this);
        }
    }

    @Nested
    class Flow extends FlowContract {
        Flow() {
            super(StorageContract.this);
        }
    }

    @Nested
    class Turns extends TurnsContract {
        Turns() {
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
