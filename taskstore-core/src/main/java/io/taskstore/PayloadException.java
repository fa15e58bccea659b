package io.taskstore;

import org.jspecify.annotations.Nullable;

/**
 * A payload or a result could not be turned into JSON, or its JSON not into the Java type asked for. The message says
 * where in the value and why, and never quotes the value.
 */
public final class PayloadException extends TaskStoreException {

    /** Reports what could not be converted, in words that do not quote the value. */
    public PayloadException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
