package io.taskstore.jdbi;

import io.taskstore.WorkerId;
import io.taskstore.WorkerProfile;
import io.taskstore.jdbi.ProcessLock.Proof;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * A worker is alive as long as the opening of the database that it belongs to is not closed, and its process has its lock. A
 * process that is paused keeps its lock, and so its workers and tasks. Where a lock file is missing, how long a worker was not
 * heard of decides.
 */
final class SqliteLiveness implements Liveness {

    private static final Duration TIDYING = Duration.ofMinutes(1);

    private final Duration lease;
    private final InstantSource clock;
    private final SqliteProcess process;
    private final UUID owner;

    /** When to look for the files of processes that nobody knows of. */
    private volatile Instant nextTidying = Instant.MIN;

    SqliteLiveness(Duration lease, InstantSource clock, SqliteProcess process, UUID owner) {
        this.lease = lease;
        this.clock = clock;
        this.process = process;
        this.owner = owner;
    }

    /** A row of the table of workers. */
    private record Row(
            UUID id, WorkerProfile profile, UUID owner, UUID process, long pid, Instant started, Instant aliveUntil) {}

    private static Row row(ResultSet row) throws SQLException {
        return new Row(
                Ids.id(row.getBytes(1)),
                Profiles.profile(row.getString(2), row.getString(3), row.getString(4)),
                Ids.id(row.getBytes(5)),
                Ids.id(row.getBytes(6)),
                row.getLong(7),
                Times.instant(row.getLong(8)),
                Times.instant(row.getLong(9)));
    }

    private static final String NEGLECTED = String.format("""
            SELECT w.id, w.name, w.types, w.queues, w.owner, w.process, w.pid, w.started_at, w.alive_until, n.held, n.waiting
              FROM (SELECT %s) n
              LEFT JOIN taskstore_worker w""", Neglected.TASKS);

    @Override
    public Neglected neglected(Session session) {
        List<Row> rows = new ArrayList<>();
        Neglected tasks = session.question(NEGLECTED)
                .query(row -> {
                    if (row.getBytes(1) != null) {
                        rows.add(row(row));
                    }
                    return new Neglected(row.getBoolean(10), row.getBoolean(11));
                })
                .get(0);
        boolean dead = living(rows).size() < rows.size();
        return new Neglected(tasks.byDead() || dead || isTimeToTidy(), tasks.waiting());
    }

    private boolean isTimeToTidy() {
        return process.file().isPresent() && !clock.instant().isBefore(nextTidying);
    }

    private static List<Row> rows(Session session) {
        return session.query("""
                        SELECT id, name, types, queues, owner, process, pid, started_at, alive_until
                          FROM taskstore_worker""").map((row, context) -> row(row)).list();
    }

    private static Optional<Row> row(Session session, UUID worker) {
        return session.question("""
                        SELECT id, name, types, queues, owner, process, pid, started_at, alive_until
                          FROM taskstore_worker
                         WHERE id = :id""").bind("id", worker).query(SqliteLiveness::row).stream()
                .findFirst();
    }

    @Override
    public void register(Session session, UUID worker, WorkerProfile profile) {
        session.update("""
                        INSERT INTO taskstore_worker (
                               id, name, types, queues, owner, process, pid, started_at, alive_until)
                        VALUES (:id, :name, :types, :queues, :owner, :process, :pid, :started_at, :until)""")
                .bind("id", worker)
                .bind("name", profile.name())
                .bind("types", Profiles.text(profile.types()))
                .bind("queues", Profiles.text(profile.queues()))
                .bind("owner", owner)
                .bind("process", process.id())
                .bind("pid", process.pid())
                .bind("started_at", process.started())
                .bind("until", clock.instant().plus(lease))
                .execute();
    }

    @Override
    public boolean heartbeat(Session session, UUID worker) {
        boolean alive = isAlive(session, worker);
        if (alive) {
            session.update("UPDATE taskstore_worker SET alive_until = :until WHERE id = :id")
                    .bind("id", worker)
                    .bind("until", clock.instant().plus(lease))
                    .execute();
        }
        return alive;
    }

    @Override
    public boolean isAlive(Session session, UUID worker) {
        return row(session, worker)
                .filter(row -> isAlive(row, row.aliveUntil()))
                .isPresent();
    }

    /** {@return whether the opening is alive of which the row is, and of which something was heard for the last time then} */
    private boolean isAlive(Row row, Instant aliveUntil) {
        if (row.process().equals(process.id())) {
            return process.isOpen(row.owner());
        }
        Optional<Path> file = process.file();
        Proof proof =
                file.isPresent() ? ProcessLock.prove(file.get(), row.process(), row.pid(), row.started()) : Proof.DEAD;
        return proof == Proof.ALIVE || (proof == Proof.UNKNOWN && aliveUntil.isAfter(clock.instant()));
    }

    @Override
    public Map<WorkerId, WorkerProfile> alive(Session session) {
        Map<WorkerId, WorkerProfile> alive = new LinkedHashMap<>();
        living(rows(session)).forEach(row -> alive.put(new WorkerId(row.id()), row.profile()));
        return alive;
    }

    /** Workers of one opening live and die together, so that one look is enough for all of them. */
    private List<Row> living(List<Row> rows) {
        Map<UUID, Instant> heard = new HashMap<>();
        rows.forEach(row -> heard.merge(row.owner(), row.aliveUntil(), (a, b) -> a.isAfter(b) ? a : b));
        Map<UUID, Boolean> known = new HashMap<>();
        return rows.stream()
                .filter(row -> known.computeIfAbsent(
                        row.owner(), owner -> isAlive(row, Objects.requireNonNull(heard.get(owner)))))
                .toList();
    }

    @Override
    public void bury(Session session) {
        List<Row> rows = rows(session);
        List<Row> living = living(rows);
        List<Row> dead = rows.stream().filter(row -> !living.contains(row)).toList();
        if (!dead.isEmpty()) {
            session.update("DELETE FROM taskstore_worker WHERE id IN IDS (:ids)")
                    .bind("ids", Many.uuids(dead.stream().map(Row::id).toList()))
                    .execute();
            Set<UUID> processes = living.stream().map(Row::process).collect(Collectors.toSet());
            dead.stream()
                    .map(Row::process)
                    .filter(gone -> !gone.equals(process.id()) && !processes.contains(gone))
                    .distinct()
                    .forEach(gone ->
                            session.onCommit(() -> process.file().ifPresent(file -> ProcessLock.remove(file, gone))));
        }
        process.file().ifPresent(file -> session.onCommit(() -> removeStray(file, rows)));
    }

    private void removeStray(Path file, List<Row> rows) {
        if (!isTimeToTidy()) {
            return;
        }
        Instant now = clock.instant();
        nextTidying = now.plus(TIDYING);
        Set<UUID> known = rows.stream().map(Row::process).collect(Collectors.toSet());
        known.add(process.id());
        ProcessLock.removeStray(file, known, now);
    }

    /** Ends the lives of all workers of this opening. */
    void endAll(Session session) {
        session.update("DELETE FROM taskstore_worker WHERE owner = :owner")
                .bind("owner", owner)
                .execute();
    }

    @Override
    public boolean end(Session session, UUID worker) {
        boolean wasAlive = isAlive(session, worker);
        session.update("DELETE FROM taskstore_worker WHERE id = :id")
                .bind("id", worker)
                .execute();
        return wasAlive;
    }

    @Override
    public boolean takeTurn(Session session, String duty, UUID holder, Duration atMost) {
        Instant now = clock.instant();
        return session.update("""
                                INSERT INTO taskstore_duty AS d (duty, holder, taken_until)
                                VALUES (:duty, :holder, :until)
                                    ON CONFLICT (duty) DO UPDATE
                                   SET holder = excluded.holder,
                                       taken_until = excluded.taken_until
                                 WHERE d.holder = excluded.holder
                                    OR d.taken_until <= :now""")
                        .bind("duty", duty)
                        .bind("holder", holder)
                        .bind("until", now.plus(atMost))
                        .bind("now", now)
                        .execute()
                == 1;
    }
}
