package io.taskstore.testkit;

import io.taskstore.Changed;
import io.taskstore.Count;
import io.taskstore.Created;
import io.taskstore.Task;
import io.taskstore.TaskDraft;
import io.taskstore.TaskEdit;
import io.taskstore.TaskOrder;
import io.taskstore.TaskStatus;
import io.taskstore.WorkerId;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The calls of {@link io.taskstore.TaskRepository}. */
final class ModelTaskOperations {

    private ModelTaskOperations() {}

    record Create(ModelTask task, OptionalInt claimFor) implements ModelOperation {
        @Override
        public Object on(ModelSide side) {
            WorkerId worker = claimFor.isPresent() ? side.worker(claimFor.getAsInt()) : null;
            return ModelNeutral.created(side.tasks().create(task.draft(), worker));
        }

        @Override
        public List<String> outcomes(Object answer) {
            return List.of(((Created) answer).how().name());
        }

        @Override
        public String toString() {
            return "create " + task + (claimFor.isPresent() ? ", claimed for worker -" + claimFor.getAsInt() : "");
        }
    }

    record CreateAll(List<ModelTask> tasks) implements ModelOperation {
        @Override
        public Object on(ModelSide side) {
            List<TaskDraft> drafts = tasks.stream().map(ModelTask::draft).toList();
            return side.tasks().createAll(drafts).stream()
                    .map(ModelNeutral::created)
                    .toList();
        }

        @Override
        public List<ModelOperation> simpler() {
            return ModelOperation.withoutOne(tasks).stream()
                    .<ModelOperation>map(CreateAll::new)
                    .toList();
        }

        @Override
        public String toString() {
            return "create all of " + tasks;
        }
    }

    /** The version given is so many behind the one the task has. */
    record Update(int task, int behind, TaskEdit edit, String words) implements ModelOperation {
        @Override
        public Object on(ModelSide side) {
            return ModelNeutral.task(side.tasks().update(ModelIds.task(task), side.version(task) - behind, edit));
        }

        @Override
        public String toString() {
            return "update task " + task + versionBehind(behind) + ": " + words;
        }
    }

    /** The version given is so many behind the one the task has. */
    record Transition(
            int task, int behind, TaskStatus to, @Nullable String note) implements ModelOperation {
        @Override
        public Object on(ModelSide side) {
            return ModelNeutral.task(
                    side.tasks().transition(ModelIds.task(task), side.version(task) - behind, to, note));
        }

        @Override
        public String toString() {
            return "move task " + task + versionBehind(behind) + " to " + to + withNote(note);
        }
    }

    record Cancel(ModelFilter where, @Nullable String note) implements ModelOperation {
        @Override
        public Object on(ModelSide side) {
            return side.tasks().cancel(where.filter(), note);
        }

        @Override
        public List<String> outcomes(Object answer) {
            return outcomesOf((Changed) answer);
        }

        @Override
        public String toString() {
            return "cancel " + where + withNote(note);
        }
    }

    record Requeue(ModelFilter where, @Nullable String note) implements ModelOperation {
        @Override
        public Object on(ModelSide side) {
            return side.tasks().requeue(where.filter(), note);
        }

        @Override
        public List<String> outcomes(Object answer) {
            return outcomesOf((Changed) answer);
        }

        @Override
        public String toString() {
            return "requeue " + where + withNote(note);
        }
    }

    record Delete(ModelFilter where) implements ModelOperation {
        @Override
        public Object on(ModelSide side) {
            return side.tasks().delete(where.filter());
        }

        @Override
        public List<String> outcomes(Object answer) {
            return outcomesOf((Changed) answer);
        }

        @Override
        public String toString() {
            return "delete " + where;
        }
    }

    /** Purges until nothing is left to be purged: which tasks a limit leaves out is not promised. */
    record Purge(Duration age, int limit) implements ModelOperation {
        private static final int MOST_CALLS = 1_000;

        @Override
        public Object on(ModelSide side) {
            long purged = 0;
            for (int call = 0; call < MOST_CALLS; call++) {
                long more = side.tasks().purge(side.clock().instant().minus(age), limit);
                purged += more;
                if (more < limit) {
                    return purged;
                }
            }
            return "no end of purging";
        }

        @Override
        public List<String> outcomes(Object answer) {
            return answer.equals(0L) ? List.of() : List.of("changed");
        }

        @Override
        public String toString() {
            return "purge what ended " + age + " ago, " + limit + " at a time";
        }
    }

    /** Reads page after page, by cursor where the order can be paged so, by offset where not, and counts. */
    record Look(ModelFilter where, TaskOrder order, int limit) implements ModelOperation {
        private static final int MOST_PAGES = 200;

        record Looked(List<List<UUID>> pages, Count count) {}

        @Override
        public Object on(ModelSide side) {
            List<List<UUID>> pages = ModelPages.read(side.tasks(), where.filter(), order, limit, MOST_PAGES).stream()
                    .map(page -> page.tasks().stream().map(Task::id).toList())
                    .toList();
            return new Looked(pages, side.tasks().count(where.filter(), limit));
        }

        @Override
        public String toString() {
            return "list " + where + ", " + order + ", " + limit + " at a time";
        }
    }

    private static String versionBehind(int behind) {
        return behind == 0 ? "" : " (version off by " + behind + ")";
    }

    private static String withNote(@Nullable String note) {
        return note == null ? "" : ", \"" + note + '"';
    }

    private static List<String> outcomesOf(Changed changed) {
        String count = changed.count() > 0 ? "changed" : "changed none";
        return changed.refused().isEmpty() ? List.of(count) : List.of(count, "refused");
    }
}
