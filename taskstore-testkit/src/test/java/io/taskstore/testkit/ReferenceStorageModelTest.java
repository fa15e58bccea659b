package io.taskstore.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.taskstore.TaskStatus;
import java.util.Arrays;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The reference beside itself, to see that sequences reach what they are to test. */
final class ReferenceStorageModelTest {

    private static final int SEQUENCES = 2_000;
    private static final int OFTEN = 50;

    @Test
    void theReferenceDoesAsTheReferenceAndEverythingHappens() {
        ModelCoverage coverage = new ModelCoverage();

        Optional<StorageModel.Finding> finding = StorageModel.of(
                        clock -> new ReferenceStorage(clock), ReferenceStorage::kill)
                .run(coverage);

        assertThat(finding.map(StorageModel.Finding::message)).isEmpty();
        assumeThat(coverage.sequences())
                .as("with fewer sequences not everything happens")
                .isGreaterThanOrEqualTo(SEQUENCES);
        everyOperationSucceedsOften(coverage);
        everyExceptionIsThrownAndNoOther(coverage);
        everyOutcomeIsSeen(coverage);
        everyLegalMoveIsMade(coverage);
    }

    private static void everyOperationSucceedsOften(ModelCoverage coverage) {
        Stream<Class<?>> nested = Stream.of(
                        ModelTaskOperations.class, ModelWorkerOperations.class, ModelWorkflowOperations.class)
                .flatMap(group -> Arrays.stream(group.getDeclaredClasses()));
        Stream<String> kinds = Stream.concat(
                Stream.of("Settle"),
                nested.filter(ModelOperation.class::isAssignableFrom).map(Class::getSimpleName));
        assertThat(kinds)
                .hasSize(25)
                .allSatisfy(kind -> assertThat(coverage.counts().getOrDefault(kind, 0))
                        .as(kind)
                        .isGreaterThan(OFTEN));
    }

    private static void everyExceptionIsThrownAndNoOther(ModelCoverage coverage) {
        assertThat(coverage.counts().keySet().stream().filter(what -> what.contains(" threw ")))
                .containsExactlyInAnyOrder(
                        "Create threw DuplicateTaskException",
                        "CreateAll threw DuplicateTaskException",
                        "Update threw TaskNotFoundException",
                        "Update threw StaleTaskException",
                        "Update threw IllegalTransitionException",
                        "Transition threw TaskNotFoundException",
                        "Transition threw StaleTaskException",
                        "Transition threw IllegalTransitionException",
                        "Transition threw DuplicateTaskException",
                        "CreateWorkflow threw DuplicateTaskException",
                        "Rename threw WorkflowNotFoundException",
                        "DeleteWorkflow threw InvalidInputException");
    }

    private static void everyOutcomeIsSeen(ModelCoverage coverage) {
        assertThat(coverage.counts())
                .containsKeys("Create: NEW", "Create: CLAIMED", "Create: EXISTING")
                .containsKeys("Cancel: changed", "Requeue: changed", "Requeue: refused")
                .containsKeys("Delete: changed", "Delete: refused", "Purge: changed", "DeleteWorkflow: deleted")
                .containsKeys("Take: due", "Take: hinted", "Take: oldest first")
                .containsKeys("Take: suspect", "Take: more", "Take: next due known")
                .containsKeys("Recover: PENDING", "Recover: CANCELLED", "Recover: FAILED")
                .containsKeys("Retire: PENDING", "Retire: CANCELLED", "Heartbeat: alive", "Heartbeat: dead")
                .containsKeys("AskHeld: held", "AskHeld: to be cancelled")
                .containsKeys("ReportProgress: all held", "ReportProgress: some lost")
                .containsKeys("Settle: COMPLETED COMPLETED", "Settle: FAILED FAILED", "Settle: CANCELLED CANCELLED")
                .containsKeys("Settle: RETRIED PENDING", "Settle: SNOOZED PENDING", "Settle: RELEASED PENDING")
                .containsKeys("Settle: RETRIED CANCELLED", "Settle: SNOOZED CANCELLED", "Settle: RELEASED CANCELLED")
                .containsKeys("Settle: COMPLETED lost", "Settle: FAILED lost", "Settle: CANCELLED lost")
                .containsKeys("Settle: RETRIED lost", "Settle: SNOOZED lost", "Settle: RELEASED lost");
    }

    private static void everyLegalMoveIsMade(ModelCoverage coverage) {
        TreeSet<String> legal = Arrays.stream(TaskStatus.values())
                .flatMap(from -> from.successors().stream().map(to -> from + " → " + to))
                .collect(Collectors.toCollection(TreeSet::new));
        Arrays.stream(TaskStatus.values())
                .filter(TaskStatus::canBeFirst)
                .forEach(first -> legal.add("none → " + first));
        assertThat(coverage.moves()).isEqualTo(legal);
    }
}
