package io.taskstore.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class CrashAndResumeTest {

    @Test
    void whatADyingProcessLeavesIsDoneByTheNextStart(@TempDir Path folder) throws Exception {
        String url = "jdbc:sqlite:" + folder.resolve("crash.db");
        try (Child first = Child.start(CrashAndResume.class, url)) {
            assertThat(first.awaitEnd()).isEqualTo(1);
            assertThat(first.printed())
                    .contains("Submitting an import.", "reading line 3", "The process dies now")
                    .doesNotContain("reading line 4", "COMPLETED");
        }

        assertThat(Printed.by(CrashAndResume::main, url))
                .containsSubsequence(
                        "Found an import that is RUNNING in a dead process.",
                        "reading line 5",
                        "The import is COMPLETED.",
                        "CRASH");
    }
}
