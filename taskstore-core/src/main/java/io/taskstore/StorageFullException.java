package io.taskstore;

import org.jspecify.annotations.Nullable;

/**
 * The storage has no room left. Nothing was stored; the call may be repeated once there is room.
 */
public final class StorageFullException extends TaskStoreException {

    /** Reports what was tried and what to do about it. */
    public StorageFullException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
