package io.taskstore.jdbi;

import io.taskstore.Created;
import io.taskstore.DuplicateTaskException;
import io.taskstore.NewTask;
import io.taskstore.Task;
import io.taskstore.TaskDraft;
import io.taskstore.TaskStatus;
import io.taskstore.WorkerId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Stores new tasks, many at a time. Those that meet others are looked at one by one, after the rest is stored: whether an id
 * or a key is taken is for the database to say, since others store tasks too.
 */
final class Creating {

    /** How many rows one statement stores at most. */
    private static final int CHUNK = 500;

    private static final int TRIES = 10;

    private final Statements statements;
    private final TaskTable table;

    Creating(Statements statements, TaskTable table) {
        this.statements = statements;
        this.table = table;
    }

    /**
     * A task to store.
     *
     * @param draft what the caller asked for
     * @param status WAITING in a workflow that is not that far, else PENDING
     * @param claimFor the worker to claim it for, where nothing is in the way
     * @param workflowId the workflow it belongs to
     * @param step its name there
     */
    record NewRow(
            TaskDraft draft,
            TaskStatus status,
            @Nullable WorkerId claimFor,
            @Nullable UUID workflowId,
            @Nullable String step) {

        static NewRow of(TaskDraft draft, @Nullable WorkerId claimFor) {
            return new NewRow(draft, TaskStatus.PENDING, claimFor, null, null);
        }

        UUID id() {
            return draft.id();
        }

        /** {@return the task as it is once it is stored} */
        Task stored(Instant now, boolean claimed) {
            NewTask wanted = draft.task();
            Task.Builder task = Task.builder()
                    .id(draft.id())
                    .type(wanted.type().name())
                    .title(wanted.title().orElse(null))
                    .description(wanted.description().orElse(null))
                    .payload(draft.payload())
                    .metadata(wanted.metadata())
                    .queue(wanted.queue())
                    .priority(wanted.priority())
                    .status(status)
                    .submittedBy(wanted.submittedBy().orElse(null))
                    .workflowId(workflowId)
                    .step(step)
                    .uniqueKey(wanted.uniqueKey().orElse(null))
                    .runAt(wanted.runAt().orElse(null))
                    .timeout(wanted.timeout().orElse(null))
                    .maxFailures(orNull(wanted.maxFailures()))
                    .createdAt(now)
                    .updatedAt(now);
            if (claimed) {
                task.status(TaskStatus.RUNNING)
                        .attempt(1)
                        .version(2)
                        .worker(claimFor)
                        .startedAt(now);
            }
            return task.build();
        }

        private static @Nullable Integer orNull(OptionalInt value) {
            return value.isPresent() ? value.getAsInt() : null;
        }
    }

    /** What became of a draft: stored or found, or refused. */
    record Answer(@Nullable Created created, @Nullable DuplicateTaskException refusal) {

        Created orThrow() {
            if (refusal != null) {
                throw refusal;
            }
            if (created == null) {
                throw new IllegalStateException("neither stored nor refused");
            }
            return created;
        }
    }

    /** {@return what became of each, in the same order} Each counts on its own. */
    List<Answer> create(Session session, List<NewRow> rows) {
        List<Integer> turns = turns(rows);
        @Nullable Answer[] answers = new Answer[rows.size()];
        for (int start = 0; start < turns.size(); start += CHUNK) {
            List<Integer> chunk = turns.subList(start, Math.min(start + CHUNK, turns.size()));
            List<Answer> some = chunk(session, chunk.stream().map(rows::get).toList());
            for (int i = 0; i < some.size(); i++) {
                answers[chunk.get(i)] = some.get(i);
            }
        }
        return Arrays.stream(answers).map(Objects::requireNonNull).toList();
    }

    /**
     * {@return the places of the rows in the order in which they are stored} It is that of their ids, so that lists that share
     * tasks wait for each other rather than in a circle; unless two ask for the same key, which the first is to get.
     */
    private static List<Integer> turns(List<NewRow> rows) {
        if (rows.size() == 1) {
            return List.of(0);
        }
        Stream<Integer> places = IntStream.range(0, rows.size()).boxed();
        List<String> keys = rows.stream()
                .flatMap(row -> row.draft().task().uniqueKey().stream())
                .toList();
        return new HashSet<>(keys).size() < keys.size()
                ? places.toList()
                : places.sorted(Comparator.comparing(
                                place -> rows.get(place).id().toString()))
                        .toList();
    }

    private List<Answer> chunk(Session session, List<NewRow> rows) {
        Map<UUID, NewRow> first = new LinkedHashMap<>();
        rows.forEach(row -> first.putIfAbsent(row.id(), row));
        Map<UUID, TaskStatus> stored = new HashMap<>(statements.insert(session, new ArrayList<>(first.values())));
        List<Answer> answers = new ArrayList<>(rows.size());
        for (NewRow row : rows) {
            TaskStatus status = stored.remove(row.id());
            answers.add(
                    status == null
                            ? resolve(session, row)
                            : new Answer(
                                    created(row.stored(session.now(), status == TaskStatus.RUNNING), status), null));
        }
        return answers;
    }

    private static Created created(Task task, TaskStatus status) {
        return new Created(task, status == TaskStatus.RUNNING ? Created.How.CLAIMED : Created.How.NEW);
    }

    /** Somebody has the id or the key, or had it a moment ago. */
    private Answer resolve(Session session, NewRow row) {
        for (int i = 0; i < TRIES; i++) {
            Optional<Answer> met = met(session, row.draft());
            if (met.isPresent()) {
                return met.get();
            }
            TaskStatus status = statements.insert(session, List.of(row)).get(row.id());
            if (status != null) {
                return new Answer(created(row.stored(session.now(), status == TaskStatus.RUNNING), status), null);
            }
        }
        throw new IllegalStateException("task " + row.id() + " can neither be stored nor found");
    }

    /** {@return what to say of the task that stands where the draft wants to be, if there is one} */
    private Optional<Answer> met(Session session, TaskDraft draft) {
        Optional<TaskRow> same =
                table.find(session, List.of(draft.id())).stream().findFirst();
        if (same.isPresent()) {
            return Optional.of(
                    same.get().fingerprint() == draft.fingerprint()
                            ? existing(same.get())
                            : new Answer(null, DuplicateTaskException.ofId(draft.id())));
        }
        return draft.task()
                .uniqueKey()
                .flatMap(key -> table.holder(session, key).map(holder -> keyTaken(draft, key, holder)));
    }

    private static Answer keyTaken(TaskDraft draft, String key, TaskRow holder) {
        return draft.task().ifKeyTaken() == NewTask.IfKeyTaken.REFUSE
                ? new Answer(null, DuplicateTaskException.ofUniqueKey(key, draft.id(), holder.id()))
                : existing(holder);
    }

    private static Answer existing(TaskRow row) {
        return new Answer(new Created(row.task(), Created.How.EXISTING), null);
    }
}
