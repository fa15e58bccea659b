package io.taskstore.testkit;

import io.taskstore.Metadata;
import io.taskstore.NewTask;
import io.taskstore.NewTask.IfKeyTaken;
import io.taskstore.TaskEdit;
import io.taskstore.TaskOrder;
import io.taskstore.TaskStatus;
import io.taskstore.TimeRange;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.StringJoiner;
import java.util.UUID;

/** Draws tasks, edits and filters from small pools, so that they meet. */
final class ModelContents {

    static final List<String> QUEUES = List.of(NewTask.DEFAULT_QUEUE, "mail", "slow");
    static final List<String> TYPES = List.of(Fixtures.WORK.name(), Fixtures.OTHER_WORK.name());

    private static final List<String> TITLES =
            List.of("alpha", "ALPHA two", "alp%", "_lpha", "Ünïcode \uD83D\uDE80 'quoted' \"twice\" \\ back");
    private static final List<String> PREFIXES = List.of("a", "alp", "ALP", "alp%", "_", "Ünï", "%");
    private static final List<String> PEOPLE = List.of("Ada", "ada", "Grace Ö.");
    private static final List<Metadata> METADATA = List.of(
            Metadata.empty(),
            Metadata.parse("{\"tenant\" : \"1\"}"),
            Metadata.parse("{\"tenant\":1.0,\"open\":true}"),
            Metadata.parse("{\"open\":false,\"tenant\":\"Ö\",\"deep\":{\"tenant\":1}}"));

    private final ModelDice dice;
    /** What the clock shows if no call is left out. */
    private Instant now = ModelSide.START;

    ModelContents(ModelDice dice) {
        this.dice = dice;
    }

    void advance(Duration time) {
        now = now.plus(time);
    }

    /** {@return the key that at most one dependant of the workflow has; single tasks may have it too} */
    static String keyOf(int workflow) {
        return "key of workflow " + workflow;
    }

    /** {@return a task for no workflow} */
    ModelTask task(int number) {
        ModelTask task = plainTask(number);
        if (!dice.chance(25)) {
            return task;
        }
        String key = dice.chance(60) ? key() : keyOf(1 + dice.below(3));
        return withKey(task, key, dice.chance(50) ? IfKeyTaken.ANSWER_EXISTING : IfKeyTaken.REFUSE);
    }

    String key() {
        return dice.oneOf("key A", "key B");
    }

    static ModelTask withKey(ModelTask task, String key, IfKeyTaken ifTaken) {
        String words = (task.words().isEmpty() ? "" : task.words() + ", ") + key + " or " + ifTaken;
        return ModelTask.of(task.number(), task.task().uniqueKey(key, ifTaken), task.payload(), words);
    }

    /** {@return the same content with another note, which makes no difference to who repeats the call} */
    ModelTask again(ModelTask task) {
        return ModelTask.of(
                task.number(), task.task().note(ModelNeutral.NOTE + "again"), task.payload(), task.words() + " again");
    }

    ModelTask plainTask(int number) {
        boolean other = dice.chance(25);
        Fixtures.Work work = new Fixtures.Work("some work", number);
        NewTask task = NewTask.of(other ? Fixtures.OTHER_WORK : Fixtures.WORK, work);
        StringJoiner words = new StringJoiner(", ");
        if (other) {
            words.add("other work");
        }
        if (dice.chance(30)) {
            String queue = dice.oneOf(QUEUES);
            task = task.queue(queue);
            words.add("queue " + queue);
        }
        if (dice.chance(30)) {
            int priority = dice.oneOf(-1_000, -1, 1, 5, 1_000);
            task = task.priority(priority);
            words.add("priority " + priority);
        }
        if (dice.chance(30)) {
            Instant runAt = instant();
            task = task.runAt(runAt);
            words.add("run at " + runAt);
        }
        if (dice.chance(40)) {
            task = decorated(task, words);
        }
        String payload = dice.oneOf("{\"name\":\"some work\",\"number\":1}", "{ \"number\" : 2.50, \"name\" : \"Ö\" }");
        return ModelTask.of(number, task, payload, words.toString());
    }

    private NewTask decorated(NewTask task, StringJoiner words) {
        String title = dice.oneOf(TITLES);
        String person = dice.oneOf(PEOPLE);
        Metadata metadata = dice.oneOf(METADATA);
        words.add("title " + title).add("by " + person).add(metadata.json());
        NewTask decorated = task.title(title).submittedBy(person).metadata(metadata);
        return dice.chance(50)
                ? decorated
                : decorated
                        .description("line 1\nline 2\t'")
                        .timeout(Duration.ofMillis(1_500))
                        .maxFailures(3)
                        .note(ModelNeutral.NOTE + "new");
    }

    /** {@return a time near now: past, present or to come} */
    Instant instant() {
        Duration distance = dice.oneOf(
                Duration.ofDays(-1),
                Duration.ofSeconds(-5),
                Duration.ZERO,
                Duration.of(1, ChronoUnit.MICROS),
                Duration.ofSeconds(10),
                Duration.ofMinutes(2),
                Duration.ofHours(3));
        return now.plus(distance);
    }

    /** An edit and what it changes, in words. */
    record Edit(TaskEdit edit, String words) {}

    Edit edit() {
        TaskEdit nothing = TaskEdit.nothing();
        int priority = dice.oneOf(-3, 0, 9);
        String title = dice.oneOf(TITLES);
        String queue = dice.oneOf(QUEUES);
        Instant runAt = instant();
        Metadata metadata = dice.oneOf(METADATA);
        return switch (dice.below(9)) {
            case 0 -> new Edit(nothing, "nothing");
            case 1, 2 -> new Edit(nothing.title(title), "title " + title);
            case 3 ->
                new Edit(nothing.metadata(metadata).description("edited"), "description, metadata " + metadata.json());
            case 4 -> new Edit(nothing.queue(queue), "queue " + queue);
            case 5 -> new Edit(nothing.priority(priority), "priority " + priority);
            case 6 -> new Edit(nothing.runAt(runAt), "run at " + runAt);
            case 7 ->
                new Edit(nothing.timeout(Duration.ofSeconds(priority + 4L)).maxFailures(7), "timeout, max failures");
            default -> new Edit(nothing.payload("[" + priority + "]").title(title), "payload, title " + title);
        };
    }

    /** {@return a filter with none to two conditions, which may be about one of the tasks or workflows} */
    ModelFilter filter(List<Integer> tasks, List<Integer> workflows) {
        ModelFilter filter = ModelFilter.ALL;
        int conditions = dice.chance(10) ? 0 : dice.chance(70) ? 1 : 2;
        for (int i = 0; i < conditions; i++) {
            filter = narrowed(filter, tasks, workflows);
        }
        return filter;
    }

    static ModelFilter single(int task) {
        return ModelFilter.ALL.and("id of task " + task, filter -> filter.id(ModelIds.task(task)));
    }

    static ModelFilter members(int workflow) {
        return ModelFilter.ALL.and("workflow " + workflow, filter -> filter.workflow(ModelIds.workflow(workflow)));
    }

    private ModelFilter narrowed(ModelFilter filter, List<Integer> tasks, List<Integer> workflows) {
        return switch (dice.below(12)) {
            case 0 -> {
                List<UUID> ids = tasks.stream().map(ModelIds::task).toList();
                yield filter.and("ids of tasks " + tasks, all -> all.ids(ids));
            }
            case 1, 2 -> {
                TaskStatus status = dice.oneOf(TaskStatus.values());
                yield filter.and("status " + status, all -> all.status(status));
            }
            case 3 -> {
                TaskStatus[] ended = {TaskStatus.FAILED, TaskStatus.CANCELLED};
                yield filter.and("status FAILED or CANCELLED", all -> all.status(ended));
            }
            case 4 -> {
                String queue = dice.oneOf(QUEUES);
                yield filter.and("queue " + queue, all -> all.queue(queue));
            }
            case 5 -> {
                String type = dice.oneOf(TYPES);
                yield filter.and("type " + type, all -> all.type(type));
            }
            case 6 -> {
                UUID[] ids = workflows.stream().map(ModelIds::workflow).toArray(UUID[]::new);
                yield filter.and("workflow " + workflows, all -> all.workflow(ids));
            }
            case 7 -> narrowedByTime(filter);
            default -> narrowedByContent(filter);
        };
    }

    private ModelFilter narrowedByTime(ModelFilter filter) {
        Instant at = instant();
        TimeRange range = dice.chance(50) ? TimeRange.since(at) : TimeRange.before(at);
        String words = (range.from().isPresent() ? " since " : " before ") + at;
        return switch (dice.below(3)) {
            case 0 -> filter.and("created" + words, all -> all.created(range));
            case 1 -> filter.and("updated" + words, all -> all.updated(range));
            default -> filter.and("completed" + words, all -> all.completed(range));
        };
    }

    private ModelFilter narrowedByContent(ModelFilter filter) {
        String prefix = dice.oneOf(PREFIXES);
        String person = dice.oneOf(PEOPLE);
        String key = dice.chance(50) ? key() : keyOf(1 + dice.below(3));
        String step = "step" + dice.below(3);
        return switch (dice.below(7)) {
            case 0 -> filter.and("title prefix " + prefix, all -> all.titlePrefix(prefix));
            case 1 -> filter.and("submitter " + person, all -> all.submittedBy(person));
            case 2 -> filter.and("unique key " + key, all -> all.uniqueKey(key));
            case 3 -> filter.and("step " + step, all -> all.step(step));
            case 4 -> filter.and("metadata tenant \"1\"", all -> all.metadata("tenant", "1"));
            case 5 -> filter.and("metadata tenant 1", all -> all.metadata("tenant", 1));
            default -> filter.and("metadata open", all -> all.metadata("open", true));
        };
    }

    TaskOrder order() {
        return dice.oneOf(TaskOrder.values());
    }
}
