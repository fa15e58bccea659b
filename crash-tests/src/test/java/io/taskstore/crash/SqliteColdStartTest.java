package io.taskstore.crash;

final class SqliteColdStartTest extends ColdStartContract {
    SqliteColdStartTest() {
        super(Backend.SQLITE);
    }
}
