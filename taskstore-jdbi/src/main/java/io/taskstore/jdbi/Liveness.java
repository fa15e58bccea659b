package io.taskstore.jdbi;

import io.taskstore.WorkerId;
import io.taskstore.WorkerProfile;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;

/** Which workers are alive, those that registered and have not been found dead since; and who has the turn for a duty. */
interface Liveness {

    void register(Session session, UUID worker, WorkerProfile profile);

    /** {@return whether the worker is alive, and stays so for now because it was heard of} */
    boolean heartbeat(Session session, UUID worker);

    boolean isAlive(Session session, UUID worker);

    Map<WorkerId, WorkerProfile> alive(Session session);

    /** {@return what nobody may be looking after} One statement, and no lock. */
    Neglected neglected(Session session);

    /** Ends the lives of all workers that are dead by now, so that each death is final. */
    void bury(Session session);

    /** {@return whether the worker was alive; it is not any more} */
    boolean end(Session session, UUID worker);

    /** {@return whether the holder has the turn for the duty now, in one statement} */
    boolean takeTurn(Session session, String duty, UUID holder, Duration atMost);
}
