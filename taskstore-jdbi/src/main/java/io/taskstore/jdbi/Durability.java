package io.taskstore.jdbi;

/** What SQLite waits for before a commit returns. PostgreSQL decides that by its own {@code synchronous_commit}. */
public enum Durability {
    /** The disk: what was acknowledged survives the loss of power. */
    FULL,
    /** The operating system: what was acknowledged survives the death of the process; the loss of power may take the last. */
    NORMAL
}
