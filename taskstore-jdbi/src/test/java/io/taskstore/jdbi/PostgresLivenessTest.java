package io.taskstore.jdbi;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.TaskStatus;
import io.taskstore.WorkerId;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Who is alive on PostgreSQL, as its processes see each other. */
final class PostgresLivenessTest {

    private static final Duration LEASE = Duration.ofSeconds(1);

    private final String schema = TestPostgres.schema();

    private TaskDatabase open() {
        return TaskDatabase.builder(TestPostgres.url())
                .schema(schema)
                .lease(LEASE)
                .open();
    }

    @Test
    void aProcessThatIsPausedForLongerThanItsLeaseHasLostItsTasksForGood() throws Exception {
        try (TaskDatabase database = open();
                Child child = Child.open(TestPostgres.url(), schema, LEASE)) {
            UUID id = child.work();
            child.signal("STOP");
            Await.until("its lease runs out", () -> !database.claims().recover().isEmpty());
            assertThat(database.tasks().find(id).orElseThrow().status()).isEqualTo(TaskStatus.PENDING);
            child.signal("CONT");
            assertThat(child.tell("progress")).isEqualTo("false");
            assertThat(child.tell("settle")).isEqualTo("false");
            assertThat(child.tell("beat")).isEqualTo("false");
            assertThat(child.tell("beat")).isEqualTo("false");
            assertThat(database.tasks().find(id).orElseThrow().progress()).isEmpty();
        }
    }

    @Test
    void aProcessThatIsKilledLosesItsTasksWhenItsLeaseIsOver() throws Exception {
        try (TaskDatabase database = open();
                Child child = Child.open(TestPostgres.url(), schema, LEASE)) {
            UUID id = child.work();
            child.kill();
            long start = System.nanoTime();
            Await.until("its lease runs out", () -> !database.claims().recover().isEmpty());
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LEASE.multipliedBy(4));
            assertThat(database.tasks().find(id).orElseThrow().crashes()).isEqualTo(1);
        }
    }

    @Test
    void aHeartbeatRevivesNoWorkerWhoseLeaseIsOverThoughNobodyHasNoticedYet() {
        try (TaskDatabase database = TaskDatabase.builder(TestPostgres.url())
                .schema(schema)
                .lease(Databases.LEASE)
                .open()) {
            WorkerId worker = Operation.worker(database);
            assertThat(database.claims().heartbeat(worker).alive()).isTrue();
            TestPostgres.sql("UPDATE " + schema
                    + ".taskstore_worker SET alive_until = clock_timestamp() - interval '1 millisecond'");
            assertThat(database.claims().heartbeat(worker).alive()).isFalse();
            assertThat(database.claims().heartbeat(worker).alive()).isFalse();
        }
    }

    @Test
    void whoWasRecoveredIsDeadEvenIfTheClockOfTheServerIsSetBack() {
        try (TaskDatabase database = TaskDatabase.builder(TestPostgres.url())
                .schema(schema)
                .lease(Databases.LEASE)
                .open()) {
            WorkerId worker = Operation.running(database).worker().orElseThrow();
            String set = "UPDATE " + schema + ".taskstore_worker SET alive_until = clock_timestamp()";
            TestPostgres.sql(set + " - interval '1 millisecond'");
            assertThat(database.claims().recover()).hasSize(1);
            // as far in the future as it looks from a time before
            TestPostgres.sql(set + " + interval '1 hour'");
            assertThat(database.claims().heartbeat(worker).alive()).isFalse();
        }
    }
}
