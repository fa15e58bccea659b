package io.taskstore.crash;

final class PostgresColdStartTest extends ColdStartContract {
    PostgresColdStartTest() {
        super(Backend.POSTGRES);
    }
}
