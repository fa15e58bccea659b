package io.taskstore.jdbi;

import java.util.Set;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/** The table of paused queues. */
interface QueueSql {

    @SqlUpdate("INSERT INTO taskstore_paused_queue (queue) VALUES (:queue) ON CONFLICT DO NOTHING")
    void pause(@Bind("queue") String queue);

    @SqlUpdate("DELETE FROM taskstore_paused_queue WHERE queue = :queue")
    void resume(@Bind("queue") String queue);

    @SqlQuery("SELECT queue FROM taskstore_paused_queue ORDER BY queue")
    Set<String> paused();
}
