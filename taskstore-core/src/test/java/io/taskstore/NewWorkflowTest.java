package io.taskstore;

import static io.taskstore.Samples.ID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.taskstore.NewWorkflow.Requires;
import io.taskstore.NewWorkflow.Step;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class NewWorkflowTest {

    private static final NewTask CHARGE = Samples.newTask().title("charge");
    private static final NewTask PACK = Samples.newTask().title("pack");
    private static final NewTask SHIP = Samples.newTask().title("ship");

    @Test
    void theFormOfTheReadmeMakesAChainOfThree() {
        NewWorkflow flow = NewWorkflow.of("order-17")
                .task("charge", CHARGE)
                .task("pack", PACK)
                .after("charge")
                .task("ship", SHIP)
                .after("pack");

        assertThat(flow.name()).isEqualTo("order-17");
        assertThat(flow.steps())
                .containsExactly(
                        new Step("charge", CHARGE, Map.of()),
                        new Step("pack", PACK, Map.of("charge", Requires.COMPLETED)),
                        new Step("ship", SHIP, Map.of("pack", Requires.COMPLETED)));
        flow.check();
    }

    @Test
    void aTaskMayWaitForSeveralOthersAndForTheirMereEnd() {
        NewWorkflow flow = NewWorkflow.of("order")
                .task("charge", CHARGE)
                .task("pack", PACK)
                .task("tidy", SHIP)
                .after("charge")
                .afterEnded("pack");

        assertThat(flow.steps().get(2).dependencies())
                .containsExactly(Map.entry("charge", Requires.COMPLETED), Map.entry("pack", Requires.ENDED));
        flow.check();
    }

    @Test
    void theLastWordOnADependencyCounts() {
        NewWorkflow flow = NewWorkflow.of("order")
                .task("charge", CHARGE)
                .task("pack", PACK)
                .after("charge");

        assertThat(flow.afterEnded("charge").steps().get(1).dependencies())
                .containsExactly(Map.entry("charge", Requires.ENDED));
    }

    @Test
    void aTaskMayWaitForOneThatIsAddedLater() {
        NewWorkflow.of("order")
                .task("pack", PACK)
                .after("charge")
                .task("charge", CHARGE)
                .check();
    }

    @Test
    void stepsKeepTheOrderInWhichTheyWereAdded() {
        NewWorkflow flow = NewWorkflow.of("order");
        for (String name : List.of("z", "y", "a", "x", "b", "c", "w")) {
            flow = flow.task(name, CHARGE);
        }

        assertThat(flow.after("z").steps()).extracting(Step::name).containsExactly("z", "y", "a", "x", "b", "c", "w");
    }

    @Test
    void eachChangeLeavesTheOriginalAlone() {
        NewWorkflow trunk = NewWorkflow.of("order").task("charge", CHARGE);

        NewWorkflow one = trunk.task("pack", PACK).after("charge");
        NewWorkflow other = trunk.task("ship", SHIP).id(ID).submittedBy("Ada");

        assertThat(trunk.steps()).extracting(Step::name).containsExactly("charge");
        assertThat(trunk.id()).isEmpty();
        assertThat(trunk.submittedBy()).isEmpty();
        assertThat(one.steps()).extracting(Step::name).containsExactly("charge", "pack");
        assertThat(other.steps()).extracting(Step::name).containsExactly("charge", "ship");
        assertThat(other.id()).contains(ID);
        assertThat(other.submittedBy()).contains("Ada");
        assertThat(other.steps().get(1).dependencies()).isEmpty();
    }

    @Test
    void aWorkflowWithoutTasksIsRefused() {
        refused(NewWorkflow.of("order"), "NewWorkflow.size must be between 1 and 10000, but was 0");
    }

    @Test
    void aNameUsedTwiceIsRefused() {
        NewWorkflow flow = NewWorkflow.of("order").task("charge", CHARGE).task("pack", PACK);

        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> flow.task("charge", SHIP))
                .withMessage("NewWorkflow.task must be named as no other of the workflow, but was \"charge\"");
    }

    @Test
    void aDependencyOnATaskItDoesNotHaveIsRefused() {
        refused(
                NewWorkflow.of("order").task("pack", PACK).after("chrage").task("charge", CHARGE),
                "NewWorkflow.after of \"pack\" must be the name of a task of the workflow, but was \"chrage\"");
    }

    @Test
    void afterWithoutATaskBeforeItIsRefused() {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> NewWorkflow.of("order").after("charge"))
                .withMessage("NewWorkflow.after must be called behind task(…), but was \"[charge]\"");
    }

    @Test
    void aTaskThatMayTurnOutToBeAnotherIsRefused() {
        NewTask shared = CHARGE.uniqueKey("k", NewTask.IfKeyTaken.ANSWER_EXISTING);

        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> NewWorkflow.of("order").task("charge", shared))
                .withMessage(
                        "Step.task must be a task of its own, which REFUSE makes sure of, but was ANSWER_EXISTING");
    }

    @Test
    void aCircleIsShownFromEachTaskToTheOneThatWaitsForIt() {
        refused(
                NewWorkflow.of("order")
                        .task("start", CHARGE)
                        .task("charge", CHARGE)
                        .after("start", "ship")
                        .task("pack", PACK)
                        .after("charge")
                        .task("ship", SHIP)
                        .after("pack")
                        .task("thank", SHIP)
                        .after("ship"),
                "NewWorkflow must be free of circles, but was \"charge → pack → ship → charge\"");
    }

    @Test
    void whatOnlyWaitsForACircleIsNotShownAsAPartOfIt() {
        refused(
                NewWorkflow.of("order")
                        .task("thank", SHIP)
                        .after("ship")
                        .task("ship", SHIP)
                        .after("pack")
                        .task("pack", PACK)
                        .after("ship"),
                "NewWorkflow must be free of circles, but was \"ship → pack → ship\"");
    }

    @Test
    void aTaskThatWaitsForItselfIsTheSmallestCircle() {
        refused(
                NewWorkflow.of("order").task("charge", CHARGE).after("charge"),
                "NewWorkflow must be free of circles, but was \"charge → charge\"");
    }

    @Test
    void aCircleOfLongNamesIsStillShown() {
        String a = "a".repeat(100);
        String b = "b".repeat(100);

        refused(
                NewWorkflow.of("order").task(a, CHARGE).after(b).task(b, PACK).after(a),
                "NewWorkflow must be free of circles, but was \"" + a + " → " + b + " → " + a + '"');
    }

    @Test
    void aGraphThatIsOrderedHasNoCircleAndAnEdgeBackMakesOne() {
        for (long seed = 0; seed < 200; seed++) {
            int size = 2 + new Random(seed).nextInt(12);
            int early = new Random(seed + 1_000).nextInt(size);
            NewWorkflow flow = NewWorkflow.of("ordered");
            NewWorkflow circular = NewWorkflow.of("circular");
            Random edges = new Random(seed);
            for (int i = 0; i < size; i++) {
                flow = flow.task("s" + i, CHARGE);
                circular = circular.task("s" + i, CHARGE);
                circular = i == early ? circular.after("s" + (size - 1)) : circular;
                for (int before = 0; before < i; before++) {
                    if (before == i - 1 || edges.nextInt(3) == 0) {
                        flow = flow.after("s" + before);
                        circular = circular.after("s" + before);
                    }
                }
            }
            flow.check();
            assertThatExceptionOfType(InvalidInputException.class)
                    .as("seed %d", seed)
                    .isThrownBy(circular::check)
                    .withMessageContaining("s" + (size - 1) + " → s" + early);
        }
    }

    @Test
    @Timeout(10)
    void tenThousandTasksInAChainAreBuiltAndCheckedFast() {
        NewWorkflow chain = chain(10_000);

        chain.check();

        assertThat(chain.steps()).hasSize(10_000);
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> chain.task("more", CHARGE))
                .withMessage("NewWorkflow.size must be between 1 and 10000, but was 10001");
    }

    @Test
    void aWorkflowHasAHundredThousandDependenciesAtMost() {
        NewWorkflow workflow = NewWorkflow.of("a thick one");
        for (int i = 0; i < 500; i++) {
            workflow = workflow.task("s" + i, CHARGE);
        }
        String[] all = workflow.steps().stream().map(Step::name).toArray(String[]::new);
        for (int i = 0; i < 200; i++) {
            workflow = workflow.task("t" + i, CHARGE).after("s0").after(all);
        }
        NewWorkflow full = workflow.task("more", CHARGE);

        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> full.after("s0"))
                .withMessage("NewWorkflow.dependencies must be between 0 and 100000, but was 100001");
    }

    @Test
    void longChainsKeepNamesOrderAndDependenciesOfAllSteps() {
        List<Step> steps = chain(350).steps();

        for (int i = 0; i < 350; i++) {
            Map<String, Requires> before = i == 0 ? Map.of() : Map.of("s" + (i - 1), Requires.COMPLETED);
            assertThat(steps.get(i)).isEqualTo(new Step("s" + i, CHARGE, before));
        }
        for (String known : List.of("s0", "s98", "s99", "s100", "s349")) {
            assertThatExceptionOfType(InvalidInputException.class)
                    .isThrownBy(() -> chain(350).task(known, CHARGE))
                    .withMessageContaining("named as no other of the workflow");
        }
    }

    @Test
    @Timeout(10)
    void aCircleOfTenThousandTasksIsFoundFast() {
        NewWorkflow circle = NewWorkflow.of("circle").task("first", CHARGE).after("s9998");
        for (int i = 0; i < 9_999; i++) {
            circle = circle.task("s" + i, CHARGE).after(i == 0 ? "first" : "s" + (i - 1));
        }

        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(circle::check)
                .withMessageContaining("first → s0 → s1 → s2 ")
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(1_100));
    }

    private static NewWorkflow chain(int size) {
        NewWorkflow chain = NewWorkflow.of("chain").task("s0", CHARGE);
        for (int i = 1; i < size; i++) {
            chain = chain.task("s" + i, CHARGE).after("s" + (i - 1));
        }
        return chain;
    }

    private static void refused(NewWorkflow workflow, String message) {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(workflow::check)
                .withMessage(message);
    }
}
