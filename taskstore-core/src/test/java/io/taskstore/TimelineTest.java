package io.taskstore;

import static io.taskstore.Samples.ID;
import static io.taskstore.Samples.OTHER_WORKER;
import static io.taskstore.Samples.WORKER;
import static io.taskstore.Samples.by;
import static io.taskstore.Samples.failed;
import static io.taskstore.Samples.noted;
import static io.taskstore.Samples.ran;
import static io.taskstore.Samples.submitted;
import static io.taskstore.Samples.then;
import static io.taskstore.TaskStatus.COMPLETED;
import static io.taskstore.TaskStatus.PENDING;
import static io.taskstore.TaskStatus.RUNNING;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TimelineTest {

    private final StatusChange submitted = submitted();

    @Test
    void aWholeLifeIsDrawnInAlignedColumns() {
        TaskError refused = new TaskError("java.net.ConnectException", "refused by mail.example.org\ncaused by …");
        StatusChange noted = noted(submitted, "signed up");
        StatusChange first = by(then(noted, RUNNING, Duration.ofMillis(2)), WORKER);
        StatusChange retried = failed(by(then(first, PENDING, Duration.ofMillis(843)), WORKER), refused);
        StatusChange second = by(then(retried, RUNNING, Duration.ofMillis(1_015)), OTHER_WORKER);
        StatusChange recovered = by(then(second, PENDING, Duration.ofMillis(61_140)), OTHER_WORKER);
        StatusChange third = by(then(recovered, RUNNING, Duration.ofMillis(4)), WORKER);
        StatusChange completed = by(then(third, COMPLETED, Duration.ofMillis(405)), WORKER);

        assertThat(draw(
                        noted,
                        first,
                        ran(retried, Duration.ofMillis(812)),
                        second,
                        noted(recovered, "recovered: the worker is not alive"),
                        third,
                        ran(completed, Duration.ofNanos(403_250_000))))
                .isEqualTo("""
                        task 019cadb3-c680-7c4a-8a1b-2f60d1c0ffee is COMPLETED after 3 runs
                          #  at                        after       from        to         attempt  worker    ran     note
                          1  2026-03-02 09:00:00.000Z                       →  PENDING                               signed up
                          2  2026-03-02 09:00:00.002Z  +2.0 ms     PENDING  →  RUNNING    1        5f3a9c21
                          3  2026-03-02 09:00:00.845Z  +843 ms     RUNNING  →  PENDING    1        5f3a9c21  812 ms  java.net.ConnectException: refused by mail.example.org
                          4  2026-03-02 09:00:01.860Z  +1.0 s      PENDING  →  RUNNING    2        b07d4e18
                          5  2026-03-02 09:01:03.000Z  +1 min 1 s  RUNNING  →  PENDING    2        b07d4e18          recovered: the worker is not alive
                          6  2026-03-02 09:01:03.004Z  +4.0 ms     PENDING  →  RUNNING    3        5f3a9c21
                          7  2026-03-02 09:01:03.409Z  +405 ms     RUNNING  →  COMPLETED  3        5f3a9c21  403 ms
                        """);
    }

    @Test
    void columnsWithNothingInThemVanish() {
        assertThat(draw(submitted)).isEqualTo("""
                        task 019cadb3-c680-7c4a-8a1b-2f60d1c0ffee is PENDING after 0 runs
                          #  at                           to
                          1  2026-03-02 09:00:00.000Z  →  PENDING
                        """);
    }

    @Test
    void aSingleRunIsSpokenOfAsOne() {
        assertThat(draw(submitted, then(submitted, RUNNING, Duration.ZERO)))
                .startsWith("task " + ID + " is RUNNING after 1 run\n");
    }

    @Test
    void aNoteBesideAnErrorComesFirst() {
        StatusChange claimed = then(submitted, RUNNING, Duration.ZERO);
        StatusChange ended = then(claimed, TaskStatus.FAILED, Duration.ZERO);

        assertThat(draw(submitted, claimed, noted(failed(ended, new TaskError("POISON", "3 crashes")), "recovered")))
                .endsWith("  recovered — POISON: 3 crashes\n");
    }

    @Test
    void aClockThatWasSetBackIsDrawnAsNoTimeAtAll() {
        assertThat(draw(submitted, then(submitted, RUNNING, Duration.ofHours(-1))))
                .contains("08:00:00.000Z  +0 µs");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "two\nlines",
                "two\rlines",
                "two\u0085lines",
                "two\u2028lines",
                "two\u2029lines",
                "two\u000blines",
                "two\tlines",
                "two\u001blines",
                "two\u009blines",
                "two\u202elines",
                "two\u200blines",
                "two\u007flines"
            })
    void aHostileNoteCanNeitherBreakTheLineNorMoveTheCursor(String note) {
        assertThat(draw(noted(submitted, note))).endsWith("  two lines\n").hasLineCount(3);
    }

    @Test
    void aHostileErrorCannotBreakTheLineEither() {
        StatusChange claimed = then(submitted, RUNNING, Duration.ZERO);
        TaskError error = new TaskError("a\nb", "\u001b[2Jgone\u2028wild");
        StatusChange ended = failed(then(claimed, TaskStatus.FAILED, Duration.ZERO), error);

        assertThat(draw(submitted, claimed, ended))
                .endsWith("  a b:  [2Jgone wild\n")
                .hasLineCount(5);
    }

    @Test
    void aLongNoteIsCut() {
        assertThat(draw(noted(submitted, "n".repeat(2_000)))).endsWith(" " + "n".repeat(99) + "…\n");
    }

    @Test
    void aNoteInAnyScriptStaysAsItIs() {
        assertThat(draw(noted(submitted, "Größe 漢字 😀"))).endsWith("  Größe 漢字 😀\n");
    }

    @ParameterizedTest
    @CsvSource({
        "PT0S, 0 µs",
        "PT0.000999999S, 999 µs",
        "PT0.001S, 1.0 ms",
        "PT0.009999999S, 9.9 ms",
        "PT0.01S, 10 ms",
        "PT0.999999S, 999 ms",
        "PT1S, 1.0 s",
        "PT59.999S, 59.9 s",
        "PT1M, 1 min 0 s",
        "PT59M59.9S, 59 min 59 s",
        "PT1H, 1 h 0 min",
        "PT47H59M59S, 47 h 59 min",
        "PT48H, 2 days 0 h",
        "P3660D, 3660 days 0 h"
    })
    void aDurationReadsAsAPersonSaysIt(Duration duration, String text) {
        assertThat(Timeline.readable(duration)).isEqualTo(text);
    }

    private static String draw(StatusChange... changes) {
        return StatusHistory.of(ID, List.of(changes)).toString();
    }
}
