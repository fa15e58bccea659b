package io.taskstore.testkit;

import static io.taskstore.testkit.Fixtures.draft;
import static io.taskstore.testkit.Fixtures.drafts;
import static io.taskstore.testkit.Fixtures.newTask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskstore.Created;
import io.taskstore.DuplicateTaskException;
import io.taskstore.NewTask;
import io.taskstore.NewTask.IfKeyTaken;
import io.taskstore.PageRequest;
import io.taskstore.StatusChange;
import io.taskstore.Task;
import io.taskstore.TaskDraft;
import io.taskstore.TaskFilter;
import io.taskstore.TaskStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** What a storage does with many new tasks in one call: all or none. */
abstract class CreatingManyContract extends PortContract {

    private static final NewTask TAKEN_ID = newTask().id(CountingIds.number(1));
    private static final NewTask TAKEN_KEY = newTask().uniqueKey("a taken key");

    CreatingManyContract(StorageContract contract) {
        super(contract);
    }

    @Test
    void thousandsOfTasksAreStoredInOneCall() {
        List<TaskDraft> drafts = drafts(2_500);

        tasks().createAll(drafts);

        assertThat(tasks().count(TaskFilter.all(), 10_000).value()).isEqualTo(2_500);
        assertThat(tasks().find(drafts.stream().map(TaskDraft::id).toList())).hasSize(2_500);
    }

    @Test
    void theAnswersComeInTheOrderOfTheDrafts() {
        List<TaskDraft> drafts = drafts(700);

        List<Created> created = tasks().createAll(drafts);

        assertThat(created)
                .extracting(answer -> answer.task().id())
                .containsExactlyElementsOf(drafts.stream().map(TaskDraft::id).toList());
        assertThat(created).extracting(Created::how).containsOnly(Created.How.NEW);
    }

    @Test
    void eachOfManyTasksIsWhatItWouldBeAlone() {
        TaskDraft plain = draft();
        TaskDraft full = draft(newTask()
                .title("a title")
                .metadata("tenant", "acme")
                .uniqueKey("a key")
                .runAt(clock.instant())
                .note("signed up"));

        List<Created> created = tasks().createAll(List.of(plain, full));

        Task task = read(full.id());
        assertTask(created.get(0).task()).isEqualTo(read(plain.id()));
        assertTask(created.get(1).task()).isEqualTo(task);
        assertThat(task.title()).contains("a title");
        assertThat(task.metadata().get("tenant")).contains("acme");
        assertThat(task.uniqueKey()).contains("a key");
        assertThat(task.runAt()).contains(clock.instant());
        assertThat(history(full.id()).changes())
                .extracting(StatusChange::note)
                .containsExactly(Optional.of("signed up"));
        assertThat(history(plain.id()).changes()).extracting(StatusChange::to).containsExactly(TaskStatus.PENDING);
    }

    @Test
    void whatSomeTasksHaveAndOthersHaveNotIsKept() {
        List<UnaryOperator<NewTask>> some = List.of(
                task -> task,
                task -> task.title("a title"),
                task -> task.title("another title").description("a description"),
                task -> task.submittedBy("ada"),
                task -> task.metadata("tenant", "acme"),
                task -> task.queue("mail"),
                task -> task.priority(7),
                task -> task.runAt(clock.instant()),
                task -> task.timeout(Duration.ofSeconds(3)),
                task -> task.maxFailures(2),
                task -> task.note("a note"));
        for (UnaryOperator<NewTask> one : some) {
            for (UnaryOperator<NewTask> other : some) {
                List<NewTask> wanted =
                        List.of(one.apply(newTask()), other.apply(newTask()), one.apply(other.apply(newTask())));

                List<Created> created =
                        tasks().createAll(wanted.stream().map(Fixtures::draft).toList());

                for (int i = 0; i < wanted.size(); i++) {
                    Task task = created.get(i).task();
                    assertTask(read(task.id())).isEqualTo(task);
                    assertThat(history(task.id()).changes())
                            .extracting(StatusChange::note)
                            .containsExactly(wanted.get(i).note());
                }
            }
        }
    }

    @Test
    void eachOfManyTasksCanBeFoundByItsMetadata() {
        tasks().createAll(List.of(
                draft(newTask().metadata("n", 1)), draft(newTask().metadata("n", 2)), draft()));

        assertThat(tasks().count(TaskFilter.all().metadata("n", 2), 10).value()).isEqualTo(1);
    }

    @Test
    void anEmptyListStoresNothing() {
        assertThat(tasks().createAll(List.of())).isEmpty();
        assertThat(tasks().count(TaskFilter.all(), 1).value()).isZero();
    }

    @Test
    void oneIdThatIsTakenRefusesThemAllWhereverItStands() {
        create(TAKEN_ID);

        assertRefusedAtEachPlace(draft(TAKEN_ID.title("other")));
    }

    @Test
    void oneKeyThatIsHeldRefusesThemAllWhereverItStands() {
        create(TAKEN_KEY);

        assertRefusedAtEachPlace(draft(TAKEN_KEY));
    }

    @Test
    void theFirstOfSeveralRefusedIsNamed() {
        create(TAKEN_ID);
        create(TAKEN_KEY);
        TaskDraft first = draft(TAKEN_KEY);
        TaskDraft second = draft(TAKEN_ID.title("other"));

        assertThatThrownBy(() -> tasks().createAll(List.of(draft(), first, second)))
                .isInstanceOfSatisfying(
                        DuplicateTaskException.class,
                        refused -> assertThat(refused.id()).isEqualTo(first.id()));
    }

    @Test
    void tasksThatExistAreAnsweredAmongTheNewOnes() {
        Task existing = create(TAKEN_ID);
        Task holder = create(TAKEN_KEY);
        TaskDraft patient = draft(newTask().uniqueKey("a taken key", IfKeyTaken.ANSWER_EXISTING));

        List<Created> created = tasks().createAll(List.of(draft(), draft(TAKEN_ID), patient, draft()));

        assertThat(created)
                .extracting(Created::how)
                .containsExactly(Created.How.NEW, Created.How.EXISTING, Created.How.EXISTING, Created.How.NEW);
        assertTask(created.get(1).task()).isEqualTo(existing);
        assertTask(created.get(2).task()).isEqualTo(holder);
        assertThat(tasks().find(patient.id())).isEmpty();
    }

    @Test
    void aDraftThatComesTwiceIsStoredOnce() {
        TaskDraft draft = draft();

        List<Created> created = tasks().createAll(List.of(draft, draft(), draft));

        assertThat(created)
                .extracting(Created::how)
                .containsExactly(Created.How.NEW, Created.How.NEW, Created.How.EXISTING);
        assertTask(created.get(2).task()).isEqualTo(created.get(0).task());
        assertThat(history(draft.id()).changes()).hasSize(1);
    }

    @Test
    void anIdThatComesTwiceWithOtherContentRefusesThemAll() {
        TaskDraft first = draft(TAKEN_ID);

        assertThatThrownBy(() -> tasks().createAll(List.of(first, draft(), draft(TAKEN_ID.title("other")))))
                .isInstanceOfSatisfying(
                        DuplicateTaskException.class,
                        refused -> assertThat(refused.id()).isEqualTo(first.id()));
        assertThat(tasks().count(TaskFilter.all(), 10).value()).isZero();
    }

    @Test
    void aKeyThatComesTwiceIsAnsweredWithItsFirstTaskIfTheDraftSaysSo() {
        NewTask patient = newTask().uniqueKey("a key", IfKeyTaken.ANSWER_EXISTING);

        List<Created> created = tasks().createAll(List.of(draft(patient), draft(patient)));

        assertThat(created).extracting(Created::how).containsExactly(Created.How.NEW, Created.How.EXISTING);
        assertThat(created.get(1).task().id()).isEqualTo(created.get(0).task().id());
        assertThat(tasks().count(TaskFilter.all(), 10).value()).isEqualTo(1);
    }

    @Test
    void aKeyThatComesTwiceRefusesThemAllIfTheDraftSaysNothing() {
        TaskDraft first = draft(TAKEN_KEY);
        TaskDraft second = draft(TAKEN_KEY);

        assertThatThrownBy(() -> tasks().createAll(List.of(first, second)))
                .isInstanceOfSatisfying(DuplicateTaskException.class, refused -> {
                    assertThat(refused.id()).isEqualTo(second.id());
                    assertThat(refused.existingId()).isEqualTo(first.id());
                });
        assertThat(tasks().count(TaskFilter.all(), 10).value()).isZero();
    }

    @Test
    void listsThatShareTasksAtOnceStoreEachTaskOnceInWhateverOrder() throws Exception {
        List<TaskDraft> drafts = drafts(100);
        List<TaskDraft> backwards = new ArrayList<>(drafts);
        Collections.reverse(backwards);

        List<List<Created>> answers = Together.call(List.of(
                () -> tasks().createAll(drafts),
                () -> tasks().createAll(backwards),
                () -> tasks().createAll(drafts),
                () -> tasks().createAll(backwards)));

        assertThat(answers.stream().flatMap(List::stream))
                .filteredOn(created -> created.how() == Created.How.NEW)
                .extracting(created -> created.task().id())
                .containsExactlyInAnyOrderElementsOf(
                        drafts.stream().map(TaskDraft::id).toList());
        assertThat(tasks().count(TaskFilter.all(), 1_000).value()).isEqualTo(100);
    }

    /** Wherever the bad one stands among good ones: nothing of them is stored, and all that they wanted is free. */
    private void assertRefusedAtEachPlace(TaskDraft bad) {
        List<UUID> before = all();
        List<TaskDraft> good = new ArrayList<>(drafts(600));
        good.set(0, draft(newTask().uniqueKey("the first key").metadata("n", 1)));
        good.set(599, draft(newTask().uniqueKey("the last key")));
        for (int place : List.of(0, 300, 600)) {
            List<TaskDraft> drafts = new ArrayList<>(good);
            drafts.add(place, bad);

            assertThatThrownBy(() -> tasks().createAll(drafts))
                    .isInstanceOfSatisfying(
                            DuplicateTaskException.class,
                            refused -> assertThat(refused.id()).isEqualTo(bad.id()));

            List<UUID> ids = good.stream().map(TaskDraft::id).toList();
            assertThat(tasks().find(ids)).isEmpty();
            assertThat(tasks().history(ids.get(0))).isEmpty();
            assertThat(tasks().history(ids.get(599))).isEmpty();
            assertThat(all()).isEqualTo(before);
        }
        assertThat(tasks().createAll(good)).extracting(Created::how).containsOnly(Created.How.NEW);
    }

    private List<UUID> all() {
        return tasks().list(TaskFilter.all(), PageRequest.first(1_000)).tasks().stream()
                .map(Task::id)
                .toList();
    }
}
