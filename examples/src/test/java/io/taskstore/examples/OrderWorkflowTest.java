package io.taskstore.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class OrderWorkflowTest {

    @Test
    void theLastStepGetsWhatTheOthersMade(@TempDir Path folder) throws Exception {
        assertThat(Printed.by(OrderWorkflow::main, "jdbc:sqlite:" + folder.resolve("tasks.db")))
                .containsSubsequence(
                        "WAITING since",
                        "it depends on 'charge' (PENDING), 'pack' (PENDING)",
                        "shipping order 17: 850 g, paid by R-17",
                        "The workflow is COMPLETED:",
                        "flowchart");
    }
}
