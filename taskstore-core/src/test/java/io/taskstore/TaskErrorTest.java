package io.taskstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import org.junit.jupiter.api.Test;

final class TaskErrorTest {

    @Test
    void itTellsOfTheThrowableAndItsCauses() {
        Exception thrown =
                new IllegalStateException("cannot send", new IOException("broken pipe", new InterruptedException()));

        assertThat(TaskError.of(thrown)).isEqualTo(new TaskError("java.lang.IllegalStateException", """
                        cannot send
                        caused by java.io.IOException: broken pipe
                        caused by java.lang.InterruptedException"""));
    }

    @Test
    void aThrowableWithoutAMessageIsToldByItsClass() {
        TaskError error = TaskError.of(new IllegalStateException());

        assertThat(error).isEqualTo(new TaskError("java.lang.IllegalStateException", ""));
        assertThat(error.summary()).isEqualTo("java.lang.IllegalStateException");
    }

    @Test
    void itsSummaryIsTheFirstLine() {
        assertThat(new TaskError("POISON", "3 crashes\nmore").summary()).isEqualTo("POISON: 3 crashes");
    }

    @Test
    void causesThatGoRoundInACircleComeToAnEnd() {
        Exception one = new Exception("one");
        one.initCause(new Exception("two", one));

        assertThat(TaskError.of(one).message())
                .hasLineCount(11)
                .startsWith("one\ncaused by java.lang.Exception: two\n");
    }

    @Test
    void aMessageOrACauseThatCannotBeReadIsNoObstacle() {
        assertThat(TaskError.of(new Hostile()))
                .isEqualTo(new TaskError(
                        Hostile.class.getName(),
                        "(its message could not be read: java.lang.UnsupportedOperationException)"));
        assertThat(TaskError.of(new IOException("broken", new Hostile())).message())
                .isEqualTo("broken\ncaused by " + Hostile.class.getName()
                        + ": (its message could not be read: java.lang.UnsupportedOperationException)");
    }

    @Test
    void whatNoDatabaseKeepsIsReplaced() {
        TaskError error = TaskError.of(new IOException("a\u0000b\ud800"));

        assertThat(error.message()).isEqualTo("a\ufffdb\ufffd");
        assertThat(new TaskError("my\u0000kind", "").kind()).isEqualTo("my\ufffdkind");
    }

    @Test
    void longTextsAreCut() {
        TaskError longest = new TaskError("k".repeat(200), "m".repeat(16_384));
        assertThat(longest.kind()).hasSize(200).endsWith("k");
        assertThat(longest.message()).hasSize(16_384).endsWith("m");

        TaskError cut = new TaskError("k".repeat(201), "m".repeat(16_385));
        assertThat(cut.kind()).hasSize(200).endsWith("k…");
        assertThat(cut.message()).hasSize(16_384).endsWith("m…");
    }

    @Test
    void aBlankKindIsRefused() {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> new TaskError(" ", "message"))
                .withMessage("TaskError.kind must be a text that is not blank, but was \" \"");
    }

    private static final class Hostile extends RuntimeException {
        @Override
        public String getMessage() {
            throw new UnsupportedOperationException();
        }

        @Override
        public synchronized Throwable getCause() {
            throw new UnsupportedOperationException();
        }
    }
}
