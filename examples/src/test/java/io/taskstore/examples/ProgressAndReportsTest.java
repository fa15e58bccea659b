package io.taskstore.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class ProgressAndReportsTest {

    @Test
    void progressLogHistoryAndReportsAreTold(@TempDir Path folder) throws Exception {
        assertThat(Printed.by(ProgressAndReports::main, "jdbc:sqlite:" + folder.resolve("tasks.db")))
                .containsSubsequence(
                        "100 % scene 4",
                        "Its log:",
                        "run 1, INFO: rendering scene 1 of a film",
                        "run 1, WARN: no light in scene 1",
                        "run 2, INFO: rendering scene 4 of a film",
                        "Its history: task ",
                        "the lamp is broken",
                        "All tasks: {COMPLETED=1}",
                        "Runs of render: Durations[runs=2, ",
                        "Failing: Failures[type=render, failed=1, runs=2, ");
    }
}
