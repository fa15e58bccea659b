package io.taskstore.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Makes a failing sequence shorter: first its shortest prefix that fails, then without whatever can be left out, many
 * operations at a time and in the end one by one, and parts of operations.
 */
final class ModelShrink {

    private static final int MOST_RUNS = 1_000;
    private static final int AFTER_EACH = 1;
    private static final int AT_THE_END = Integer.MAX_VALUE;

    private final ModelRun run;
    private ModelFailure best;
    private int runs;

    private ModelShrink(ModelRun run, ModelFailure first) {
        this.run = run;
        this.best = first;
    }

    /** {@return a failure with as few operations as was found within a thousand runs} */
    static ModelFailure shrink(ModelRun run, ModelFailure first) {
        ModelShrink shrink = new ModelShrink(run, first);
        shrink.keepIfItFails(first.operations(), AFTER_EACH);
        for (int size = first.operations().size() / 2; size > 1; size /= 2) {
            shrink.leaveOut(size);
        }
        while (shrink.leaveOut(1) || shrink.simplify()) {
            // as long as anything helps
        }
        return shrink.best;
    }

    /** {@return whether anything could be left out} */
    private boolean leaveOut(int size) {
        int before = best.operations().size();
        int start = 0;
        while (start < best.operations().size() && runs < MOST_RUNS) {
            List<ModelOperation> rest = new ArrayList<>(best.operations());
            rest.subList(start, Math.min(start + size, rest.size())).clear();
            if (rest.isEmpty() || !keepIfItFails(rest, AT_THE_END)) {
                start += size;
            }
        }
        return best.operations().size() < before;
    }

    /** {@return whether any operation could be put more simply} */
    private boolean simplify() {
        for (int i = 0; i < best.operations().size() && runs < MOST_RUNS; i++) {
            for (ModelOperation simpler : best.operations().get(i).simpler()) {
                List<ModelOperation> changed = new ArrayList<>(best.operations());
                changed.set(i, simpler);
                if (keepIfItFails(changed, AT_THE_END)) {
                    return true;
                }
            }
        }
        return false;
    }

    private boolean keepIfItFails(List<ModelOperation> operations, int wholeStateEvery) {
        runs++;
        Optional<ModelFailure> failure = run.run(operations, wholeStateEvery);
        failure.ifPresent(shorter -> best = shorter);
        return failure.isPresent();
    }
}
