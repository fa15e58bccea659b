package io.taskstore;

import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RetryPolicyTest {

    private static final Duration LONGEST = Duration.ofDays(3_660);

    /** Takes the whole random share off, as nearly as a random number can. */
    private static final RandomGenerator MOST = () -> -1L;
    /** Takes nothing off. */
    private static final RandomGenerator LEAST = () -> 0L;

    @Test
    void noneMeansThatTheFirstFailureIsFinal() {
        assertThat(RetryPolicy.none().maxFailures()).isEqualTo(1);
        assertThat(RetryPolicy.none().delayFor(failedBefore(0), LEAST)).isEmpty();
    }

    @Test
    void fixedWaitsTheSameEachTime() {
        assertThat(delays(RetryPolicy.fixed(ofSeconds(5)), 1, 2, 3, 1_000, Integer.MAX_VALUE))
                .containsOnly(ofSeconds(5));
    }

    @Test
    void exponentialDoublesUpToAnHour() {
        assertThat(delays(RetryPolicy.exponential(ofSeconds(1)), 1, 2, 3, 4, 12, 13, Integer.MAX_VALUE))
                .containsExactly(
                        ofSeconds(1),
                        ofSeconds(2),
                        ofSeconds(4),
                        ofSeconds(8),
                        ofSeconds(2_048),
                        ofHours(1),
                        ofHours(1));
    }

    @Test
    void exponentialThatBeginsAboveAnHourStaysThere() {
        assertThat(delays(RetryPolicy.exponential(ofHours(3)), 1, 2, 40)).containsOnly(ofHours(3));
    }

    @Test
    void theCapIsNeverExceededAlsoWhereTheFirstDelayIsLonger() {
        RetryPolicy policy = RetryPolicy.exponential(ofSeconds(10)).cap(ofSeconds(7));

        assertThat(delays(policy, 1, 2, Integer.MAX_VALUE)).containsOnly(ofSeconds(7));
    }

    @Test
    void theFactorSaysHowFastTheDelayGrows() {
        RetryPolicy policy = RetryPolicy.exponential(ofMillis(100)).factor(3);

        assertThat(delays(policy, 1, 2, 3)).containsExactly(ofMillis(100), ofMillis(300), ofMillis(900));
        assertThat(delays(policy.factor(1), 1, 2, 3)).containsOnly(ofMillis(100));
    }

    @Test
    void aFifthOfAnExponentialDelayIsRandom() {
        RetryPolicy policy = RetryPolicy.exponential(ofSeconds(10));

        assertThat(policy.delayAfter(1, LEAST)).isEqualTo(ofSeconds(10));
        assertThat(policy.delayAfter(1, MOST)).isBetween(ofSeconds(8), ofMillis(8_001));
    }

    @Test
    void theJitterSaysHowMuchOfTheDelayIsRandom() {
        RetryPolicy policy = RetryPolicy.fixed(ofSeconds(10)).jitter(1);

        assertThat(policy.delayAfter(1, LEAST)).isEqualTo(ofSeconds(10));
        assertThat(policy.delayAfter(1, MOST)).isLessThan(ofMillis(1));
        assertThat(policy.jitter(0).delayAfter(1, MOST)).isEqualTo(ofSeconds(10));
    }

    @Test
    void whatFailedTogetherDoesNotComeBackTogetherAlsoAtTheCap() {
        RetryPolicy policy = RetryPolicy.exponential(ofSeconds(10));
        Random random = new Random(1);

        assertThat(policy.delayAfter(3, random)).isNotEqualTo(policy.delayAfter(3, random));
        assertThat(policy.delayAfter(1_000, random)).isNotEqualTo(policy.delayAfter(1_000, random));
        assertThat(policy.delayAfter(1_000, MOST)).isBetween(Duration.ofMinutes(48), Duration.ofMinutes(49));
    }

    @Test
    void anyNumberOfFailuresGivesADelayBetweenZeroAndTheCap() {
        for (long seed = 0; seed < 2_000; seed++) {
            Random random = new Random(seed);
            Duration first = upTo(random, LONGEST);
            Duration cap = upTo(random, LONGEST);
            double factor = 1 + 99 * random.nextDouble();
            RetryPolicy policy =
                    RetryPolicy.exponential(first).cap(cap).factor(factor).jitter(random.nextDouble());
            for (int failures : new int[] {1, 2, 1 + random.nextInt(100), positive(random), Integer.MAX_VALUE}) {
                assertThat(policy.delayAfter(failures, random))
                        .as("seed %d: %s after %d failures", seed, policy, failures)
                        .isBetween(Duration.ZERO, cap);
            }
        }
    }

    @Test
    void withoutJitterTheDelayNeverShrinksWhileFailuresAddUp() {
        for (long seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            RetryPolicy policy = RetryPolicy.exponential(upTo(random, ofHours(1)))
                    .cap(upTo(random, LONGEST))
                    .factor(1 + 4 * random.nextDouble())
                    .jitter(0);
            Duration before = Duration.ZERO;
            for (int failures = 1; failures < 100; failures++) {
                Duration delay = policy.delayAfter(failures, random);
                assertThat(delay)
                        .as("seed %d: %s after %d failures", seed, policy, failures)
                        .isGreaterThanOrEqualTo(before);
                before = delay;
            }
        }
    }

    @Test
    void aDelayOfZeroStaysZeroHoweverOftenItIsDoubled() {
        assertThat(delays(RetryPolicy.exponential(Duration.ZERO), 1, 5_000, Integer.MAX_VALUE))
                .containsOnly(Duration.ZERO);
    }

    @Test
    void withoutRulesEverythingIsTriedAgain() {
        assertThat(RetryPolicy.none().retries(new IOException())).isTrue();
        assertThat(RetryPolicy.none().retries(new StackOverflowError())).isTrue();
    }

    @Test
    void failOnMakesAClassAndItsSubclassesFinal() {
        RetryPolicy policy = RetryPolicy.fixed(ofSeconds(1)).failOn(IOException.class);

        assertThat(policy.retries(new IOException())).isFalse();
        assertThat(policy.retries(new FileNotFoundException())).isFalse();
        assertThat(policy.retries(new Exception())).isTrue();
        assertThat(policy.retries(new UncheckedIOException(new IOException())))
                .as("a cause is not what was thrown")
                .isTrue();
    }

    @Test
    void retryOnMakesEverythingElseFinal() {
        RetryPolicy policy =
                RetryPolicy.fixed(ofSeconds(1)).retryOn(IOException.class).retryOn(ArithmeticException.class);

        assertThat(policy.retries(new IOException())).isTrue();
        assertThat(policy.retries(new FileNotFoundException())).isTrue();
        assertThat(policy.retries(new ArithmeticException())).isTrue();
        assertThat(policy.retries(new IllegalStateException())).isFalse();
    }

    @Test
    void failOnGoesBeforeRetryOnInWhicheverOrderTheyAreNamed() {
        RetryPolicy policy = RetryPolicy.fixed(ofSeconds(1));

        for (RetryPolicy both : List.of(
                policy.failOn(FileNotFoundException.class).retryOn(IOException.class),
                policy.retryOn(IOException.class).failOn(FileNotFoundException.class))) {
            assertThat(both.retries(new IOException())).isTrue();
            assertThat(both.retries(new FileNotFoundException())).isFalse();
        }
        assertThat(policy.failOn(IOException.class)
                        .retryOn(FileNotFoundException.class)
                        .retries(new FileNotFoundException()))
                .isFalse();
    }

    @Test
    void aTaskIsTriedAgainUntilItHasFailedTooOften() {
        RetryPolicy policy = RetryPolicy.exponential(ofSeconds(1)).maxFailures(3);

        assertThat(policy.delayFor(failedBefore(0), LEAST)).contains(ofSeconds(1));
        assertThat(policy.delayFor(failedBefore(1), LEAST)).contains(ofSeconds(2));
        assertThat(policy.delayFor(failedBefore(2), LEAST)).isEmpty();
        assertThat(policy.delayFor(failedBefore(3), LEAST)).isEmpty();
    }

    @Test
    void aTaskFailsTheTenthTimeWhereNothingElseIsSaid() {
        RetryPolicy policy = RetryPolicy.fixed(ofSeconds(1));

        assertThat(policy.delayFor(failedBefore(8), LEAST)).isPresent();
        assertThat(policy.delayFor(failedBefore(9), LEAST)).isEmpty();
    }

    @Test
    void theLimitOfTheTaskGoesBeforeThatOfThePolicy() {
        RetryPolicy policy = RetryPolicy.fixed(ofSeconds(1)).maxFailures(3);

        assertThat(policy.delayFor(limited(1, 0), LEAST)).isEmpty();
        assertThat(policy.delayFor(limited(5, 3), LEAST)).isPresent();
        assertThat(policy.delayFor(limited(5, 4), LEAST)).isEmpty();
        assertThat(RetryPolicy.none().delayFor(limited(2, 0), LEAST)).contains(Duration.ZERO);
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MAX_VALUE - 2, Integer.MAX_VALUE - 1, Integer.MAX_VALUE})
    void theLargestNumbersDoNotOverflow(int failures) {
        RetryPolicy policy = RetryPolicy.exponential(ofSeconds(1)).maxFailures(Integer.MAX_VALUE);

        assertThat(policy.delayFor(failedBefore(failures), LEAST).isPresent())
                .isEqualTo(failures < Integer.MAX_VALUE - 1);
        assertThat(policy.delayFor(limited(Integer.MIN_VALUE, failures), LEAST)).isEmpty();
    }

    @Test
    void eachChangeLeavesTheOriginalAlone() {
        RetryPolicy original = RetryPolicy.exponential(ofSeconds(1));
        String before = original.toString();

        original.factor(5)
                .cap(ofSeconds(2))
                .jitter(1)
                .maxFailures(2)
                .failOn(Exception.class)
                .retryOn(Error.class);

        assertThat(original).hasToString(before);
        assertThat(original.retries(new Exception())).isTrue();
    }

    private static List<Duration> delays(RetryPolicy policy, int... failures) {
        List<Duration> delays = new ArrayList<>();
        for (int failed : failures) {
            delays.add(policy.delayAfter(failed, LEAST));
        }
        return delays;
    }

    private static Task failedBefore(int failures) {
        return Samples.task().failures(failures).build();
    }

    private static Task limited(int maxFailures, int failures) {
        return Samples.task().failures(failures).maxFailures(maxFailures).build();
    }

    /** {@return a duration in whole microseconds, short ones more often} */
    private static Duration upTo(Random random, Duration longest) {
        double nanos = longest.toNanos() * Math.pow(random.nextDouble(), 4);
        return Duration.ofNanos((long) nanos).truncatedTo(ChronoUnit.MICROS);
    }

    private static int positive(Random random) {
        return 1 + random.nextInt(Integer.MAX_VALUE);
    }
}
