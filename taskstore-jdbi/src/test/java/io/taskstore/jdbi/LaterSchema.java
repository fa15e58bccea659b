package io.taskstore.jdbi;

/** What later versions of this library may have left in a database. */
final class LaterSchema {

    /** Two migrations that this version does not know. */
    static final String MIGRATIONS = """
            INSERT INTO taskstore_schema_history
                   (installed_rank, version, description, type, script, checksum, installed_by, execution_time, success)
            VALUES (98, '98', 'later', 'SQL', 'V98__later.sql', 1, 'ada', 1, true),
                   (99, '99', 'much later', 'SQL', 'V99__much_later.sql', 1, 'ada', 1, true)""";

    static final String MESSAGE =
            "open failed: the schema has version 99, which is newer than this library knows; use the newer library";

    private LaterSchema() {}
}
