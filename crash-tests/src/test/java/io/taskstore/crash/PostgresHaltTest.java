package io.taskstore.crash;

final class PostgresHaltTest extends HaltContract {
    PostgresHaltTest() {
        super(Backend.POSTGRES);
    }
}
