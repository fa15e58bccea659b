package io.taskstore.jdbi;

import io.taskstore.Check;
import java.sql.Connection;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * How a database is to be opened.
 *
 * @param durability what SQLite waits for before a commit returns
 * @param poolSize how many connections are kept at most
 * @param acquireTimeout how long a call waits for a connection
 * @param busyTimeout how long a call waits for others to release a SQLite file
 * @param schema the schema on PostgreSQL
 * @param migration what is done about the schema
 * @param slowQuery from which time on a statement is told at WARN
 * @param clock the clock; empty for the database's own on PostgreSQL, and the system's on SQLite
 * @param lease how long a worker lives without being heard of
 * @param pollingOnly whether processes tell each other nothing of new tasks
 * @param tap gets the connections that write to a SQLite database, and answers with the one to use; for tests of what fails
 */
record Options(
        Durability durability,
        int poolSize,
        Duration acquireTimeout,
        Duration busyTimeout,
        String schema,
        Migration migration,
        Duration slowQuery,
        Optional<InstantSource> clock,
        Duration lease,
        boolean pollingOnly,
        UnaryOperator<Connection> tap) {

    private static final Duration LONGEST = Duration.ofMinutes(10);
    private static final Duration SHORTEST_LEASE = Duration.ofSeconds(1);
    private static final Duration LONGEST_LEASE = Duration.ofHours(1);

    static final Options DEFAULTS = new Options(
            Durability.FULL,
            10,
            Duration.ofSeconds(5),
            Duration.ofSeconds(5),
            "taskstore",
            Migration.APPLY,
            Duration.ofSeconds(1),
            Optional.empty(),
            Duration.ofSeconds(15),
            false,
            UnaryOperator.identity());

    Options {
        Check.given("durability", durability);
        Check.between("poolSize", 1, 1_000, poolSize);
        timeout("acquireTimeout", acquireTimeout);
        timeout("busyTimeout", busyTimeout);
        Check.given("schema", schema);
        Check.given("migration", migration);
        timeout("slowQuery", slowQuery);
        Check.given("clock", clock);
        Check.given("lease", lease);
        Check.that(
                lease.compareTo(SHORTEST_LEASE) >= 0 && lease.compareTo(LONGEST_LEASE) <= 0,
                "lease",
                "a duration from 1 second to an hour",
                lease);
    }

    private static void timeout(String field, Duration value) {
        Check.given(field, value);
        Check.that(
                value.compareTo(Duration.ofMillis(1)) >= 0 && value.compareTo(LONGEST) <= 0,
                field,
                "a duration from 1 ms to 10 minutes",
                value);
    }
}
