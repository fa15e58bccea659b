package io.taskstore;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * When a failed run is tried again, and how often. It is immutable: each method that takes a value answers with a changed
 * copy.
 *
 * <p>The delay grows from {@link #exponential} by its factor with each failure up to the cap, and a share of it is random,
 * so that what failed together does not come back together. Any number of failures gives a delay between zero and the cap.
 */
public final class RetryPolicy {

    /** After how many failed runs a task is FAILED, where nothing else is said. */
    public static final int DEFAULT_MAX_FAILURES = 10;

    private static final Duration DEFAULT_CAP = Duration.ofHours(1);
    private static final double DEFAULT_JITTER = 0.2;
    private static final RetryPolicy NONE = new RetryPolicy(Duration.ZERO, 1, Duration.ZERO, 0, new Limits(1));

    /** How often, and after what, a task is tried again. */
    private record Limits(
            int maxFailures, List<Class<? extends Throwable>> failOn, List<Class<? extends Throwable>> retryOn) {
        Limits(int maxFailures) {
            this(maxFailures, List.of(), List.of());
        }
    }

    private final Duration first;
    private final double factor;
    private final Duration cap;
    private final double jitter;
    private final Limits limits;

    private RetryPolicy(Duration first, double factor, Duration cap, double jitter, Limits limits) {
        this.first = first;
        this.factor = factor;
        this.cap = cap;
        this.jitter = jitter;
        this.limits = limits;
    }

    /** {@return no second try: the first failure is final} */
    public static RetryPolicy none() {
        return NONE;
    }

    /** {@return the same delay before each try, up to ten years} */
    public static RetryPolicy fixed(Duration delay) {
        Duration checked = Check.delay("delay", delay);
        return new RetryPolicy(checked, 1, checked, 0, new Limits(DEFAULT_MAX_FAILURES));
    }

    /** {@return a delay that doubles from this one up to an hour, or to itself if it is longer; a fifth of it is random} */
    public static RetryPolicy exponential(Duration first) {
        Duration checked = Check.delay("first", first);
        Duration cap = checked.compareTo(DEFAULT_CAP) > 0 ? checked : DEFAULT_CAP;
        return new RetryPolicy(checked, 2, cap, DEFAULT_JITTER, new Limits(DEFAULT_MAX_FAILURES));
    }

    /** {@return the same with a delay that grows by this factor with each failure, 1 to 100} */
    public RetryPolicy factor(double factor) {
        Check.that(factor >= 1 && factor <= 100, "factor", "between 1 and 100", factor);
        return new RetryPolicy(first, factor, cap, jitter, limits);
    }

    /** {@return the same with a delay of at most this, up to ten years} */
    public RetryPolicy cap(Duration cap) {
        return new RetryPolicy(first, factor, Check.delay("cap", cap), jitter, limits);
    }

    /** {@return the same with this share of the delay random, 0 to 1} */
    public RetryPolicy jitter(double share) {
        Check.that(share >= 0 && share <= 1, "jitter", "between 0 and 1", share);
        return new RetryPolicy(first, factor, cap, share, limits);
    }

    /** {@return the same with this number of failed runs after which a task is FAILED, at least 1} */
    public RetryPolicy maxFailures(int maxFailures) {
        Check.between("maxFailures", 1, Integer.MAX_VALUE, maxFailures);
        return new RetryPolicy(first, factor, cap, jitter, new Limits(maxFailures, limits.failOn, limits.retryOn));
    }

    /** {@return the same, by which what is of this class is final; it goes before {@link #retryOn}} */
    public RetryPolicy failOn(Class<? extends Throwable> thrown) {
        return new RetryPolicy(
                first,
                factor,
                cap,
                jitter,
                new Limits(limits.maxFailures, with(limits.failOn, thrown), limits.retryOn));
    }

    /** {@return the same, by which only what is of this class, or another named so, is tried again} */
    public RetryPolicy retryOn(Class<? extends Throwable> thrown) {
        return new RetryPolicy(
                first,
                factor,
                cap,
                jitter,
                new Limits(limits.maxFailures, limits.failOn, with(limits.retryOn, thrown)));
    }

    /** {@return after how many failed runs a task is FAILED, unless it says otherwise itself} */
    public int maxFailures() {
        return limits.maxFailures;
    }

    /** {@return whether a run that threw this may be tried again at all} */
    public boolean retries(Throwable thrown) {
        Check.given("thrown", thrown);
        return limits.failOn.stream().noneMatch(fatal -> fatal.isInstance(thrown))
                && (limits.retryOn.isEmpty() || limits.retryOn.stream().anyMatch(known -> known.isInstance(thrown)));
    }

    /**
     * {@return how long to wait after a failure before the next try}
     *
     * @param failures how many runs failed so far, this one included; at least 1
     * @param random where the random share comes from
     */
    public Duration delayAfter(int failures, RandomGenerator random) {
        Check.between("failures", 1, Integer.MAX_VALUE, failures);
        Check.given("random", random);
        double longest = cap.toNanos();
        double grown = Math.min(longest, first.toNanos() * Math.pow(factor, failures - 1.0));
        double delay = grown * (1 - jitter * random.nextDouble());
        return Duration.ofNanos(Math.min(cap.toNanos(), (long) delay));
    }

    /**
     * {@return how long to wait before a task whose run has just failed is tried again, or empty if it has failed too often}
     *
     * @param task the task as it was when it was claimed; its own limit goes before this policy's
     * @param random where the random share comes from
     */
    public Optional<Duration> delayFor(Task task, RandomGenerator random) {
        int limit = Check.given("task", task).maxFailures().orElse(limits.maxFailures);
        return task.failures() + 1L < limit ? Optional.of(delayAfter(task.failures() + 1, random)) : Optional.empty();
    }

    private static List<Class<? extends Throwable>> with(
            List<Class<? extends Throwable>> known, Class<? extends Throwable> added) {
        List<Class<? extends Throwable>> all = new ArrayList<>(known);
        all.add(Check.given("thrown", added));
        return List.copyOf(all);
    }

    @Override
    public String toString() {
        return "RetryPolicy[first=" + first + ", factor=" + factor + ", cap=" + cap + ", jitter=" + jitter
                + ", maxFailures=" + limits.maxFailures + "]";
    }
}
