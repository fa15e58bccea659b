package io.taskstore.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class RetryWithBackOffTest {

    @Test
    void whatIsBusyIsTriedAgainAndWhatIsDeclinedIsNot(@TempDir Path folder) throws Exception {
        assertThat(Printed.by(RetryWithBackOff::main, "jdbc:sqlite:" + folder.resolve("tasks.db")))
                .containsSubsequence(
                        "The busy card is COMPLETED in run 3",
                        "The declined card is FAILED in run 1",
                        "Ask for another card.",
                        "the bank says no",
                        "The broken card is FAILED in run 4",
                        "Ask the bank what is wrong.",
                        "the bank is busy");
    }
}
