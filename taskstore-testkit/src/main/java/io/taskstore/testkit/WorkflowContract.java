package io.taskstore.testkit;

import static io.taskstore.testkit.Fixtures.draft;
import static io.taskstore.testkit.Fixtures.newTask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskstore.Cursor;
import io.taskstore.DuplicateTaskException;
import io.taskstore.InvalidInputException;
import io.taskstore.NewWorkflow;
import io.taskstore.NewWorkflow.Requires;
import io.taskstore.PageRequest;
import io.taskstore.Task;
import io.taskstore.TaskFilter;
import io.taskstore.TaskStatus;
import io.taskstore.TimeRange;
import io.taskstore.Workflow;
import io.taskstore.WorkflowDraft;
import io.taskstore.WorkflowFilter;
import io.taskstore.WorkflowNotFoundException;
import io.taskstore.WorkflowRepository;
import io.taskstore.WorkflowRepository.Dependency;
import io.taskstore.WorkflowStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What a storage does with workflows as a whole. */
abstract class WorkflowContract extends PortContract {

    WorkflowContract(StorageContract contract) {
        super(contract);
    }

    private WorkflowRepository workflows() {
        return storage().workflows();
    }

    private static NewWorkflow order() {
        return NewWorkflow.of("order-17")
                .submittedBy("ada")
                .task("charge", newTask())
                .task("pack", newTask())
                .after("charge")
                .task("ship", newTask())
                .after("pack")
                .task("tell", newTask())
                .afterEnded("ship", "pack");
    }

    @Test
    void aNewWorkflowSaysWhatWasAskedFor() {
        WorkflowDraft draft = draft(order());

        Workflow workflow = workflows().create(draft);

        assertThat(workflow.id()).isEqualTo(draft.id());
        assertThat(workflow.name()).isEqualTo("order-17");
        assertThat(workflow.submittedBy()).contains("ada");
        assertThat(workflow.createdAt()).isEqualTo(clock.instant());
        assertThat(workflow.counts()).isEqualTo(Map.of(TaskStatus.PENDING, 1L, TaskStatus.WAITING, 3L));
        assertThat(workflow.status()).isEqualTo(WorkflowStatus.ACTIVE);
        assertThat(workflows().find(draft.id())).contains(workflow);
    }

    @Test
    void theTasksOfAWorkflowKnowTheirPlaceInIt() {
        WorkflowDraft draft = draft(order());
        workflows().create(draft);

        Task charge = read(draft.tasks().get(0).id());
        Task ship = read(draft.tasks().get(2).id());

        assertThat(charge.workflowId()).contains(draft.id());
        assertThat(charge.step()).contains("charge");
        assertThat(charge.status()).isEqualTo(TaskStatus.PENDING);
        assertThat(ship.step()).contains("ship");
        assertThat(ship.status()).isEqualTo(TaskStatus.WAITING);
        assertThat(tasks().list(TaskFilter.all().workflow(draft.id()).step("ship"), PageRequest.first(9)))
                .extracting(Task::id)
                .containsExactly(ship.id());
    }

    @Test
    void theDependenciesOfAWorkflowAreThoseAskedFor() {
        WorkflowDraft draft = draft(order());
        workflows().create(draft);

        assertThat(workflows().dependencies(draft.id()))
                .containsExactlyInAnyOrder(
                        new Dependency("pack", "charge", Requires.COMPLETED),
                        new Dependency("ship", "pack", Requires.COMPLETED),
                        new Dependency("tell", "ship", Requires.ENDED),
                        new Dependency("tell", "pack", Requires.ENDED));
    }

    @Test
    void aWorkflowThatIsNotThereHasNothing() {
        UUID unknown = UUID.randomUUID();

        assertThat(workflows().find(unknown)).isEmpty();
        assertThat(workflows().dependencies(unknown)).isEmpty();
        assertThat(workflows().delete(unknown)).isFalse();
        assertThatThrownBy(() -> workflows().rename(unknown, "name"))
                .isInstanceOfSatisfying(
                        WorkflowNotFoundException.class,
                        missing -> assertThat(missing.id()).isEqualTo(unknown));
    }

    @Test
    void aRepeatedIdWithTheSameContentAnswersWithTheWorkflowThatIsThere() {
        NewWorkflow wanted = order().id(UUID.randomUUID());
        Workflow first = workflows().create(draft(wanted));

        Workflow again = workflows().create(draft(wanted));

        assertThat(again).isEqualTo(first);
        assertThat(tasks().count(TaskFilter.all(), 100).value()).isEqualTo(4);
    }

    @Test
    void aRepeatedIdWithOtherContentIsRefused() {
        NewWorkflow wanted = order().id(UUID.randomUUID());
        workflows().create(draft(wanted));

        assertThatThrownBy(() -> workflows().create(draft(wanted.task("more", newTask()))))
                .isInstanceOf(DuplicateTaskException.class);
        assertThat(tasks().count(TaskFilter.all(), 100).value()).isEqualTo(4);
    }

    @Test
    void aWorkflowWithATaskThatIsRefusedIsNotStoredAtAll() {
        Task holder = create(newTask().uniqueKey("key"));
        WorkflowDraft draft = draft(order().task("last", newTask().uniqueKey("key")));

        assertThatThrownBy(() -> workflows().create(draft))
                .isInstanceOfSatisfying(
                        DuplicateTaskException.class,
                        refused -> assertThat(refused.existingId()).isEqualTo(holder.id()));

        assertThat(workflows().find(draft.id())).isEmpty();
        assertThat(tasks().count(TaskFilter.all(), 100).value()).isEqualTo(1);
    }

    @Test
    void aWorkflowWithATaskWhoseIdIsTakenIsRefused() {
        Task taken = create();
        NewWorkflow wanted = NewWorkflow.of("flow").task("a", newTask().id(taken.id()));

        assertThatThrownBy(() -> workflows().create(draft(wanted))).isInstanceOf(DuplicateTaskException.class);
        assertThat(read(taken.id()).workflowId()).isEmpty();
    }

    @Test
    void aFilterFindsWorkflowsByEachConditionAndByAll() {
        Workflow first = workflows()
                .create(draft(NewWorkflow.of("order-1").submittedBy("ada").task("a", newTask())));
        clock.advance(Duration.ofHours(1));
        Workflow second = workflows()
                .create(draft(NewWorkflow.of("order-2").submittedBy("bob").task("a", newTask())));
        Workflow third = workflows()
                .create(draft(NewWorkflow.of("ORDER_3").submittedBy("ada").task("a", newTask())));
        tasks().cancel(TaskFilter.all().workflow(second.id()), null);

        assertThat(found(WorkflowFilter.all())).hasSize(3);
        assertThat(found(WorkflowFilter.all().namePrefix("order-"))).containsExactlyInAnyOrder(first.id(), second.id());
        assertThat(found(WorkflowFilter.all().namePrefix("order_"))).isEmpty();
        assertThat(found(WorkflowFilter.all().submittedBy("ada"))).containsExactlyInAnyOrder(first.id(), third.id());
        assertThat(found(WorkflowFilter.all().status(WorkflowStatus.CANCELLED))).containsExactly(second.id());
        assertThat(found(WorkflowFilter.all().created(TimeRange.before(second.createdAt()))))
                .containsExactly(first.id());
        assertThat(found(WorkflowFilter.all()
                        .status(WorkflowStatus.ACTIVE)
                        .submittedBy("ada")
                        .created(TimeRange.since(second.createdAt()))))
                .containsExactly(third.id());
    }

    private List<UUID> found(WorkflowFilter filter) {
        return workflows().list(filter, null, 100).stream().map(Workflow::id).toList();
    }

    @Test
    void aListOfWorkflowsIsPagedFromTheNewestOnWhileTheyComeAndGo() {
        List<Workflow> created = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            clock.advance(Duration.ofMillis(i / 2));
            created.add(workflows().create(draft(NewWorkflow.of("flow").task("a", newTask()))));
        }
        List<UUID> newestFirst = created.stream()
                .sorted(Comparator.comparing(Workflow::createdAt)
                        .thenComparing(workflow -> workflow.id().toString())
                        .reversed())
                .map(Workflow::id)
                .toList();

        List<UUID> seen = new ArrayList<>();
        Optional<Cursor> place = Optional.empty();
        do {
            List<Workflow> page = workflows().list(WorkflowFilter.all(), place.orElse(null), 3);
            page.forEach(workflow -> seen.add(workflow.id()));
            place = page.stream().reduce((earlier, later) -> later).map(Cursor::after);
            clock.advance(Duration.ofSeconds(1));
            workflows().create(draft(NewWorkflow.of("newer").task("a", newTask())));
            deleteWhole(seen.get(seen.size() - 1));
        } while (seen.size() < newestFirst.size());

        assertThat(seen).containsExactlyElementsOf(newestFirst);
    }

    private void deleteWhole(UUID id) {
        tasks().cancel(TaskFilter.all().workflow(id), null);
        assertThat(workflows().delete(id)).isTrue();
    }

    @Test
    void aRenamedWorkflowKeepsEverythingElse() {
        Workflow before = workflows().create(draft(order()));

        Workflow after = workflows().rename(before.id(), "another name");

        assertThat(after)
                .isEqualTo(new Workflow(
                        before.id(), "another name", before.submittedBy(), before.createdAt(), before.counts()));
        assertThat(workflows().find(before.id())).contains(after);
    }

    @Test
    void aWorkflowThatHasEndedIsDeletedWithItsTasksAndHistories() {
        WorkflowDraft draft = draft(order());
        workflows().create(draft);
        Task apart = create();
        tasks().cancel(TaskFilter.all().workflow(draft.id()), null);

        assertThat(workflows().delete(draft.id())).isTrue();

        assertThat(workflows().find(draft.id())).isEmpty();
        assertThat(workflows().dependencies(draft.id())).isEmpty();
        assertThat(tasks().history(draft.tasks().get(0).id())).isEmpty();
        assertThat(tasks().list(TaskFilter.all(), PageRequest.first(9)))
                .extracting(Task::id)
                .containsExactly(apart.id());
        assertThat(workflows().delete(draft.id())).isFalse();
    }

    @Test
    void aWorkflowThatIsStillActiveCannotBeDeleted() {
        WorkflowDraft draft = draft(order());
        workflows().create(draft);

        assertThatThrownBy(() -> workflows().delete(draft.id())).isInstanceOf(InvalidInputException.class);

        assertThat(workflows().find(draft.id())).isPresent();
        assertThat(tasks().count(TaskFilter.all(), 100).value()).isEqualTo(4);
    }
}
