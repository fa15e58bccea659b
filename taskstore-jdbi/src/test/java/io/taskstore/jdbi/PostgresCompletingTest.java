package io.taskstore.jdbi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskstore.StorageFailedException;
import io.taskstore.TaskStatus;
import org.junit.jupiter.api.Test;

final class PostgresCompletingTest extends CompletingContract {

    private static final String SCHEMA = TestPostgres.schema();

    @Override
    TaskDatabase open() {
        TaskDatabase database = TaskDatabase.builder(TestPostgres.url())
                .schema(SCHEMA)
                .poolSize(4)
                .open();
        Databases.empty(SCHEMA);
        return database;
    }

    @Test
    void aCallbackThatSwallowsAnErrorOfTheDatabaseCommitsNothing() {
        assertThatThrownBy(() -> database().complete(run(), handle -> {
                    row(handle, "1");
                    assertThatThrownBy(() -> row(handle, "1")).isNotNull();
                }))
                .isInstanceOf(StorageFailedException.class)
                .hasMessage(
                        "complete failed: a statement before it failed in the same transaction, of which nothing can be"
                                + " committed; let that exception pass");
        assertThat(database().tasks().find(run().task().id()).orElseThrow().status())
                .isEqualTo(TaskStatus.RUNNING);
    }
}
