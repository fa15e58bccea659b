package io.taskstore.testkit;

import static io.taskstore.testkit.Fixtures.OTHER_WORK;
import static io.taskstore.testkit.Fixtures.WORK;
import static io.taskstore.testkit.Fixtures.draft;
import static io.taskstore.testkit.Fixtures.newTask;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.Count;
import io.taskstore.Metadata;
import io.taskstore.NewTask;
import io.taskstore.NewWorkflow;
import io.taskstore.PageRequest;
import io.taskstore.Task;
import io.taskstore.TaskDraft;
import io.taskstore.TaskEdit;
import io.taskstore.TaskFilter;
import io.taskstore.TaskStatus;
import io.taskstore.TimeRange;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Which tasks pass a filter: each condition alone, with several values, and all together. */
abstract class FilteringContract extends PortContract {

    private static final Duration MICRO = Duration.ofNanos(1_000);
    private static final NewTask OTHER = NewTask.of(OTHER_WORK, new Fixtures.Work("other work", 2));

    FilteringContract(StorageContract contract) {
        super(contract);
    }

    @Test
    void everyTaskPassesAFilterWithoutConditions() {
        assertPass(TaskFilter.all(), create(), createIn(TaskStatus.COMPLETED), create(OTHER.queue("other")));
    }

    @Test
    void nothingPassesWhereNothingIsStored() {
        assertPass(TaskFilter.all());
        assertPass(TaskFilter.all().status(TaskStatus.PENDING).metadata("tenant", "acme"));
    }

    @Test
    void byId() {
        Task first = create();
        Task second = create();
        create();

        assertPass(TaskFilter.all().id(first.id()), first);
        assertPass(TaskFilter.all().id(second.id(), first.id(), CountingIds.number(1)), first, second);
        assertPass(TaskFilter.all().id(CountingIds.number(1)));
    }

    @Test
    void byAThousandIds() {
        Task first = create();
        create();
        List<UUID> ids = new ArrayList<>(
                LongStream.range(0, 999).mapToObj(CountingIds::number).toList());
        ids.add(first.id());

        assertPass(TaskFilter.all().ids(ids), first);
    }

    @Test
    void byEachStatus() {
        for (TaskStatus status : TaskStatus.values()) {
            createIn(status);
        }

        for (TaskStatus status : TaskStatus.values()) {
            assertThat(list(TaskFilter.all().status(status)))
                    .isNotEmpty()
                    .extracting(Task::status)
                    .containsOnly(status);
        }
    }

    @Test
    void bySeveralStatuses() {
        Task running = createIn(TaskStatus.RUNNING);
        Task failed = createIn(TaskStatus.FAILED);
        createIn(TaskStatus.COMPLETED);

        assertPass(TaskFilter.all().status(TaskStatus.FAILED, TaskStatus.RUNNING), running, failed);
        assertPass(TaskFilter.all().status(TaskStatus.CANCELLED, TaskStatus.PENDING));
    }

    @Test
    void byType() {
        Task work = create();
        Task other = create(OTHER);

        assertPass(TaskFilter.all().type(WORK), work);
        assertPass(TaskFilter.all().type("other-work"), other);
        assertPass(TaskFilter.all().type(WORK, OTHER_WORK), work, other);
        assertPass(TaskFilter.all().type("Work", "wor", "works"));
    }

    @Test
    void byQueue() {
        Task usual = create();
        Task mail = create(newTask().queue("mail"));
        Task upper = create(newTask().queue("MAIL"));

        assertPass(TaskFilter.all().queue("mail"), mail);
        assertPass(TaskFilter.all().queue("MAIL", "default"), usual, upper);
        assertPass(TaskFilter.all().queue("mai", "mail_", "other"));
    }

    @Test
    void bySubmitter() {
        create();
        Task ada = create(newTask().submittedBy("ada"));
        Task upper = create(newTask().submittedBy("Ada"));
        Task blank = create(newTask().submittedBy("ada "));

        assertPass(TaskFilter.all().submittedBy("ada"), ada);
        assertPass(TaskFilter.all().submittedBy("Ada", "ada "), upper, blank);
        assertPass(TaskFilter.all().submittedBy("ad", "ad%", "ad_"));
    }

    @Test
    void byWorkflow() {
        create();
        List<Task> first =
                createWorkflow(NewWorkflow.of("first").task("a", newTask()).task("b", newTask()));
        List<Task> second = createWorkflow(NewWorkflow.of("second").task("a", newTask()));
        UUID firstId = first.get(0).workflowId().orElseThrow();
        UUID secondId = second.get(0).workflowId().orElseThrow();

        assertPass(TaskFilter.all().workflow(firstId), first.get(0), first.get(1));
        assertPass(TaskFilter.all().workflow(secondId, firstId), first.get(0), first.get(1), second.get(0));
        assertPass(TaskFilter.all().workflow(CountingIds.number(1)));
    }

    @Test
    void byStep() {
        create();
        List<Task> tasks =
                createWorkflow(NewWorkflow.of("first").task("a", newTask()).task("A", newTask()));
        List<Task> others = createWorkflow(NewWorkflow.of("second").task("a", newTask()));

        assertPass(TaskFilter.all().step("a"), tasks.get(0), others.get(0));
        assertPass(TaskFilter.all().step("b"));
    }

    @Test
    void byAUniqueKeyWhetherItIsHeldOrNot() {
        create();
        Task ended = createIn(TaskStatus.COMPLETED, newTask().uniqueKey("a key"));
        Task holder = create(newTask().uniqueKey("a key"));
        create(newTask().uniqueKey("A key"));

        assertPass(TaskFilter.all().uniqueKey("a key"), ended, holder);
        assertPass(TaskFilter.all().uniqueKey("a ke%"));
    }

    @Test
    void byTheBeginningOfTheTitle() {
        create();
        Task one = create(newTask().title("Report"));
        Task more = create(newTask().title("Report of May"));
        create(newTask().title("report"));
        create(newTask().title("A Report"));
        create(newTask().title("Repor"));

        assertPass(TaskFilter.all().titlePrefix("Report"), one, more);
        assertPass(TaskFilter.all().titlePrefix("Report "), more);
        assertPass(TaskFilter.all().titlePrefix("Report of May."));
    }

    @Test
    void theBeginningOfATitleIsNoPattern() {
        Task percent = create(newTask().title("100%_done"));
        Task backslash = create(newTask().title("100\\%_done"));
        create(newTask().title("1000 done"));
        create(newTask().title("100xydone"));

        assertPass(TaskFilter.all().titlePrefix("100%"), percent);
        assertPass(TaskFilter.all().titlePrefix("100%_"), percent);
        assertPass(TaskFilter.all().titlePrefix("100\\"), backslash);
        assertPass(TaskFilter.all().titlePrefix("100\\%_"), backslash);
        assertPass(TaskFilter.all().titlePrefix("_"));
        assertPass(TaskFilter.all().titlePrefix("%"));
        assertPass(TaskFilter.all().titlePrefix("["));
        assertPass(TaskFilter.all().titlePrefix("*"));
    }

    @Test
    void everyTitleBeginsWithItself() {
        for (String title : KeepingContract.HOSTILE) {
            Task task = create(newTask().title(title + " and more"));

            assertPass(TaskFilter.all().titlePrefix(title + " and"), task);
        }
    }

    @Test
    void titlesThatLookAlikeBeginDifferently() {
        Task composed = create(newTask().title("caf\u00e9"));
        Task decomposed = create(newTask().title("cafe\u0301"));

        assertPass(TaskFilter.all().titlePrefix("caf\u00e9"), composed);
        assertPass(TaskFilter.all().titlePrefix("cafe"), decomposed);
    }

    @Test
    void aTitleMayBeginWithTheGreatestCharacters() {
        Task last = create(newTask().title("\udbff\udfff\udbff\udfff"));
        Task beforeSurrogates = create(newTask().title("\ud7ff!"));
        create(newTask().title("\uffff"));

        assertPass(TaskFilter.all().titlePrefix("\udbff\udfff"), last);
        assertPass(TaskFilter.all().titlePrefix("\ud7ff"), beforeSurrogates);
    }

    @Test
    void byMetadataOfEachTypeForItself() {
        Task text = create(newTask().metadata("k", "1"));
        Task number = create(newTask().metadata("k", 1));
        Task yes = create(newTask().metadata("k", true));
        Task yesText = create(newTask().metadata("k", "true"));
        create(newTask().metadata(Metadata.parse("{\"k\":null}")));
        create(newTask().metadata(Metadata.parse("{\"k\":[1,\"1\",true]}")));
        create(newTask().metadata(Metadata.parse("{\"k\":{\"k\":1}}")));
        create();

        assertPass(TaskFilter.all().metadata("k", "1"), text);
        assertPass(TaskFilter.all().metadata("k", 1), number);
        assertPass(TaskFilter.all().metadata("k", true), yes);
        assertPass(TaskFilter.all().metadata("k", "true"), yesText);
        assertPass(TaskFilter.all().metadata("k", false));
        assertPass(TaskFilter.all().metadata("k", "null"));
    }

    @Test
    void byANumberOfMetadataHoweverItIsWritten() {
        List<Task> thousands = new ArrayList<>();
        for (String number : List.of("1000", "1000.0", "1e3", "1.000E+3", "10000e-1")) {
            thousands.add(create(newTask().metadata(Metadata.parse("{\"k\":" + number + "}"))));
        }
        create(newTask().metadata("k", new BigDecimal("1000.000000000000000000000001")));
        create(newTask().metadata("k", -1_000));

        for (Number number : List.of(1_000, 1_000L, 1_000.0, new BigDecimal("1E3"))) {
            assertPass(TaskFilter.all().metadata("k", number), thousands.toArray(new Task[0]));
        }
    }

    @Test
    void byMetadataExactly() {
        for (String value : KeepingContract.HOSTILE) {
            Task byValue = create(newTask().metadata("value", value));
            Task byKey = create(newTask().metadata(value, "key"));

            assertPass(TaskFilter.all().metadata("value", value), byValue);
            assertPass(TaskFilter.all().metadata(value, "key"), byKey);
        }
    }

    @Test
    void byMetadataOfTheSameCaseOnly() {
        create(newTask().metadata("tenant", "Acme"));
        create(newTask().metadata("Tenant", "acme"));

        assertPass(TaskFilter.all().metadata("tenant", "acme"));
    }

    @Test
    void byAnEmptyTextOfMetadata() {
        Task empty = create(newTask().metadata("k", ""));
        create(newTask().metadata("k", " "));
        create(newTask().metadata("other", ""));

        assertPass(TaskFilter.all().metadata("k", ""), empty);
    }

    @Test
    void byTheLongestTextOfMetadata() {
        String longest = "\u20ac".repeat(500);
        Task found = create(newTask().metadata("k", longest));
        create(newTask().metadata("k", longest + "x"));

        assertPass(TaskFilter.all().metadata("k", longest), found);
    }

    @Test
    void bySeveralEntriesOfMetadataThatAllHaveToBeThere() {
        Task both =
                create(newTask().metadata("tenant", "acme").metadata("size", 3).metadata("vip", true));
        create(newTask().metadata("tenant", "acme"));
        create(newTask().metadata("size", 3));
        create(newTask().metadata("tenant", "acme").metadata("size", 4));
        create(newTask().metadata("size", "acme").metadata("tenant", 3));

        assertPass(TaskFilter.all().metadata("tenant", "acme").metadata("size", 3), both);
    }

    @Test
    void byWhenATaskWasCreatedFromTheStartToBeforeTheEnd() {
        Instant start = clock.instant();
        Task atStart = create();
        clock.advance(MICRO);
        Task afterStart = create();
        clock.advance(MICRO);
        Task atEnd = create();
        Instant end = clock.instant();

        assertPass(TaskFilter.all().created(TimeRange.between(start, end)), atStart, afterStart);
        assertPass(TaskFilter.all().created(TimeRange.since(end)), atEnd);
        assertPass(TaskFilter.all().created(TimeRange.before(end)), atStart, afterStart);
        assertPass(TaskFilter.all().created(TimeRange.between(start, start)));
        assertPass(TaskFilter.all().created(TimeRange.always()), atStart, afterStart, atEnd);
    }

    @Test
    void byWhenATaskWasUpdatedFromTheStartToBeforeTheEnd() {
        Task untouched = create();
        Task edited = create();
        Task ran = create();
        clock.advance(Duration.ofHours(1));
        Instant start = clock.instant();
        tasks().update(edited.id(), 1, TaskEdit.nothing().title("other"));
        clock.advance(MICRO);
        Instant end = clock.instant();
        run(ran);

        assertPass(TaskFilter.all().updated(TimeRange.between(start, end)), read(edited.id()));
        assertPass(TaskFilter.all().updated(TimeRange.since(start)), read(edited.id()), read(ran.id()));
        assertPass(TaskFilter.all().updated(TimeRange.since(end)), read(ran.id()));
        assertPass(TaskFilter.all().updated(TimeRange.before(start)), untouched);
    }

    @Test
    void byWhenATaskEndedFromTheStartToBeforeTheEnd() {
        create();
        clock.advance(Duration.ofHours(1));
        Instant start = clock.instant();
        Task completed = createIn(TaskStatus.COMPLETED);
        Task failed = createIn(TaskStatus.FAILED);
        Task cancelled = createIn(TaskStatus.CANCELLED);
        clock.advance(MICRO);
        Instant end = clock.instant();
        Task later = createIn(TaskStatus.COMPLETED);
        createIn(TaskStatus.RUNNING);

        assertPass(TaskFilter.all().completed(TimeRange.between(start, end)), completed, failed, cancelled);
        assertPass(TaskFilter.all().completed(TimeRange.since(end)), later);
        assertPass(TaskFilter.all().completed(TimeRange.before(start)));
        assertPass(TaskFilter.all().completed(TimeRange.before(end)), completed, failed, cancelled);
    }

    @Test
    void aTaskThatLivesAgainHasNotEnded() {
        Task failed = createIn(TaskStatus.FAILED);

        tasks().requeue(TaskFilter.all().id(failed.id()), null);

        assertPass(TaskFilter.all().completed(TimeRange.since(clock.instant())));
    }

    @Test
    void everyConditionHasToBeMet() {
        NewTask wanted = newTask()
                .title("Report of May")
                .queue("mail")
                .submittedBy("ada")
                .uniqueKey("a key")
                .metadata("tenant", "acme")
                .metadata("size", 3);
        clock.advance(Duration.ofHours(1));
        Instant start = clock.instant();
        Task found = createIn(TaskStatus.CANCELLED, wanted);
        List<Task> others = List.of(
                createIn(TaskStatus.CANCELLED, wanted),
                createIn(TaskStatus.CANCELLED, wanted.title("Other")),
                createIn(TaskStatus.CANCELLED, wanted.queue("other")),
                createIn(TaskStatus.CANCELLED, wanted.submittedBy("bob")),
                createIn(TaskStatus.CANCELLED, wanted.uniqueKey("other")),
                createIn(TaskStatus.CANCELLED, wanted.metadata("tenant", "other")),
                createIn(TaskStatus.CANCELLED, wanted.metadata("size", "3")),
                createIn(TaskStatus.COMPLETED, wanted));
        clock.advance(MICRO);
        Task later = createIn(TaskStatus.CANCELLED, wanted);
        List<UUID> ids = new ArrayList<>(List.of(found.id(), later.id()));
        others.stream().skip(1).map(Task::id).forEach(ids::add);
        TimeRange then = TimeRange.between(start, clock.instant());

        TaskFilter filter = TaskFilter.all()
                .ids(ids)
                .status(TaskStatus.CANCELLED, TaskStatus.FAILED)
                .type(WORK)
                .titlePrefix("Report")
                .queue("mail", "fax")
                .submittedBy("ada", "eve")
                .uniqueKey("a key")
                .metadata("tenant", "acme")
                .metadata("size", 3)
                .created(then)
                .updated(then)
                .completed(then);

        assertPass(filter, found);
        assertPass(filter.type(OTHER_WORK));
    }

    @Test
    void conditionsOnAWorkflowGoTogetherWithOthers() {
        NewWorkflow wanted = NewWorkflow.of("a workflow")
                .task("a", newTask().title("Report"))
                .task("b", newTask().title("Report"))
                .after("a");
        List<Task> first = createWorkflow(wanted);
        createWorkflow(wanted);
        UUID workflow = first.get(0).workflowId().orElseThrow();

        TaskFilter ofFirst = TaskFilter.all().workflow(workflow).titlePrefix("Rep");

        assertPass(ofFirst.step("b"), first.get(1));
        assertPass(ofFirst.status(TaskStatus.PENDING), first.get(0));
        assertPass(ofFirst.step("a").status(TaskStatus.WAITING));
    }

    @Test
    void tasksOfOneListAreFilteredOneByOne() {
        List<TaskDraft> drafts = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            drafts.add(draft(newTask()
                    .metadata("n", i % 5)
                    .queue("queue-" + i % 3)
                    .priority(i % 7)
                    .title("task " + i % 2)));
        }
        tasks().createAll(drafts);

        TaskFilter filter =
                TaskFilter.all().metadata("n", 3).queue("queue-0", "queue-2").titlePrefix("task 1");

        List<Task> all = list(TaskFilter.all());
        assertThat(list(filter))
                .extracting(Task::id)
                .containsExactlyElementsOf(
                        all.stream().filter(filter::matches).map(Task::id).toList());
        assertThat(list(filter)).hasSizeBetween(10, 20);
    }

    private List<Task> list(TaskFilter filter) {
        return tasks().list(filter, PageRequest.first(1_000)).tasks();
    }

    /** These tasks pass, as they were when they were read, and no others; the count says so too. */
    private void assertPass(TaskFilter filter, Task... expected) {
        assertThat(list(filter))
                .extracting(Task::id)
                .containsExactlyInAnyOrderElementsOf(
                        List.of(expected).stream().map(Task::id).toList());
        assertThat(tasks().count(filter, 1_000)).isEqualTo(new Count(expected.length, false));
    }
}
