package io.taskstore.jdbi;

/** What is done about the schema when a database is opened. */
public enum Migration {
    /** It is created or brought to this library's version. */
    APPLY,
    /** It must have this library's version already. */
    VALIDATE,
    /** Nothing: somebody else sees to it. */
    SKIP
}
