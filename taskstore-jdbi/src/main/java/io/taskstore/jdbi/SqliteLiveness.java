package io.taskstore.jdbi;

import io.taskstore.WorkerId;
import io.taskstore.WorkerProfile;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/** A worker is alive as long as it is heard of within its lease, by the clock of the machine. */
final class SqliteLiveness implements Liveness {

    private final Duration lease;
    private final InstantSource clock;

    SqliteLiveness(Duration lease, InstantSource clock) {
        this.lease = lease;
        this.clock = clock;
    }

    @Override
    public void register(Session session, UUID worker, WorkerProfile profile) {
        session.update("""
                        INSERT INTO taskstore_worker (id, name, types, queues, alive_until)
                        VALUES (:id, :name, :types, :queues, :until)""")
                .bind("id", worker)
                .bind("name", profile.name())
                .bind("types", Profiles.text(profile.types()))
                .bind("queues", Profiles.text(profile.queues()))
                .bind("until", clock.instant().plus(lease))
                .execute();
    }

    @Override
    public boolean heartbeat(Session session, UUID worker) {
        return session.update("""
                                UPDATE taskstore_worker
                                   SET alive_until = :until
                                 WHERE id = :id
                                   AND alive_until > :now""")
                        .bind("id", worker)
                        .bind("now", clock.instant())
                        .bind("until", clock.instant().plus(lease))
                        .execute()
                == 1;
    }

    @Override
    public boolean isAlive(Session session, UUID worker) {
        return session.query("SELECT 1 FROM taskstore_worker WHERE id = :id AND alive_until > :now")
                .bind("id", worker)
                .bind("now", clock.instant())
                .mapTo(Integer.class)
                .findFirst()
                .isPresent();
    }

    @Override
    public Map<WorkerId, WorkerProfile> alive(Session session) {
        Map<WorkerId, WorkerProfile> alive = new LinkedHashMap<>();
        session.query("SELECT id, name, types, queues FROM taskstore_worker WHERE alive_until > :now")
                .bind("now", clock.instant())
                .map((row, context) -> alive.put(
                        WorkerId.parse(row.getString(1)),
                        Profiles.profile(row.getString(2), row.getString(3), row.getString(4))))
                .list();
        return alive;
    }

    @Override
    public void bury(Session session) {
        session.update("DELETE FROM taskstore_worker WHERE alive_until <= :now")
                .bind("now", clock.instant())
                .execute();
    }

    @Override
    public boolean end(Session session, UUID worker) {
        return session.update("DELETE FROM taskstore_worker WHERE id = :id AND alive_until > :now")
                        .bind("id", worker)
                        .bind("now", clock.instant())
                        .execute()
                == 1;
    }
}
