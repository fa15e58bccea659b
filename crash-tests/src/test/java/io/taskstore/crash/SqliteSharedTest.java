package io.taskstore.crash;

final class SqliteSharedTest extends SharedContract {
    SqliteSharedTest() {
        super(Backend.SQLITE, 3_000);
    }
}
