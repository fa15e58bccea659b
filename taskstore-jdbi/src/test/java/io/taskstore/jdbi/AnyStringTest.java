package io.taskstore.jdbi;

import static io.taskstore.testkit.Fixtures.newTask;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.InvalidInputException;
import io.taskstore.LogEntry;
import io.taskstore.LogLevel;
import io.taskstore.NewTask;
import io.taskstore.PageRequest;
import io.taskstore.Progress;
import io.taskstore.Slots;
import io.taskstore.StatusChange;
import io.taskstore.Task;
import io.taskstore.TaskDraft;
import io.taskstore.TaskError;
import io.taskstore.TaskFilter;
import io.taskstore.TaskStatus;
import io.taskstore.WorkerId;
import io.taskstore.WorkerProfile;
import io.taskstore.spi.Claim;
import io.taskstore.spi.ClaimRequest;
import io.taskstore.spi.Settled;
import io.taskstore.spi.Settlement;
import io.taskstore.testkit.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Strings of any characters, in all that callers and handlers can say: each is refused at the door, or comes out of the database
 * as it went in, and finds its task; texts of errors and lines of logs are cleaned and cut instead. More with
 * {@code -Dtaskstore.strings=1000000}, others with {@code -Dtaskstore.strings.seed=1}.
 */
final class AnyStringTest {

    private static final int STRINGS = Integer.getInteger("taskstore.strings", 20_000);
    private static final long SEED = Long.getLong("taskstore.strings.seed", System.nanoTime());
    private static final int AT_ONCE = 100;
    private static final int FOUND_EVERY = 25;
    private static final int DRIVEN = 5;
    private static final int KEYS = 3;
    private static final int LINES = 4;
    private static final int LONGEST_KIND = 200;
    private static final int LONGEST_MESSAGE = 16_384;
    private static final Duration LATER = Duration.ofHours(1);

    private final AnyText text = new AnyText(new Random(SEED));
    private int kept;
    private int refused;
    private int cleaned;

    @Test
    void onSqliteItIsRefusedOrKept() {
        try (TaskDatabase database = Databases.inMemory(ManualClock.create())) {
            refusedOrKept(database, "SQLite");
        }
    }

    @Test
    void onPostgresItIsRefusedOrKept() {
        try (TaskDatabase database = Databases.postgres(TestPostgres.schema(), ManualClock.create())) {
            refusedOrKept(database, "PostgreSQL");
        }
    }

    private void refusedOrKept(TaskDatabase database, String name) {
        while (kept + refused + cleaned < STRINGS) {
            List<TaskDraft> drafts = new ArrayList<>();
            while (drafts.size() < AT_ONCE) {
                drafts.add(strange());
            }
            database.tasks().createAll(drafts);
            Map<UUID, Task> found = found(database, drafts);
            for (int i = 0; i < drafts.size(); i++) {
                TaskDraft asked = drafts.get(i);
                Task stored = found.get(asked.id());
                assertKept(stored, asked);
                if (i % FOUND_EVERY == 0) {
                    assertFound(database, stored, asked.task());
                }
            }
            run(database, drafts.subList(DRIVEN, AT_ONCE));
            drafts.subList(0, DRIVEN).forEach(draft -> drive(database, draft.id()));
        }
        assertThat(refused).isPositive();
        System.out.printf(
                "strings on %s: %,d kept, %,d refused, %,d cleaned, seed %d%n", name, kept, refused, cleaned, SEED);
    }

    private static Map<UUID, Task> found(TaskDatabase database, List<TaskDraft> drafts) {
        return database.tasks().find(drafts.stream().map(TaskDraft::id).toList()).stream()
                .collect(Collectors.toMap(Task::id, task -> task));
    }

    /** {@return a task made of such strings} */
    private TaskDraft strange() {
        NewTask task = accepted(newTask()::title);
        task = accepted(task::description);
        task = accepted(task::submittedBy);
        task = accepted(task::note);
        NewTask named = task;
        task = accepted(any -> named.uniqueKey(any + System.nanoTime()));
        for (int i = 0; i < KEYS; i++) {
            String key = accepted(any -> {
                newTask().metadata(any, "");
                return any;
            });
            NewTask before = task;
            task = accepted(any -> before.metadata(key, any));
        }
        NewTask whole = task;
        return accepted(any -> new TaskDraft(UUID.randomUUID(), whole, text.json(any)));
    }

    /** {@return what the first string makes that is not refused} */
    private <R> R accepted(Function<String, R> door) {
        while (true) {
            String any = text.any();
            try {
                R made = door.apply(any);
                kept++;
                return made;
            } catch (InvalidInputException e) {
                assertThat(e.field()).as("seed " + SEED).isNotBlank();
                assertThat(any)
                        .as("what is refused, seed %d: %s", SEED, e.getMessage())
                        .matches(AnyText::isNoText, "is no text");
                refused++;
            }
        }
    }

    private static void assertKept(Task stored, TaskDraft asked) {
        assertThat(stored.payload()).as("seed " + SEED).isEqualTo(asked.payload());
        assertThat(stored.title()).as("seed " + SEED).isEqualTo(asked.task().title());
        assertThat(stored.description())
                .as("seed " + SEED)
                .isEqualTo(asked.task().description());
        assertThat(stored.submittedBy())
                .as("seed " + SEED)
                .isEqualTo(asked.task().submittedBy());
        assertThat(stored.uniqueKey()).as("seed " + SEED).isEqualTo(asked.task().uniqueKey());
        assertThat(stored.metadata()).as("seed " + SEED).isEqualTo(asked.task().metadata());
    }

    private static void assertFound(TaskDatabase database, Task stored, NewTask asked) {
        TaskFilter filter = TaskFilter.all().uniqueKey(asked.uniqueKey().orElseThrow());
        filter = filter.titlePrefix(asked.title().orElseThrow())
                .submittedBy(asked.submittedBy().orElseThrow());
        for (String key : asked.metadata().scalars().keySet()) {
            filter = filter.metadata(key, asked.metadata().get(key).orElseThrow());
        }
        assertThat(database.tasks().list(filter, PageRequest.first(2)).tasks())
                .as("found by %s, seed %d", filter, SEED)
                .extracting(Task::id)
                .containsExactly(stored.id());
    }

    /** Lets a worker run the tasks, which say how far they are, log a line, and end in any way. */
    private void run(TaskDatabase database, List<TaskDraft> drafts) {
        Map<UUID, TaskDraft> ids = drafts.stream().collect(Collectors.toMap(TaskDraft::id, draft -> draft));
        WorkerId worker = database.claims().register(new WorkerProfile("any", Set.of("work"), Set.of()));
        ClaimRequest request = ClaimRequest.due(worker, Set.of("work"), Slots.of(ids.size()));
        List<Task> claimed =
                database.claims().claim(request.hinted(ids.keySet())).tasks();
        Map<Claim, Progress> progress = new LinkedHashMap<>();
        List<LogEntry> lines = new ArrayList<>();
        List<Settlement> ends = new ArrayList<>();
        for (Task task : claimed) {
            Claim claim = Claim.of(task);
            progress.put(claim, accepted(any -> new Progress(50, any)));
            IntStream.rangeClosed(1, LINES).mapToObj(line -> line(claim, line)).forEach(lines::add);
            ends.add(end(claim, ends.size()));
        }
        assertThat(ends).hasSameSizeAs(drafts);
        assertThat(database.runLog().progress(progress)).isEmpty();
        database.runLog().append(lines);
        assertThat(database.claims().settle(ends)).noneMatch(Settled::isLost);
        Map<UUID, Task> ended = found(database, drafts);
        for (int i = 0; i < ends.size(); i++) {
            UUID id = ends.get(i).claim().taskId();
            Task task = ended.get(id);
            assertThat(task.progress())
                    .as("seed " + SEED)
                    .contains(progress.get(ends.get(i).claim()));
            assertThat(database.reports().logs(id, 1, LogLevel.DEBUG, null, 10))
                    .as("seed " + SEED)
                    .isEqualTo(lines.subList(i * LINES, (i + 1) * LINES));
            List<StatusChange> changes =
                    database.tasks().history(id).orElseThrow().changes();
            assertThat(changes.get(0).note())
                    .as("seed " + SEED)
                    .isEqualTo(ids.get(id).task().note());
            assertSaid(task, changes.get(changes.size() - 1), ends.get(i));
        }
    }

    private LogEntry line(Claim claim, int line) {
        String any = text.maybeLong();
        LogEntry entry = new LogEntry(claim.taskId(), 1, line, Instant.EPOCH, LogLevel.INFO, any);
        assertCleaned(any, LONGEST_MESSAGE, entry.message());
        return entry;
    }

    private Settlement end(Claim claim, int kind) {
        Optional<Duration> ran = Optional.empty();
        return switch (kind % 5) {
            case 0 -> accepted(any -> new Settlement.Completed(claim, ran, Optional.of(text.json(any))));
            case 1 -> new Settlement.Retried(claim, ran, error(), LATER);
            case 2 -> new Settlement.Failed(claim, ran, error());
            case 3 -> accepted(any -> new Settlement.Cancelled(claim, ran, any));
            default -> accepted(any -> new Settlement.Released(claim, ran, any));
        };
    }

    private TaskError error() {
        String kind = text.maybeLong();
        String message = text.maybeLong();
        TaskError error = new TaskError(kind, message);
        assertCleaned(kind, LONGEST_KIND, error.kind());
        assertCleaned(message, LONGEST_MESSAGE, error.message());
        return error;
    }

    private void assertCleaned(String any, int limit, String clean) {
        assertThat(clean)
                .as("what is left of %s, seed %d", any, SEED)
                .matches(left -> AnyText.isCleaned(any, limit, left), "is cleaned and cut");
        cleaned++;
    }

    private static void assertSaid(Task task, StatusChange change, Settlement end) {
        Optional<String> result = Optional.empty();
        Optional<String> note = Optional.empty();
        Optional<TaskError> error = Optional.empty();
        if (end instanceof Settlement.Completed completed) {
            result = completed.result();
        } else if (end instanceof Settlement.Retried retried) {
            error = Optional.of(retried.error());
        } else if (end instanceof Settlement.Failed failed) {
            error = Optional.of(failed.error());
        } else if (end instanceof Settlement.Cancelled cancelled) {
            note = Optional.of(cancelled.note());
        } else if (end instanceof Settlement.Released released) {
            note = Optional.of(released.note());
        }
        assertThat(task.result()).as("seed " + SEED).isEqualTo(result);
        assertThat(task.error()).as("seed " + SEED).isEqualTo(error);
        assertThat(change.note()).as("seed " + SEED).isEqualTo(note);
        assertThat(change.error()).as("seed " + SEED).isEqualTo(error);
    }

    /** Moves a task as a host may, with a note for each step. */
    private void drive(TaskDatabase database, UUID id) {
        Task begun = accepted(note -> moved(database, id, TaskStatus.RUNNING, note));
        Task failed = accepted(note -> moved(database, id, TaskStatus.FAILED, note));
        assertThat(failed.error())
                .as("seed " + SEED)
                .map(TaskError::message)
                .isEqualTo(lastChange(database, id).note());
        TaskFilter one = TaskFilter.all().id(begun.id());
        accepted(note -> {
            database.tasks().requeue(one, note);
            return assertNoted(database, id, note);
        });
        accepted(note -> {
            database.tasks().cancel(one, note);
            return assertNoted(database, id, note);
        });
    }

    private static Task moved(TaskDatabase database, UUID id, TaskStatus to, String note) {
        long version = database.tasks().find(id).orElseThrow().version();
        Task task = database.tasks().transition(id, version, to, note);
        assertNoted(database, id, note);
        return task;
    }

    private static String assertNoted(TaskDatabase database, UUID id, String note) {
        assertThat(lastChange(database, id).note()).as("seed " + SEED).contains(note);
        return note;
    }

    private static StatusChange lastChange(TaskDatabase database, UUID id) {
        return database.tasks().history(id).orElseThrow().last();
    }
}
