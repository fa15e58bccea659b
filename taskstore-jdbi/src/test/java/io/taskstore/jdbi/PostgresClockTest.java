package io.taskstore.jdbi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.zaxxer.hikari.HikariDataSource;
import io.taskstore.PageRequest;
import io.taskstore.TaskFilter;
import io.taskstore.testkit.Fixtures;
import io.taskstore.testkit.ManualClock;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jdbi.v3.core.ConnectionFactory;
import org.junit.jupiter.api.Test;

final class PostgresClockTest {

    private final AtomicInteger opened = new AtomicInteger();
    private final AtomicBoolean down = new AtomicBoolean();
    private final AtomicLong nanos = new AtomicLong();

    private ConnectionFactory server() {
        return () -> {
            opened.incrementAndGet();
            if (down.get()) {
                throw new SQLException("down", "08006");
            }
            return DriverManager.getConnection(TestPostgres.url());
        };
    }

    private static Instant serverTime() throws SQLException {
        try (Connection connection = DriverManager.getConnection(TestPostgres.url());
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT clock_timestamp()")) {
            row.next();
            return row.getObject(1, OffsetDateTime.class).toInstant();
        }
    }

    @Test
    void itFollowsTheClockOfTheDatabase() throws SQLException {
        PostgresClock clock = new PostgresClock(server(), InstantSource.system());
        for (int i = 0; i < 20; i++) {
            Instant before = clock.instant();
            Instant server = serverTime();
            Instant after = clock.instant();
            assertThat(server).isBetween(before.minusMillis(20), after.plusMillis(20));
        }
    }

    @Test
    void itIsCarriedOnBetweenReadings() throws SQLException {
        PostgresClock clock = new PostgresClock(server(), ManualClock.create(), nanos::get);
        Instant start = clock.instant();
        nanos.addAndGet(Duration.ofMillis(400).toNanos());
        assertThat(clock.instant()).isEqualTo(start.plusMillis(400));
        assertThat(opened).hasValue(1);
    }

    @Test
    void itIsReadAnewNowAndThen() throws SQLException {
        ManualClock machine = ManualClock.create();
        PostgresClock clock = new PostgresClock(server(), machine, nanos::get);
        pass(machine, Duration.ofSeconds(9));
        clock.instant();
        assertThat(opened).hasValue(1);
        pass(machine, Duration.ofSeconds(2));
        assertThat(clock.instant()).isCloseTo(serverTime(), within(2, ChronoUnit.SECONDS));
        assertThat(opened).hasValue(2);
    }

    @Test
    void itIsReadAnewAfterAJumpOfTheMachinesClock() throws SQLException {
        for (Duration jump : new Duration[] {Duration.ofHours(1), Duration.ofHours(-1), Duration.ofMillis(600)}) {
            opened.set(0);
            ManualClock machine = ManualClock.create();
            PostgresClock clock = new PostgresClock(server(), machine, nanos::get);
            machine.advance(jump);
            assertThat(clock.instant()).isCloseTo(serverTime(), within(2, ChronoUnit.SECONDS));
            assertThat(opened).as("after a jump of " + jump).hasValue(2);
            clock.instant();
            assertThat(opened).hasValue(2);
        }
    }

    @Test
    void aServerThatIsDownIsNotAskedAtEachCall() throws SQLException {
        ManualClock machine = ManualClock.create();
        PostgresClock clock = new PostgresClock(server(), machine, nanos::get);
        Instant start = clock.instant();
        down.set(true);
        pass(machine, Duration.ofSeconds(11));
        for (int i = 0; i < 5; i++) {
            assertThat(clock.instant()).isEqualTo(start.plusSeconds(11));
        }
        assertThat(opened).hasValue(2);
        down.set(false);
        pass(machine, Duration.ofSeconds(2));
        clock.instant();
        assertThat(opened).hasValue(3);
    }

    @Test
    void aCallAsksForTheTimeBeforeItTakesAConnection() {
        try (HikariDataSource pool = new HikariDataSource()) {
            pool.setJdbcUrl(TestPostgres.url());
            List<Integer> taken = new ArrayList<>();
            InstantSource clock = () -> {
                taken.add(pool.getHikariPoolMXBean().getActiveConnections());
                return Instant.now();
            };
            try (TaskDatabase database = TaskDatabase.builder(pool)
                    .schema(TestPostgres.schema())
                    .clock(clock)
                    .open()) {
                database.tasks().create(Fixtures.draft(), null);
                database.tasks().createAll(Fixtures.drafts(2));
                database.tasks().find(UUID.randomUUID());
                database.tasks().list(TaskFilter.all(), PageRequest.first(5));
            }
            assertThat(taken).hasSizeGreaterThan(3).containsOnly(0);
        }
    }

    private void pass(ManualClock machine, Duration duration) {
        machine.advance(duration);
        nanos.addAndGet(duration.toNanos());
    }
}
