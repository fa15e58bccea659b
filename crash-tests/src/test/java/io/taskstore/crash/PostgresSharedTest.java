package io.taskstore.crash;

final class PostgresSharedTest extends SharedContract {
    PostgresSharedTest() {
        super(Backend.POSTGRES, 5_000);
    }
}
