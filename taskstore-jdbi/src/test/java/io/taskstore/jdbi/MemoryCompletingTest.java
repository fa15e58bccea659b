package io.taskstore.jdbi;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskstore.testkit.Fixtures;
import org.junit.jupiter.api.Test;

final class MemoryCompletingTest extends CompletingContract {

    @Override
    TaskDatabase open() {
        return TaskDatabase.open("jdbc:sqlite::memory:");
    }

    @Test
    void aPlainSubmitInTheCallbackThrowsAtOnce() {
        database()
                .complete(
                        run(),
                        handle -> assertThatThrownBy(() -> database().tasks().create(Fixtures.draft(), null))
                                .isInstanceOf(IllegalStateException.class)
                                .hasMessageContaining("inside a joined transaction"));
        database().tasks().create(Fixtures.draft(), null);
    }
}
