package io.taskstore;

import static io.taskstore.Samples.ID;
import static io.taskstore.Samples.NINE;
import static io.taskstore.Samples.OTHER_ID;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class WorkflowFilterTest {

    private static final Workflow ORDER =
            new Workflow(ID, "order-17", Optional.of("Ada"), NINE, Map.of(TaskStatus.PENDING, 1L));
    private static final Workflow REPORT =
            new Workflow(OTHER_ID, "report", Optional.empty(), NINE.plusSeconds(60), Map.of(TaskStatus.COMPLETED, 1L));

    private static final WorkflowFilter ALL = WorkflowFilter.all();

    @Test
    void eachConditionAloneLetsWorkflowsPassThatMeetIt() {
        passes(ALL, ORDER, REPORT);
        passes(ALL.status(WorkflowStatus.ACTIVE), ORDER);
        passes(ALL.status(WorkflowStatus.COMPLETED, WorkflowStatus.FAILED), REPORT);
        passes(ALL.namePrefix("order"), ORDER);
        passes(ALL.namePrefix("17"));
        passes(ALL.submittedBy("Ada"), ORDER);
        passes(ALL.submittedBy("Grace"));
        passes(ALL.created(TimeRange.since(NINE.plusSeconds(1))), REPORT);
    }

    @Test
    void allConditionsHaveToBeMetTogether() {
        WorkflowFilter filter = ALL.status(WorkflowStatus.ACTIVE)
                .namePrefix("order")
                .submittedBy("Ada")
                .created(TimeRange.since(NINE));

        passes(filter, ORDER);
        passes(filter.status(WorkflowStatus.FAILED));
        passes(filter.namePrefix("x"));
        passes(filter.submittedBy("Grace"));
        passes(filter.created(TimeRange.before(NINE)));
    }

    private static void passes(WorkflowFilter filter, Workflow... expected) {
        assertThat(List.of(ORDER, REPORT))
                .as("%s", filter)
                .filteredOn(filter::matches)
                .containsExactly(expected);
    }
}
