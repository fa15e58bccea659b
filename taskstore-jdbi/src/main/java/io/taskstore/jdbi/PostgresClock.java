package io.taskstore.jdbi;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jdbi.v3.core.ConnectionFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The clock of the database, read now and then and carried on by the machine's in between, so that asking it costs nothing.
 * A sudden change of the machine's own clock makes it read anew: a machine that slept has to.
 */
final class PostgresClock implements InstantSource {

    private static final Logger LOG = LoggerFactory.getLogger(TaskDatabase.class);

    private static final long GOOD_FOR = Duration.ofSeconds(10).toNanos();
    private static final long JUMP = Duration.ofMillis(500).toMillis();
    private static final long PAUSE = Duration.ofSeconds(1).toNanos();
    private static final int READINGS = 3;

    private final ConnectionFactory pool;
    private final InstantSource machine;
    private final LongSupplier nanos;
    private final AtomicBoolean reading = new AtomicBoolean();
    private volatile Reading last;

    /** After a reading that failed, the next one waits a little, for each may take as long as the pool is patient. */
    private volatile long notBefore;

    /** The time of the database at one moment of the machine. */
    private record Reading(Instant database, Instant machine, long nanos, long took) {

        Instant at(long now) {
            return database.plusNanos(now - nanos);
        }
    }

    PostgresClock(ConnectionFactory pool, InstantSource machine) throws SQLException {
        this(pool, machine, System::nanoTime);
    }

    PostgresClock(ConnectionFactory pool, InstantSource machine, LongSupplier nanos) throws SQLException {
        this.pool = pool;
        this.machine = machine;
        this.nanos = nanos;
        this.last = read();
        this.notBefore = nanos.getAsLong();
    }

    @Override
    public Instant instant() {
        Reading known = last;
        long now = nanos.getAsLong();
        if (isOld(known, now) && now - notBefore >= 0 && reading.compareAndSet(false, true)) {
            try {
                last = read();
            } catch (SQLException e) {
                notBefore = nanos.getAsLong() + PAUSE;
                LOG.debug("the clock of the database cannot be read; the last reading is carried on");
            } finally {
                reading.set(false);
            }
        }
        return last.at(nanos.getAsLong());
    }

    private boolean isOld(Reading known, long now) {
        long machineMillis =
                Duration.between(known.machine(), machine.instant()).toMillis();
        long nanoMillis = Duration.ofNanos(now - known.nanos()).toMillis();
        return now - known.nanos() > GOOD_FOR || Math.abs(machineMillis - nanoMillis) > JUMP;
    }

    /** The quickest of a few readings is the most exact; the answer was made half-way between question and receipt. */
    private Reading read() throws SQLException {
        Connection connection = pool.openConnection();
        try (Statement statement = connection.createStatement()) {
            Reading best = ask(statement);
            for (int i = 1; i < READINGS; i++) {
                Reading next = ask(statement);
                best = next.took() < best.took() ? next : best;
            }
            return Objects.requireNonNull(best);
        } finally {
            pool.closeConnection(connection);
        }
    }

    private Reading ask(Statement statement) throws SQLException {
        long start = nanos.getAsLong();
        try (ResultSet row = statement.executeQuery("SELECT clock_timestamp()")) {
            row.next();
            Instant database = row.getObject(1, OffsetDateTime.class).toInstant();
            long took = nanos.getAsLong() - start;
            return new Reading(database, machine.instant(), start + took / 2, took);
        }
    }
}
