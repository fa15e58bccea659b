package io.taskstore.testkit;

import static io.taskstore.testkit.Fixtures.draft;
import static io.taskstore.testkit.Fixtures.newTask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskstore.Created;
import io.taskstore.DuplicateTaskException;
import io.taskstore.NewTask;
import io.taskstore.StatusChange;
import io.taskstore.Task;
import io.taskstore.TaskDraft;
import io.taskstore.TaskStatus;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What a storage does with new tasks. */
abstract class CreatingContract extends PortContract {

    CreatingContract(StorageContract contract) {
        super(contract);
    }

    @Test
    void aNewTaskIsPendingAndSaysWhatWasAskedFor() {
        TaskDraft draft = draft(newTask().title("a title").queue("mail").priority(7));

        Task task = tasks().create(draft, null).task();

        assertThat(task).usingRecursiveComparison().isEqualTo(read(draft.id()));
        assertThat(task.status()).isEqualTo(TaskStatus.PENDING);
        assertThat(task.title()).contains("a title");
        assertThat(task.queue()).isEqualTo("mail");
        assertThat(task.priority()).isEqualTo(7);
        assertThat(task.payload()).isEqualTo(draft.payload());
        assertThat(task.createdAt()).isEqualTo(clock.instant());
        assertThat(task.version()).isEqualTo(1);
        assertThat(task.attempt()).isZero();
    }

    @Test
    void theNoteOfANewTaskIsThatOfItsFirstChange() {
        Task task = create(newTask().note("signed up"));

        assertThat(history(task.id()).changes())
                .singleElement()
                .satisfies(change -> assertThat(change.note()).contains("signed up"))
                .extracting(StatusChange::to)
                .isEqualTo(TaskStatus.PENDING);
    }

    @Test
    void aRepeatedIdWithTheSameContentAnswersWithTheTaskThatIsThere() {
        NewTask wanted = newTask().id(UUID.randomUUID());
        Task first = create(wanted);

        Created again = tasks().create(draft(wanted), null);

        assertThat(again.how()).isEqualTo(Created.How.EXISTING);
        assertThat(again.task()).usingRecursiveComparison().isEqualTo(first);
    }

    @Test
    void aRepeatedIdWithOtherContentIsRefused() {
        NewTask wanted = newTask().id(UUID.randomUUID());
        Task first = create(wanted);

        assertThatThrownBy(() -> tasks().create(draft(wanted.title("other")), null))
                .isInstanceOfSatisfying(DuplicateTaskException.class, refused -> {
                    assertThat(refused.id()).isEqualTo(first.id());
                    assertThat(refused.uniqueKey()).isEmpty();
                });
        assertThat(read(first.id()).title()).isEmpty();
    }
}
