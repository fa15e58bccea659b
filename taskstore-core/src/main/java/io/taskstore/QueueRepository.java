package io.taskstore;

import java.util.Set;

/**
 * The port through which a host pauses queues for all its processes.
 *
 * <p>Implementations comply with the following: a pause is stored; no claim and no hand-over that begins after its
 * commit gives out a task of the queue, in any process, while runs that were claimed before go on; tasks may be submitted all
 * the while. A name that no queue can have is refused with {@link InvalidInputException}.
 */
public interface QueueRepository {

    /** Pauses a queue, whether it has tasks or not; does nothing if it is paused. */
    void pause(String queue);

    /** Resumes a queue; does nothing if it is not paused. */
    void resume(String queue);

    /** {@return the queues that are paused} */
    Set<String> paused();
}
