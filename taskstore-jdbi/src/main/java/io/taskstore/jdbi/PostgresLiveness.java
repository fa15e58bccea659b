package io.taskstore.jdbi;

import io.taskstore.WorkerId;
import io.taskstore.WorkerProfile;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/** A worker is alive as long as it is heard of within its lease, by the clock of the database alone. */
final class PostgresLiveness implements Liveness {

    /** Says of the row w of a worker that it is alive. */
    static final String ALIVE = "w.alive_until > clock_timestamp()";

    private static final String NEGLECTED =
            "SELECT EXISTS (SELECT 1 FROM taskstore_worker w WHERE NOT " + ALIVE + "), " + Neglected.TASKS;

    private final Duration lease;

    PostgresLiveness(Duration lease) {
        this.lease = lease;
    }

    @Override
    public void register(Session session, UUID worker, WorkerProfile profile) {
        session.update("""
                        INSERT INTO taskstore_worker (id, name, types, queues, alive_until)
                        VALUES (:id, :name, :types, :queues, clock_timestamp() + :lease * interval '1 microsecond')""")
                .bind("id", worker)
                .bind("name", profile.name())
                .bind("types", Profiles.text(profile.types()))
                .bind("queues", Profiles.text(profile.queues()))
                .bind("lease", lease)
                .execute();
    }

    @Override
    public boolean heartbeat(Session session, UUID worker) {
        return session.update("""
                                UPDATE taskstore_worker w
                                   SET alive_until = clock_timestamp() + :lease * interval '1 microsecond'
                                 WHERE w.id = :id
                                   AND\s""" + ALIVE)
                        .bind("id", worker)
                        .bind("lease", lease)
                        .execute()
                == 1;
    }

    @Override
    public boolean isAlive(Session session, UUID worker) {
        return session.query("SELECT 1 FROM taskstore_worker w WHERE w.id = :id AND " + ALIVE)
                .bind("id", worker)
                .mapTo(Integer.class)
                .findFirst()
                .isPresent();
    }

    @Override
    public Map<WorkerId, WorkerProfile> alive(Session session) {
        Map<WorkerId, WorkerProfile> alive = new LinkedHashMap<>();
        session.query("SELECT w.id, w.name, w.types, w.queues FROM taskstore_worker w WHERE " + ALIVE)
                .map((row, context) -> alive.put(
                        new WorkerId(row.getObject(1, UUID.class)),
                        Profiles.profile(row.getString(2), row.getString(3), row.getString(4))))
                .list();
        return alive;
    }

    @Override
    public Neglected neglected(Session session) {
        return session.question(NEGLECTED)
                .query(row -> new Neglected(row.getBoolean(1) || row.getBoolean(2), row.getBoolean(3)))
                .get(0);
    }

    /** Passes by a worker whose row is locked, by a process that may stand still: the others need not wait for it. */
    @Override
    public void bury(Session session) {
        session.update("DELETE FROM taskstore_worker WHERE id IN (SELECT w.id FROM taskstore_worker w WHERE NOT "
                        + ALIVE + " FOR UPDATE SKIP LOCKED)")
                .execute();
    }

    @Override
    public boolean end(Session session, UUID worker) {
        return session.update("DELETE FROM taskstore_worker w WHERE w.id = :id AND " + ALIVE)
                        .bind("id", worker)
                        .execute()
                == 1;
    }

    @Override
    public boolean takeTurn(Session session, String duty, UUID holder, Duration atMost) {
        return session.update("""
                                INSERT INTO taskstore_duty AS d (duty, holder, taken_until)
                                VALUES (:duty, :holder, clock_timestamp() + :at_most * interval '1 microsecond')
                                    ON CONFLICT (duty) DO UPDATE
                                   SET holder = excluded.holder,
                                       taken_until = excluded.taken_until
                                 WHERE d.holder = excluded.holder
                                    OR d.taken_until <= clock_timestamp()""")
                        .bind("duty", duty)
                        .bind("holder", holder)
                        .bind("at_most", atMost)
                        .execute()
                == 1;
    }
}
