package io.taskstore.crash;

final class SqliteKillTest extends KillContract {
    SqliteKillTest() {
        super(Backend.SQLITE, 20);
    }
}
