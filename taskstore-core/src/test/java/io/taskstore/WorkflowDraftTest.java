package io.taskstore;

import static io.taskstore.Samples.ID;
import static io.taskstore.Samples.NINE;
import static io.taskstore.Samples.OTHER_ID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

final class WorkflowDraftTest {

    private static final NewTask TASK = Samples.newTask();

    private final Supplier<UUID> ids = new TaskIds(() -> NINE, new Random(1));
    private final NewWorkflow flow = NewWorkflow.of("order")
            .task("charge", TASK)
            .task("mail", TASK)
            .task("pack", TASK)
            .after("charge", "mail");

    @Test
    void workflowsOfTheSameContentHaveTheSameFingerprint() {
        assertThat(fingerprint(flow.id(ID))).isEqualTo(fingerprint(flow));
        assertThat(fingerprint(NewWorkflow.of("order")
                        .task("charge", TASK.note("another"))
                        .task("mail", TASK.id(OTHER_ID))
                        .task("pack", TASK)
                        .after("mail")
                        .after("charge")))
                .isEqualTo(fingerprint(flow));
    }

    @Test
    void aDifferenceAnywhereGivesAnotherFingerprint() {
        NewWorkflow begun = NewWorkflow.of("order").task("charge", TASK).task("mail", TASK);
        List<NewWorkflow> all = List.of(
                flow,
                flow.submittedBy("Ada"),
                NewWorkflow.of("another")
                        .task("charge", TASK)
                        .task("mail", TASK)
                        .task("pack", TASK)
                        .after("charge", "mail"),
                begun,
                begun.task("pack", TASK),
                begun.task("pack", TASK).after("charge"),
                begun.task("pack", TASK).after("charge").afterEnded("mail"),
                begun.task("packing", TASK).after("charge", "mail"),
                begun.task("pack", TASK.title("x")).after("charge", "mail"));

        assertThat(all).extracting(this::fingerprint).doesNotHaveDuplicates();
    }

    @Test
    void draftsThatDoNotBelongToTheStepsAreRefused() {
        NewWorkflow one = NewWorkflow.of("order").task("charge", TASK);

        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> new WorkflowDraft(ID, one, List.of()))
                .withMessage("WorkflowDraft.tasks must be the drafts of the workflow's steps in their order, but was"
                        + " \"0 drafts\"");
    }

    @Test
    void twoStepsWithTheSameIdAreRefused() {
        NewWorkflow twins = NewWorkflow.of("order").task("a", TASK.id(OTHER_ID)).task("b", TASK.id(OTHER_ID));

        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> draft(twins))
                .withMessageStartingWith("WorkflowDraft.tasks must be drafts with different ids");
    }

    private long fingerprint(NewWorkflow workflow) {
        return draft(workflow).fingerprint();
    }

    private WorkflowDraft draft(NewWorkflow workflow) {
        return new Drafting(JacksonCodec.standard(), ids).draft(workflow);
    }
}
