package io.taskstore.jdbi;

/**
 * Whether there is anything that nobody may be looking after, as one look without a lock tells: most looks find nothing, and then
 * there is nothing else to ask.
 *
 * @param byDead whether there are workers to be buried, tasks that are held by none that is registered, or files of dead processes that
 *     may be there to be deleted
 * @param waiting whether any task waits for others, and might do so in vain
 */
record Neglected(boolean byDead, boolean waiting) {

    /** Says of the row t of a task that nobody who is registered holds it. */
    static final String HELD_BY_NOBODY = """
            t.status = 'RUNNING'
               AND t.worker IS NOT NULL
               AND NOT EXISTS (SELECT 1 FROM taskstore_worker w WHERE w.id = t.worker)""";

    /** Whether there are tasks that nobody holds, and tasks that wait; the order leads to their indexes, however many there were once. */
    static final String TASKS = String.format("""
            (SELECT t.id
               FROM taskstore_task t
              WHERE %s
              ORDER BY t.worker, t.id
              LIMIT 1) IS NOT NULL AS held,
            (SELECT t.id
               FROM taskstore_task t INDEXED BY taskstore_task_status
              WHERE t.status = 'WAITING'
              ORDER BY t.created_at, t.id
              LIMIT 1) IS NOT NULL AS waiting""", HELD_BY_NOBODY);
}
