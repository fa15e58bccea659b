package io.taskstore.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class TwoProcessesTest {

    private static final Pattern COUNT = Pattern.compile("worker \\S+ resized (\\d+) pictures");

    @Test
    void twoProcessesShareTheTasksAndEachIsRunOnce() throws Exception {
        String url = TestPostgres.newDatabase();
        try (Child one = Child.start(TwoProcesses.class, url, "work");
                Child other = Child.start(TwoProcesses.class, url, "work")) {
            one.awaitLine("is ready");
            other.awaitLine("is ready");

            String printed = Printed.by(TwoProcesses::main, url);

            one.enter();
            other.enter();
            assertThat(one.awaitEnd()).isZero();
            assertThat(other.awaitEnd()).isZero();
            assertThat(COUNT.matcher(printed).results().map(count -> Integer.valueOf(count.group(1))))
                    .hasSize(2)
                    .satisfies(counts -> assertThat(
                                    counts.stream().mapToInt(Integer::intValue).sum())
                            .isEqualTo(16));
            assertThat(one.printed() + "\n" + other.printed())
                    .satisfies(both -> assertThat(both.lines()
                                    .filter(line -> line.contains("resizes"))
                                    .map(line -> line.substring(line.indexOf("resizes"))))
                            .hasSize(16)
                            .doesNotHaveDuplicates());
            assertThat(one.printed()).contains("resizes");
            assertThat(other.printed()).contains("resizes");
        }
    }

    @Test
    void withoutAUrlItAsksForOne() throws Exception {
        assertThat(Printed.by(TwoProcesses::main)).contains("Which database?");
    }
}
