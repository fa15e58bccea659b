package io.taskstore.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class ScheduledAndPrioritisedTest {

    private static final Pattern TIMES = Pattern.compile("was due at (\\S+) and ran at (\\S+)");

    @Test
    void theUrgentOneIsFirstAndTheScheduledOneIsNotEarly(@TempDir Path folder) throws Exception {
        String printed = Printed.by(ScheduledAndPrioritised::main, "jdbc:sqlite:" + folder.resolve("tasks.db"));

        List<String> ran = printed.lines()
                .filter(line -> line.startsWith("running: "))
                .map(line -> line.substring("running: ".length()))
                .toList();
        assertThat(ran).containsSubsequence("urgent", "usual", "idle").containsOnlyOnce("soon", "tomorrow");
        assertThat(printed).contains("PENDING since", "it is scheduled for");
        Matcher times = TIMES.matcher(printed);
        assertThat(times.find()).isTrue();
        assertThat(Instant.parse(times.group(2))).isAfterOrEqualTo(Instant.parse(times.group(1)));
    }
}
