package io.taskstore;

import org.jspecify.annotations.Nullable;

/**
 * The storage cannot be reached or used: it is down, closed, read-only or gone. Nothing was stored; the call may be repeated once the cause is gone.
 */
public final class StorageUnavailableException extends TaskStoreException {

    /** Reports what was tried and what to do about it. */
    public StorageUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
