package io.taskstore;

import static io.taskstore.Samples.WORKER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;

final class WorkerIdTest {

    @Test
    void itComesBackFromItsText() {
        assertThat(WorkerId.parse(WORKER.toString())).isEqualTo(WORKER);
    }

    @Test
    void itsShortFormIsTheEndOfItsText() {
        assertThat(WORKER.toString()).endsWith(WORKER.shortForm());
        assertThat(WORKER.shortForm()).isEqualTo("5f3a9c21");
    }

    @Test
    void anotherTextIsRefused() {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> WorkerId.parse("worker-1"))
                .withMessage("WorkerId must be a UUID, but was \"worker-1\"");
    }
}
