package io.taskstore.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class QuickStartTest {

    @TempDir
    private Path folder;

    @Test
    void aStartThatIsKilledIsFinishedByTheNext() throws Exception {
        String url = "jdbc:sqlite:" + folder.resolve("quickstart.db");
        try (Child first = Child.start(QuickStart.class, url)) {
            first.awaitLine("sending to bob");
            first.awaitLine("Greet ada@example.org is COMPLETED");
            first.kill();
            assertThat(first.printed()).contains("Submitted 3 mails.");
        }

        String printed = Printed.by(QuickStart::main, url);

        assertThat(printed)
                .contains("Found 2 mails of an earlier start.", "the mail server is busy")
                .contains("Greet bob@example.org is COMPLETED", "Greet eve@example.org is COMPLETED")
                .doesNotContain("ada@example.org", "FAILED");
        assertThat(printed.split("sending to bob", -1)).hasSize(3);
    }
}
