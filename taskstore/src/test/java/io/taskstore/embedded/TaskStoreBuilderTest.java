package io.taskstore.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskstore.InvalidInputException;
import io.taskstore.JacksonCodec;
import io.taskstore.MetricRepository;
import io.taskstore.MetricSample;
import io.taskstore.NewTask;
import io.taskstore.PayloadCodec;
import io.taskstore.StorageUnavailableException;
import io.taskstore.Task;
import io.taskstore.TaskEvent;
import io.taskstore.TaskType;
import io.taskstore.TimeRange;
import io.taskstore.inmemory.Worker;
import io.taskstore.jdbi.Durability;
import io.taskstore.jdbi.Migration;
import io.taskstore.testkit.ManualClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a store can be told before it is opened. */
@Timeout(60)
final class TaskStoreBuilderTest {

    private static final TaskType<String> WORK = TaskType.of("work", String.class);
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofSeconds(1);

    @TempDir
    private Path folder;

    private Path file() {
        return folder.resolve("data/tasks.db");
    }

    private static UUID submit(TaskStore store) {
        return store.tasks().submit(NewTask.of(WORK, "x")).id();
    }

    @Test
    void theDatabaseHearsWhatItIsTold() {
        ManualClock clock = ManualClock.create();
        try (TaskStore store = TaskStore.builder("jdbc:sqlite:" + file())
                .durability(Durability.NORMAL)
                .clock(clock)
                .database(database -> database.poolSize(2))
                .open()) {
            assertThat(store.database().clock().instant()).isEqualTo(clock.instant());
            assertThat(store.tasks().find(submit(store)).orElseThrow().createdAt())
                    .isEqualTo(clock.instant());
        }
        assertThatThrownBy(() -> TaskStore.builder("jdbc:sqlite:" + file())
                        .durability(null)
                        .open())
                .hasMessageStartingWith("durability must be given");
        assertThatThrownBy(() -> TaskStore.builder("jdbc:sqlite:" + folder.resolve("new.db"))
                        .database(database -> database.migration(Migration.VALIDATE))
                        .open())
                .isInstanceOf(StorageUnavailableException.class);
    }

    @Test
    void aListenerHearsAllWorkers() throws Exception {
        Queue<TaskEvent.Kind> heard = new ConcurrentLinkedQueue<>();
        TaskType<String> other = TaskType.of("other-work", String.class);
        try (TaskStore store = TaskStore.builder("jdbc:sqlite::memory:")
                .listener(event -> heard.add(event.kind()))
                .open()) {
            store.worker().handle(WORK, (payload, run) -> {}).start();
            Worker second = store.worker().handle(other, (payload, run) -> {}).start();
            store.tasks().await(submit(store), SOON);
            store.tasks().await(store.tasks().submit(NewTask.of(other, "y")).id(), SOON);
            second.close();
        }
        assertThat(heard)
                .containsExactlyInAnyOrder(
                        TaskEvent.Kind.STARTED,
                        TaskEvent.Kind.COMPLETED,
                        TaskEvent.Kind.STARTED,
                        TaskEvent.Kind.COMPLETED);
    }

    /** Writes every text backwards. */
    private static final class Backwards implements PayloadCodec {

        @Override
        public String encode(Object value) {
            return '"' + new StringBuilder(value.toString()).reverse().toString() + '"';
        }

        @Override
        public <T> T decode(String json, Class<T> type) {
            String text = json.substring(1, json.length() - 1);
            return type.cast(new StringBuilder(text).reverse().toString());
        }
    }

    @Test
    void aCodecIsThatOfCallersAndWorkers() throws Exception {
        Queue<String> seen = new ConcurrentLinkedQueue<>();
        try (TaskStore store =
                TaskStore.builder("jdbc:sqlite::memory:").codec(new Backwards()).open()) {
            Task task = store.tasks().submit(NewTask.of(WORK, "stop"));
            assertThat(task.payload()).isEqualTo("\"pots\"");
            store.worker().handle(WORK, (payload, run) -> seen.add(payload)).start();
            store.tasks().await(task.id(), SOON);
            assertThat(seen).containsExactly("stop");
        }
    }

    @Test
    void whatEndedLongAgoIsDeletedIfThatIsAskedFor() throws Exception {
        ManualClock clock = ManualClock.create();
        try (TaskStore store = TaskStore.builder("jdbc:sqlite::memory:")
                .clock(clock)
                .keepEnded(SHORT)
                .keepMetrics(SHORT)
                .open()) {
            store.worker().handle(WORK, (payload, run) -> {}).start();
            UUID id = submit(store);
            store.tasks().await(id, SOON);
            MetricSample sample = new MetricSample("depth", MetricSample.Kind.GAUGE, clock.instant(), 1);
            store.metrics().record(List.of(sample));
            assertThat(store.metrics().series("depth", TimeRange.always(), SHORT))
                    .hasSize(1);
            clock.advance(SHORT.plusMillis(1));
            Await.until("the task was deleted", () -> store.tasks().find(id).isEmpty());
            Await.until(
                    "the sample was deleted",
                    () -> store.metrics()
                            .series("depth", TimeRange.always(), SHORT)
                            .isEmpty());
            assertThat(purging()).hasSize(2);
        }
        assertThat(purging()).isEmpty();
    }

    @Test
    void whatIsDoneIsRecordedIfThatIsAskedForAlsoTheLastOfIt() throws Exception {
        String url = "jdbc:sqlite:" + file();
        try (TaskStore store =
                TaskStore.builder(url).metrics(Duration.ofHours(1)).open()) {
            store.worker().handle(WORK, (payload, run) -> {}).start();
            store.tasks().await(submit(store), SOON);
            Await.until(
                    "the first samples",
                    () -> !store.metrics()
                            .series("queue.depth", TimeRange.always(), SHORT)
                            .isEmpty());
        }
        try (TaskStore store = TaskStore.open(url)) {
            assertThat(store.metrics().series("tasks.completed", TimeRange.always(), SHORT).stream()
                            .mapToDouble(MetricRepository.Bucket::sum)
                            .sum())
                    .isEqualTo(1);
        }
    }

    @Test
    void nothingIsDeletedUnlessAskedFor() {
        try (TaskStore store = TaskStore.open("jdbc:sqlite::memory:")) {
            submit(store);
            assertThat(store.reports().statistics(TimeRange.always()).byType()).containsKey("work");
            assertThat(purging()).isEmpty();
        }
    }

    @Test
    void metricsThatAreRecordedAreKeptForAWeekUnlessTold() {
        Duration month = Duration.ofDays(30);
        assertThat(builder().settings())
                .isEqualTo(new Settings(
                        JacksonCodec.standard(), List.of(), Optional.empty(), Optional.empty(), Optional.empty()));
        assertThat(builder().metrics(SHORT).settings().keepMetrics()).contains(Duration.ofDays(7));
        assertThat(builder().metrics(SHORT).keepMetrics(month).settings().keepMetrics())
                .contains(month);
        assertThat(builder().metrics(SHORT).settings().keepEnded()).isEmpty();
    }

    private TaskStoreBuilder builder() {
        return TaskStore.builder("jdbc:sqlite:" + file());
    }

    private static List<String> purging() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("taskstore-purge"))
                .toList();
    }

    @Test
    void anAgeThatIsTooShortIsRefusedAndNothingIsLeftOpen() {
        assertThatThrownBy(() -> TaskStore.builder("jdbc:sqlite:" + file()).keepEnded(null))
                .isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> TaskStore.builder("jdbc:sqlite:" + file()).keepMetrics(Duration.ofDays(4_000)))
                .isInstanceOf(InvalidInputException.class);
        TaskStoreBuilder second =
                TaskStore.builder("jdbc:sqlite:" + file()).keepEnded(SHORT).keepMetrics(Duration.ofMillis(999));
        assertThatThrownBy(second::open)
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("age must be at least a second");
        assertThat(purging()).isEmpty();
        assertThat(file().getParent().toFile().list()).containsExactly("tasks.db");
    }
}
