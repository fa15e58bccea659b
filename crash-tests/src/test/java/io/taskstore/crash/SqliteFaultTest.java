package io.taskstore.crash;

final class SqliteFaultTest extends FaultContract {
    SqliteFaultTest() {
        super(Backend.SQLITE);
    }
}
