package io.taskstore;

import static io.taskstore.Samples.ID;
import static io.taskstore.Samples.NINE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CursorTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-03-02T09:00:00Z",
                "2026-03-02T09:00:00.1Z",
                "2026-03-02T09:00:00.123456Z",
                "0001-01-01T00:00:00Z",
                "9999-12-31T23:59:59.999999Z"
            })
    void itComesBackFromItsText(String createdAt) {
        Cursor cursor = new Cursor(Instant.parse(createdAt), ID);

        assertThat(Cursor.parse(cursor.toString())).isEqualTo(cursor);
    }

    @Test
    void itsTextIsFitForAUrl() {
        assertThat(new Cursor(NINE, ID))
                .hasToString("2026-03-02T09:00:00Z_019cadb3-c680-7c4a-8a1b-2f60d1c0ffee")
                .asString()
                .matches("[\\w:.-]+");
    }

    @Test
    void itIsThePlaceBehindATaskOrAWorkflow() {
        Workflow workflow = new Workflow(ID, "order", Optional.empty(), NINE, Map.of());

        assertThat(Cursor.after(Samples.task().build())).isEqualTo(new Cursor(NINE, ID));
        assertThat(Cursor.after(workflow)).isEqualTo(new Cursor(NINE, ID));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "_",
                "x",
                "2026-03-02T09:00:00Z",
                "2026-03-02T09:00:00Z_",
                "2026-03-02T09:00:00Z_x",
                "_019cadb3-c680-7c4a-8a1b-2f60d1c0ffee",
                "yesterday_019cadb3-c680-7c4a-8a1b-2f60d1c0ffee",
                "2026-03-02T09:00:00Z_019cadb3-c680-7c4a-8a1b-2f60d1c0ffee_x"
            })
    void anotherTextIsRefused(String text) {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> Cursor.parse(text))
                .withMessage("Cursor must be a text that a page gave, but was \"" + text + '"');
    }
}
