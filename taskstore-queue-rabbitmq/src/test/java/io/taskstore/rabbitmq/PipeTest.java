package io.taskstore.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What the process believes of hints that it cannot see. */
final class PipeTest {

    private static final String TYPE = "work";

    private final Pipe pipe = new Pipe();

    private void round(long ready) {
        pipe.ask(TYPE);
        pipe.answer(TYPE, ready);
    }

    private long confirmed() {
        long number = pipe.add(TYPE);
        pipe.confirm(number);
        return number;
    }

    @Test
    void aHintIsUnderWayUntilItComes() {
        long number = pipe.add(TYPE);
        assertThat(pipe.size()).isEqualTo(1);

        assertThat(pipe.remove(number)).isTrue();
        assertThat(pipe.remove(number)).isFalse();

        assertThat(pipe.size()).isZero();
    }

    @Test
    void whatOthersConsumedIsForgottenOneRoundLater() {
        confirmed();
        confirmed();
        confirmed();

        round(1);
        assertThat(pipe.size()).as("it may be on its way to us").isEqualTo(3);
        round(1);

        assertThat(pipe.size()).isEqualTo(1);
    }

    /** The broker has sent it already, and it has not come yet: twice, about two different hints. */
    @Test
    void whatIsOnItsWayToUsIsNotForgotten() {
        long first = confirmed();
        long second = confirmed();

        round(1);
        pipe.remove(first);
        round(0);
        assertThat(pipe.size()).isEqualTo(1);
        pipe.remove(second);
        round(0);

        assertThat(pipe.size()).isZero();
    }

    @Test
    void whatIsNotConfirmedIsNotForgotten() {
        pipe.add(TYPE);
        round(0);
        round(0);
        round(0);

        assertThat(pipe.size()).isEqualTo(1);
        assertThat(pipe.removeUnconfirmed()).isEqualTo(1);
        assertThat(pipe.size()).isZero();
    }

    @Test
    void whatOthersPublishedCountsBeyondAllThatCouldBeOurs() {
        confirmed();
        round(5);
        assertThat(pipe.size()).isEqualTo(5);

        pipe.ask(TYPE);
        confirmed();
        pipe.answer(TYPE, 6);
        assertThat(pipe.size()).isEqualTo(6);

        round(0);
        assertThat(pipe.size()).as("ours are believed in for another round").isEqualTo(2);
    }

    @Test
    void whatWasGivenBackIsUnderWayAgain() {
        long number = confirmed();
        round(1);
        pipe.remove(number);
        round(0);

        pipe.giveBack(number, TYPE);
        round(1);
        round(1);

        assertThat(pipe.size()).isEqualTo(1);
    }
}
