package io.taskstore.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskstore.Count;
import io.taskstore.TaskFilter;
import io.taskstore.TaskRepository;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The model finds what is wrong, tells it well, and leaves alone what is not wrong. */
final class StorageModelTest {

    private static final int SHORT = 8;
    private static final Pattern OPERATION = Pattern.compile("(?m)^ +\\d+\\. .+$");
    private static final Pattern AGAIN = Pattern.compile("-Dtaskstore\\.model\\.seed=(\\d+)");

    @ParameterizedTest
    @EnumSource
    void aMistakeIsFoundAndToldInFewOperations(Mistake mistake) {
        StorageModel.Finding finding =
                model(mistake).sequences(2_000).seed(1).run(new ModelCoverage()).orElseThrow();

        assertThat(finding.failure().operations()).hasSizeBetween(1, SHORT);
        assertThat(finding.failure().difference())
                .isNotEmpty()
                .allSatisfy(line -> assertThat(line).startsWith("the ").contains(": expected ", " but was "));
        assertThat(OPERATION.matcher(finding.message()).results())
                .hasSameSizeAs(finding.failure().operations());
        assertThat(finding.message()).contains("sequence ", " of 2000", " of its 60 operations are enough");
    }

    @Test
    void theSeedThatIsToldBringsTheFailureBack() {
        StorageModel model = model(Mistake.CLAIM_TAKES_SUSPECTS_AT_ANY_TIME);
        StorageModel.Finding first =
                model.sequences(2_000).seed(1).run(new ModelCoverage()).orElseThrow();
        Matcher told = AGAIN.matcher(first.message());
        assertThat(told.find()).isTrue();

        StorageModel.Finding again = model.sequences(1)
                .seed(Long.parseLong(told.group(1)))
                .run(new ModelCoverage())
                .orElseThrow();

        assertThat(again.failure().tell()).isEqualTo(first.failure().tell());
    }

    @Test
    void aCheckThatFailsThrowsWhatItHasToTell() {
        StorageModel model =
                model(Mistake.THE_DEAD_ARE_ALIVE).sequences(100).length(50).seed(1);

        assertThatThrownBy(model::check)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("heartbeat of worker -0")
                .hasMessageContaining("the answer: expected false but was true")
                .hasMessageContaining("and length(50)");
    }

    @Test
    void anExceptionThatNoPortNamesIsADifferenceAndItsCause() {
        IllegalStateException bug = new IllegalStateException("a bug");
        Deviation throwing = new Deviation() {
            @Override
            public TaskRepository tasks(ReferenceStorage right) {
                return new ForwardingTasks(right.tasks()) {
                    @Override
                    public Count count(TaskFilter filter, long cap) {
                        throw bug;
                    }
                };
            }
        };

        assertThatThrownBy(() -> model(throwing).sequences(1).check())
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("IllegalStateException")
                .hasCause(bug);
    }

    @Test
    void whatTheContractLeavesOpenIsNoDifference() {
        model(new Liberty()).sequences(400).check();
    }

    @Test
    void oneStorageWillDoIfItIsEmptiedBeforeEachSequence() {
        List<DeviatingStorage> opened = new ArrayList<>();
        Deviation none = new Deviation() {};
        Function<InstantSource, DeviatingStorage> open = clock -> {
            DeviatingStorage storage = new DeviatingStorage(clock, none);
            opened.add(storage);
            return storage;
        };

        StorageModel.of(open, DeviatingStorage::kill, () -> opened.get(0).empty())
                .sequences(50)
                .check();
        assertThat(opened).hasSize(1);

        StorageModel notEmptied = StorageModel.of(open, DeviatingStorage::kill, () -> {});
        assertThatThrownBy(() -> notEmptied.sequences(50).check())
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("the storage does not do as the reference does");
    }

    private static StorageModel model(Deviation deviation) {
        return StorageModel.of(clock -> new DeviatingStorage(clock, deviation), DeviatingStorage::kill);
    }
}
