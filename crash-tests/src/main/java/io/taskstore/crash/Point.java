package io.taskstore.crash;

/**
 * A moment in the life of a process at which it can end itself. They are in the order in which processes may reach them one
 * after the other on one database: what a recovery finds, the one before it has left.
 */
enum Point {
    /** The log of Flyway tells of it. */
    BEFORE_MIGRATION,
    /** A while after the log of Flyway tells that it begins. */
    IN_MIGRATION,
    AFTER_MIGRATION,
    BEFORE_COMMIT_OF_REGISTRATION,
    AFTER_COMMIT_OF_REGISTRATION,
    BEFORE_INSERT,
    AFTER_INSERT,
    BEFORE_COMMIT_OF_INSERT,
    AFTER_COMMIT_OF_INSERT,
    /** A hint, or a task that an idle worker is handed. */
    BEFORE_HINT,
    AFTER_HINT,
    BEFORE_CLAIM,
    BEFORE_COMMIT_OF_CLAIM,
    AFTER_COMMIT_OF_CLAIM,
    BEFORE_RECOVERY,
    BEFORE_COMMIT_OF_RECOVERY,
    AFTER_COMMIT_OF_RECOVERY,
    AFTER_CLAIM,
    AFTER_RECOVERY,
    BEFORE_HANDLER,
    AFTER_HANDLER,
    BEFORE_SETTLEMENT,
    BEFORE_COMMIT_OF_SETTLEMENT,
    AFTER_COMMIT_OF_SETTLEMENT,
    AFTER_SETTLEMENT;

    boolean isOfMigration() {
        return compareTo(AFTER_MIGRATION) <= 0;
    }

    /** {@return whether a process that goes on reaches it again and again} */
    boolean isReachedOften() {
        return !isOfMigration() && !name().endsWith("RECOVERY") && !name().endsWith("REGISTRATION");
    }
}
