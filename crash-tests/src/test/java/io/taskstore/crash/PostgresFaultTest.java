package io.taskstore.crash;

final class PostgresFaultTest extends FaultContract {
    PostgresFaultTest() {
        super(Backend.POSTGRES);
    }
}
