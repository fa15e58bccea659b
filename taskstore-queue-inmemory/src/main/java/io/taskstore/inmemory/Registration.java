package io.taskstore.inmemory;

import io.taskstore.DecidingHandler;
import io.taskstore.Outcome;
import io.taskstore.PayloadCodec;
import io.taskstore.PayloadException;
import io.taskstore.RetryPolicy;
import io.taskstore.TaskRun;
import io.taskstore.TaskType;
import java.time.Duration;
import java.util.Optional;

/**
 * How tasks of one type are run.
 *
 * @param type the type
 * @param handler the code
 * @param retries when a run that failed is tried again
 * @param timeout how long a run may take, unless its task says otherwise
 */
record Registration<T>(
        TaskType<T> type, DecidingHandler<? super T> handler, RetryPolicy retries, Optional<Duration> timeout) {

    /** The payload of a task that cannot be decoded, now or ever. */
    static final class Undecodable extends Exception {

        private static final long serialVersionUID = 1;

        Undecodable(Throwable cause) {
            super(cause.getMessage(), cause);
        }
    }

    Outcome decide(TaskRun run, PayloadCodec codec) throws Exception {
        Outcome outcome = handler.decide(payload(run, codec), run);
        if (outcome == null) {
            throw new NullPointerException("the handler of " + type + " decided nothing: it returned null");
        }
        return outcome;
    }

    private T payload(TaskRun run, PayloadCodec codec) throws Undecodable {
        try {
            T payload = codec.decode(run.task().payload(), type.payloadClass());
            if (payload == null) {
                throw new PayloadException("the codec answered null", null);
            }
            return payload;
        } catch (RuntimeException e) {
            throw new Undecodable(e);
        }
    }
}
