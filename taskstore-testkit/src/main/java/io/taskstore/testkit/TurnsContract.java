package io.taskstore.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskstore.InvalidInputException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Who has the turn for a duty. A storage may measure turns by the clock it was given or by one of its own. */
abstract class TurnsContract extends PortContract {

    private static final String DUTY = "purge";
    private static final Duration LONG = Duration.ofHours(1);
    private static final Duration SHORT = Duration.ofMillis(1);
    private static final int ROUNDS = 20;
    private static final int HOLDERS = 8;

    private final UUID first = CountingIds.number(1);
    private final UUID second = CountingIds.number(2);

    TurnsContract(StorageContract contract) {
        super(contract);
    }

    @Test
    void whoComesFirstHasTheTurnAndNobodyElse() {
        assertThat(takeTurn(first, LONG)).isTrue();

        assertThat(takeTurn(second, LONG)).isFalse();
        assertThat(takeTurn(second, SHORT)).isFalse();
    }

    @Test
    void aTurnIsForOneDuty() {
        assertThat(takeTurn(first, LONG)).isTrue();

        assertThat(storage().takeTurn("another-duty", second, LONG)).isTrue();
    }

    @Test
    void aTurnEndsByItself() {
        assertThat(takeTurn(first, SHORT)).isTrue();

        awaitShort();

        assertThat(takeTurn(second, LONG)).isTrue();
        assertThat(takeTurn(first, LONG)).isFalse();
    }

    @Test
    void aTurnThatIsTakenAgainLastsAnew() {
        assertThat(takeTurn(first, SHORT)).isTrue();
        assertThat(takeTurn(first, LONG)).isTrue();

        awaitShort();

        assertThat(takeTurn(second, LONG)).isFalse();
        assertThat(takeTurn(first, LONG)).isTrue();
    }

    @Test
    void aTurnMayBecomeShorter() {
        assertThat(takeTurn(first, LONG)).isTrue();
        assertThat(takeTurn(first, SHORT)).isTrue();

        awaitShort();

        assertThat(takeTurn(second, LONG)).isTrue();
    }

    @Test
    void oneOfManyAtOnceHasTheTurn() {
        for (int i = 0; i < ROUNDS; i++) {
            assertOneOfMany("new-" + i);
        }
    }

    @Test
    void oneOfManyAtOnceHasATurnThatIsOver() {
        for (int i = 0; i < ROUNDS; i++) {
            String duty = "over-" + i;
            storage().takeTurn(duty, first, SHORT);
            awaitShort();
            assertOneOfMany(duty);
        }
    }

    private void assertOneOfMany(String duty) {
        List<Supplier<Boolean>> attempts = new ArrayList<>();
        for (int i = 0; i < HOLDERS; i++) {
            UUID holder = CountingIds.number(100 + i);
            attempts.add(() -> storage().takeTurn(duty, holder, LONG));
        }
        assertThat(AtOnce.all(attempts)).as(duty).containsOnlyOnce(true);
    }

    @Test
    void whatIsNoDutyOrNoTimeIsRefused() {
        assertThatThrownBy(() -> storage().takeTurn("a duty", first, LONG)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> storage().takeTurn(DUTY, first, Duration.ofMillis(-1)))
                .isInstanceOf(InvalidInputException.class);
    }

    private boolean takeTurn(UUID holder, Duration atMost) {
        return storage().takeTurn(DUTY, holder, atMost);
    }

    /** Waits until a short turn is over that begins now. */
    private void awaitShort() {
        String marker = "marker-" + UUID.randomUUID();
        storage().takeTurn(marker, first, SHORT);
        clock.advance(SHORT);
        Patience.until("a short turn was over", () -> storage().takeTurn(marker, second, SHORT));
    }
}
