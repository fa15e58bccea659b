package io.taskstore;

import org.jspecify.annotations.Nullable;

/**
 * The storage refused the call for a reason that no other exception names, such as a missing right or a damaged file. Nothing was stored.
 */
public final class StorageFailedException extends TaskStoreException {

    /** Reports what was tried and what to do about it. */
    public StorageFailedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
