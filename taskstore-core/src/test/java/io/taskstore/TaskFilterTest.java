package io.taskstore;

import static io.taskstore.Samples.ID;
import static io.taskstore.Samples.NINE;
import static io.taskstore.Samples.OTHER_ID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class TaskFilterTest {

    private static final UUID FLOW = UUID.fromString("019cadb3-c680-7000-8000-000000000001");
    private static final UUID OTHER_FLOW = UUID.fromString("019cadb3-c680-7000-8000-000000000002");
    private static final Instant TEN = NINE.plusSeconds(3_600);

    /** Has everything a filter can ask for. */
    private static final Task FULL = Samples.task()
            .title("Welcome, Ada")
            .metadata(Metadata.parse(
                    "{\"tenant\":\"acme\",\"size\":1.0,\"vip\":true,\"long\":\"" + "x".repeat(501) + "\"}"))
            .queue("post")
            .status(TaskStatus.COMPLETED)
            .submittedBy("Ada")
            .workflowId(FLOW)
            .step("greet")
            .uniqueKey("welcome-17")
            .updatedAt(TEN)
            .completedAt(TEN)
            .build();
    /** Has nothing but what every task has. */
    private static final Task BARE = Samples.task().id(OTHER_ID).type("report").build();

    private static final TaskFilter ALL = TaskFilter.all();

    @Test
    void everyTaskPassesTheFilterWithoutConditions() {
        passes(ALL, FULL, BARE);
    }

    @Test
    void eachConditionAloneLetsOneOfTheTasksPass() {
        passes(ALL.id(ID), FULL);
        passes(ALL.ids(List.of(OTHER_ID)), BARE);
        passes(ALL.status(TaskStatus.COMPLETED), FULL);
        passes(ALL.status(TaskStatus.PENDING), BARE);
        passes(ALL.type("mail"), FULL);
        passes(ALL.type(TaskType.of("report", Object.class)), BARE);
        passes(ALL.queue("post"), FULL);
        passes(ALL.queue(NewTask.DEFAULT_QUEUE), BARE);
        passes(ALL.submittedBy("Ada"), FULL);
        passes(ALL.workflow(FLOW), FULL);
        passes(ALL.step("greet"), FULL);
        passes(ALL.uniqueKey("welcome-17"), FULL);
        passes(ALL.titlePrefix("Welcome"), FULL);
        passes(ALL.metadata("tenant", "acme"), FULL);
        passes(ALL.metadata("size", 1), FULL);
        passes(ALL.metadata("vip", true), FULL);
        passes(ALL.updated(TimeRange.since(TEN)), FULL);
        passes(ALL.updated(TimeRange.before(TEN)), BARE);
        passes(ALL.completed(TimeRange.since(NINE)), FULL);
        passes(ALL.created(TimeRange.since(NINE)), FULL, BARE);
    }

    @Test
    void aConditionThatIsNearlyMetIsNotMet() {
        passes(ALL.id(FLOW));
        passes(ALL.status(TaskStatus.RUNNING, TaskStatus.FAILED));
        passes(ALL.type("Mail"));
        passes(ALL.queue("pos"));
        passes(ALL.submittedBy("ada"));
        passes(ALL.workflow(OTHER_FLOW));
        passes(ALL.step("greet2"));
        passes(ALL.uniqueKey("welcome-1"));
        passes(ALL.titlePrefix("welcome"));
        passes(ALL.titlePrefix("Ada"));
        passes(ALL.titlePrefix("W%"));
        passes(ALL.metadata("tenant", "acm"));
        passes(ALL.metadata("Tenant", "acme"));
        passes(ALL.metadata("size", "1"));
        passes(ALL.metadata("vip", false));
        passes(ALL.metadata("vip", "true"));
        passes(ALL.created(TimeRange.since(NINE.plusNanos(1_000))));
        passes(ALL.created(TimeRange.before(NINE)));
        passes(ALL.completed(TimeRange.before(TEN)));
    }

    @Test
    void aConditionWithSeveralValuesIsMetByAnyOfThem() {
        passes(ALL.id(ID, OTHER_ID), FULL, BARE);
        passes(ALL.status(TaskStatus.PENDING, TaskStatus.COMPLETED), FULL, BARE);
        passes(ALL.type("mail", "report"), FULL, BARE);
        passes(ALL.queue("post", "default"), FULL, BARE);
        passes(ALL.submittedBy("Grace", "Ada"), FULL);
        passes(ALL.workflow(OTHER_FLOW, FLOW), FULL);
    }

    @Test
    void allConditionsHaveToBeMetTogether() {
        TaskFilter filter = ALL.id(ID, OTHER_ID)
                .status(TaskStatus.COMPLETED)
                .type("mail")
                .queue("post")
                .submittedBy("Ada")
                .workflow(FLOW)
                .step("greet")
                .uniqueKey("welcome-17")
                .titlePrefix("Welcome")
                .metadata("tenant", "acme")
                .metadata("size", 1)
                .created(TimeRange.since(NINE))
                .updated(TimeRange.since(TEN))
                .completed(TimeRange.since(TEN));

        passes(filter, FULL);
        passes(filter.id(OTHER_ID));
        passes(filter.status(TaskStatus.FAILED));
        passes(filter.type("report"));
        passes(filter.queue("default"));
        passes(filter.submittedBy("Grace"));
        passes(filter.workflow(OTHER_FLOW));
        passes(filter.step("pack"));
        passes(filter.uniqueKey("welcome-18"));
        passes(filter.titlePrefix("Bye"));
        passes(filter.metadata("tenant", "other"));
        passes(filter.metadata("vip", false));
        passes(filter.created(TimeRange.before(NINE)));
        passes(filter.updated(TimeRange.before(TEN)));
        passes(filter.completed(TimeRange.before(TEN)));
    }

    @Test
    void aConditionNamedAgainReplacesTheOneBefore() {
        passes(ALL.type("nothing").type("mail"), FULL);
        passes(ALL.metadata("tenant", "other").metadata("tenant", "acme"), FULL);
        passes(ALL.completed(TimeRange.since(NINE)).completed(TimeRange.always()), FULL, BARE);
    }

    @Test
    void theOrderInWhichConditionsAreNamedDoesNotMatter() {
        TaskFilter forwards = ALL.id(ID)
                .status(TaskStatus.FAILED)
                .type("mail")
                .queue("post")
                .submittedBy("Ada")
                .workflow(FLOW)
                .step("greet")
                .uniqueKey("k")
                .titlePrefix("Wel")
                .metadata("tenant", "acme")
                .created(TimeRange.since(NINE))
                .updated(TimeRange.since(NINE))
                .completed(TimeRange.since(NINE));
        TaskFilter backwards = ALL.completed(TimeRange.since(NINE))
                .updated(TimeRange.since(NINE))
                .created(TimeRange.since(NINE))
                .metadata("tenant", "acme")
                .titlePrefix("Wel")
                .uniqueKey("k")
                .step("greet")
                .workflow(FLOW)
                .submittedBy("Ada")
                .queue("post")
                .type("mail")
                .status(TaskStatus.FAILED)
                .id(ID);

        assertThat(backwards).hasToString(forwards.toString());
    }

    @Test
    void eachConditionLeavesTheOriginalAlone() {
        TaskFilter original = ALL.type("mail");

        original.status(TaskStatus.FAILED)
                .type("report")
                .metadata("tenant", "x")
                .step("x");

        assertThat(original.types()).containsExactly("mail");
        assertThat(original.statuses()).isEmpty();
        assertThat(original.metadata()).isEmpty();
        assertThat(original.step()).isEmpty();
        passes(ALL, FULL, BARE);
    }

    @Test
    void aConditionWithoutValuesIsRefusedRatherThanReadAsAny() {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> ALL.ids(List.of()))
                .withMessage("ids must be at least one value, but has none");
        for (Runnable none : List.<Runnable>of(
                ALL::id, ALL::status, ALL::queue, ALL::submittedBy, ALL::workflow, () -> ALL.type(new String[0]))) {
            assertThatExceptionOfType(InvalidInputException.class).isThrownBy(none::run);
        }
    }

    @Test
    void aValueOfMetadataTooLongToBeFoundIsRefusedRatherThanNeverMet() {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> ALL.metadata("long", "x".repeat(501)))
                .withMessage("metadata.long must be a text of at most 500 characters, but has 501");
    }

    @Test
    void twentyEntriesOfMetadataAreTheMost() {
        TaskFilter filter = ALL;
        for (int i = 1; i <= 20; i++) {
            filter = filter.metadata("key" + i, i);
        }
        TaskFilter most = filter.metadata("key20", "replaced");
        assertThat(most.metadata()).hasSize(20);
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> most.metadata("key21", "x"))
                .withMessage("metadata.size must be between 0 and 20, but was 21");
    }

    @Test
    void itsStringTellsEveryConditionButNoValueOfMetadata() {
        assertThat(ALL).hasToString("TaskFilter[]");
        assertThat(ALL.id(ID)
                        .status(TaskStatus.FAILED)
                        .type("mail")
                        .queue("post")
                        .submittedBy("Ada")
                        .workflow(FLOW)
                        .step("greet")
                        .uniqueKey("k")
                        .titlePrefix("Wel")
                        .metadata("tenant", "s3cr3t")
                        .created(TimeRange.since(NINE))
                        .updated(TimeRange.before(TEN))
                        .completed(TimeRange.between(NINE, TEN)))
                .hasToString("TaskFilter[ids=[" + ID + "], status=[FAILED], type=[mail], queue=[post],"
                        + " submittedBy=[Ada], workflow=[" + FLOW + "], step=greet, uniqueKey=k, titlePrefix=Wel,"
                        + " metadata=[tenant], created=[2026-03-02T09:00:00Z, …), updated=[…, 2026-03-02T10:00:00Z),"
                        + " completed=[2026-03-02T09:00:00Z, 2026-03-02T10:00:00Z)]");
    }

    private static void passes(TaskFilter filter, Task... expected) {
        assertThat(List.of(FULL, BARE))
                .as("%s", filter)
                .filteredOn(filter::matches)
                .containsExactly(expected);
    }
}
