package io.taskstore;

import org.jspecify.annotations.Nullable;

/**
 * The root of everything TaskStore throws on purpose. It is unchecked and sealed: each way in which a call can end
 * badly is a final subclass with typed fields, so that a host can decide by type and never has to read a message.
 */
public abstract sealed class TaskStoreException extends RuntimeException
        permits ClaimLostException,
                DuplicateTaskException,
                IllegalTransitionException,
                InvalidInputException,
                OutcomeUnknownException,
                PayloadException,
                StaleTaskException,
                StorageBusyException,
                StorageFailedException,
                StorageFullException,
                StorageUnavailableException,
                TaskNotFoundException,
                WorkflowNotFoundException {

    /** Reports it in one line, whatever those who named things put into their names. */
    TaskStoreException(String message, @Nullable Throwable cause) {
        super(Text.printable(message), cause);
    }
}
