package io.taskstore.testkit;

import java.util.List;
import java.util.Optional;

/**
 * A sequence that a storage does not do as the reference does.
 *
 * @param operations the operations up to the difference
 * @param difference where the two differ
 * @param cause what the storage threw, if that is the difference
 * @param memory the names of what is told about
 */
record ModelFailure(
        List<ModelOperation> operations,
        List<String> difference,
        Optional<RuntimeException> cause,
        ModelMemory memory) {

    /** {@return the operations, one numbered line each, and the difference} */
    String tell() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < operations.size(); i++) {
            text.append(String.format("%4d. %s%n", i + 1, operations.get(i)));
        }
        text.append("and then differs:\n");
        difference.forEach(line -> text.append("      ").append(line).append('\n'));
        return memory.readable(text.toString());
    }
}
