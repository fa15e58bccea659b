package io.taskstore.crash;

final class SqliteHaltTest extends HaltContract {
    SqliteHaltTest() {
        super(Backend.SQLITE);
    }
}
