package io.taskstore;

import java.util.Optional;
import java.util.concurrent.Callable;

/** Marks the thread that runs a handler, so that what must not be called from there can refuse. */
public final class RunScope {

    private static final ThreadLocal<TaskRun> CURRENT = new ThreadLocal<>();

    private RunScope() {}

    /** {@return what the body answers, called on this thread as the work of the run} */
    public static <R> R call(TaskRun run, Callable<R> body) throws Exception {
        Check.given("run", run);
        Check.given("body", body);
        TaskRun outer = CURRENT.get();
        CURRENT.set(run);
        try {
            return body.call();
        } finally {
            if (outer == null) {
                CURRENT.remove();
            } else {
                CURRENT.set(outer);
            }
        }
    }

    /** {@return the run this thread works for, if it runs a handler} */
    public static Optional<TaskRun> current() {
        return Optional.ofNullable(CURRENT.get());
    }
}
