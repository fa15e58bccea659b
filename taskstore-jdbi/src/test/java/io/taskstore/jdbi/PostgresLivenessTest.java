package io.taskstore.jdbi;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.TaskStatus;
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
    void severalProcessesOpenTheSameNewSchemaAtOnce() throws Exception {
        SqliteLivenessTest.openTogether(TestPostgres.url(), TestPostgres.schema());
    }
}
