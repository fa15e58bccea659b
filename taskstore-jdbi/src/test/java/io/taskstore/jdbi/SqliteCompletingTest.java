package io.taskstore.jdbi;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskstore.testkit.Fixtures;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SqliteCompletingTest extends CompletingContract {

    @TempDir
    Path folder;

    @Override
    TaskDatabase open() {
        return TaskDatabase.builder("jdbc:sqlite:" + folder.resolve("tasks.db"))
                .durability(Durability.NORMAL)
                .open();
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
