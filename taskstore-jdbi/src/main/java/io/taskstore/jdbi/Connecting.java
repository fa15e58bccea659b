package io.taskstore.jdbi;

import java.sql.SQLException;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * Takes connections from pools on threads that may be interrupted: a call of ours is short, and an interrupt is for whoever
 * called it. It is kept for afterwards.
 */
final class Connecting {

    private Connecting() {}

    static Handle open(Jdbi jdbi) {
        boolean interrupted = Thread.interrupted();
        try {
            while (true) {
                try {
                    return jdbi.open();
                } catch (ConnectionException e) {
                    if (!isInterrupt(e)) {
                        throw e;
                    }
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static boolean isInterrupt(ConnectionException thrown) {
        SQLException error = Failures.sqlException(thrown);
        return error != null && error.getCause() instanceof InterruptedException;
    }
}
