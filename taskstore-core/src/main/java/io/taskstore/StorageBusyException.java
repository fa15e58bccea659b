package io.taskstore;

import org.jspecify.annotations.Nullable;

/**
 * The storage could not take the call in the time it was given, because others hold what it needs. Nothing was stored; the call may be repeated.
 */
public final class StorageBusyException extends TaskStoreException {

    /** Reports what was tried and what to do about it. */
    public StorageBusyException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
