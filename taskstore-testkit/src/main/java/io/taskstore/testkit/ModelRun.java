package io.taskstore.testkit;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Runs sequences on a storage and on the reference, and compares what both show. */
final class ModelRun {

    /** After so many operations, and at the end, the whole state is compared; the tasks alone twice as often. */
    static final int USUALLY = 30;

    private static final int TASKS_EVERY = 15;

    private final ModelSource source;
    private final ModelCoverage coverage;

    ModelRun(ModelSource source, ModelCoverage coverage) {
        this.source = source;
        this.coverage = coverage;
    }

    /** {@return where the two differ, if they do} */
    Optional<ModelFailure> run(List<ModelOperation> operations, int wholeStateEvery) {
        ModelMemory memory = new ModelMemory();
        return source.with(memory, actual -> run(operations, wholeStateEvery, ModelSide.reference(memory), actual));
    }

    private Optional<ModelFailure> run(
            List<ModelOperation> operations, int wholeStateEvery, ModelSide reference, ModelSide actual) {
        for (int i = 0; i < operations.size(); i++) {
            int done = i + 1;
            Optional<ModelFailure> failure = step(operations.get(i), reference, actual)
                    .or(() -> {
                        if (done % wholeStateEvery == 0 || done == operations.size()) {
                            return compare(ModelState::of, reference, actual);
                        }
                        return done % TASKS_EVERY == 0
                                ? compare(ModelState::ofTasks, reference, actual)
                                : Optional.empty();
                    });
            if (failure.isPresent()) {
                List<ModelOperation> prefix = operations.subList(0, i + 1);
                return failure.map(found ->
                        new ModelFailure(List.copyOf(prefix), found.difference(), found.cause(), found.memory()));
            }
        }
        coverage.addSequence();
        return Optional.empty();
    }

    /** The actual storage comes first: the reference takes over the ids of the workers it makes. */
    private Optional<ModelFailure> step(ModelOperation operation, ModelSide reference, ModelSide actual) {
        ModelAnswer given = ModelAnswer.of(operation, actual);
        ModelAnswer expected = ModelAnswer.of(operation, reference).trusted();
        coverage.add(operation, expected.value());
        Object tolerated = operation.tolerated(expected.value(), given.value());
        reference.memory().learn(expected.value());
        return difference("the answer", expected.value(), tolerated, given.cause(), reference.memory());
    }

    private Optional<ModelFailure> compare(
            Function<ModelSide, Map<String, Object>> state, ModelSide reference, ModelSide actual) {
        Map<String, Object> expected = state.apply(reference);
        coverage.addHistories(ModelState.histories(expected));
        ModelAnswer given = ModelAnswer.of(new Reading(state), actual);
        return difference("the state", expected, given.value(), given.cause(), reference.memory());
    }

    private static Optional<ModelFailure> difference(
            String what, Object expected, Object actual, Optional<RuntimeException> cause, ModelMemory memory) {
        List<String> lines = ModelDiff.between(what, expected, actual);
        return lines.isEmpty() ? Optional.empty() : Optional.of(new ModelFailure(List.of(), lines, cause, memory));
    }

    /** What reads the state: a storage may throw there too. */
    private record Reading(Function<ModelSide, Map<String, Object>> read) implements ModelOperation {
        @Override
        public Object on(ModelSide side) {
            return read.apply(side);
        }
    }
}
