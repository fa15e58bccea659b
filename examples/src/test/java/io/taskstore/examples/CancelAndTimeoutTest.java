package io.taskstore.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class CancelAndTimeoutTest {

    @Test
    void eachTaskEndsInItsOwnWay(@TempDir Path folder) throws Exception {
        assertThat(Printed.by(CancelAndTimeout::main, "jdbc:sqlite:" + folder.resolve("tasks.db")))
                .containsSubsequence(
                        "One that waits is CANCELLED",
                        "nobody wants it",
                        "One that runs is CANCELLED",
                        "cancelled while it ran",
                        "One that is slow is FAILED: TIMEOUT");
    }
}
