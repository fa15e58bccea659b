package io.taskstore.crash;

final class PostgresKillTest extends KillContract {
    PostgresKillTest() {
        super(Backend.POSTGRES, 10);
    }
}
