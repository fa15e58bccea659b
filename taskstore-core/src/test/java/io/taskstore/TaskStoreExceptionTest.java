package io.taskstore;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is told of names that hosts chose. */
final class TaskStoreExceptionTest {

    private static final UUID ONE = new UUID(0, 1);
    private static final UUID OTHER = new UUID(0, 2);

    @ParameterizedTest
    @ValueSource(strings = {"line\nforged: line", "back\rforged", "up\u001b[1A", "other\u2028line", "right\u202eleft"})
    void aKeyForgesNoLineOfALog(String key) {
        DuplicateTaskException refusal = DuplicateTaskException.ofUniqueKey(key, ONE, OTHER);
        Refusals.verify(refusal);
        assertThat(refusal.uniqueKey()).contains(key);
    }

    @Test
    void whatCanBePrintedIsToldAsItIs() {
        assertThat(DuplicateTaskException.ofUniqueKey("größe \u00a0 \ud83d\ude00", ONE, OTHER))
                .hasMessageContaining("\"größe \u00a0 \ud83d\ude00\"");
    }
}
