package io.taskstore.inmemory;

import io.taskstore.Hint;
import io.taskstore.Polled;
import io.taskstore.Slots;
import io.taskstore.Task;
import io.taskstore.TaskQueue;
import io.taskstore.Wanted;
import io.taskstore.WorkerId;
import io.taskstore.spi.ClaimRequest;
import io.taskstore.spi.Claimed;
import io.taskstore.spi.TaskClaims;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Waits for news and due times, claims, and hands over. While it is caught up it follows hints; while it is behind it scans for
 * what is due, which gives order and throughput. One thread takes its steps; the other methods are for all.
 */
final class Loop {

    /** One scan in so many takes what is due longest, so that a low priority waits and never starves. */
    private static final int OLDEST_EVERY = 16;

    /** A task that is due later than that is looked for again before. */
    private static final Duration LONGEST = Duration.ofDays(1);

    /** After how many polls that answer at once and with nothing the loop rests between them. */
    private static final int MANY = 20;

    private static final Duration REST = Duration.ofMillis(100);

    /** An answer that takes longer may be followed by the next poll for ever. */
    private static final Duration AT_ONCE = REST.dividedBy(MANY);

    /** How soon a scan is tried again that found all slots reserved; a hand-over comes at once. */
    private static final Duration RESERVED = Duration.ofMillis(10);

    private static final Duration UNREGISTERED = Duration.ofMillis(100);

    private final TaskClaims claims;
    private final TaskQueue queue;
    private final Set<String> types;
    private final Parts parts;
    private final Timing timing;

    /** Whether a scan is due; cleared before the scan. */
    private final AtomicBoolean look = new AtomicBoolean(true);

    /** When something that this worker gave back itself is due again. */
    private final AtomicLong dueAgain = new AtomicLong(Long.MAX_VALUE);

    private final AtomicLong rounds = new AtomicLong();
    /** Whether somebody wanted the poll to end. */
    private volatile boolean nudged;

    private volatile boolean paused;
    /** Whether the pause has taken effect: no slot is offered any more. */
    private volatile boolean resting;

    /** Whether it waits for what comes, as nothing was due when it began to. */
    private volatile boolean caughtUp;

    private volatile boolean behind = true;
    private volatile Duration backlogAge = Duration.ZERO;
    private volatile boolean failing;
    private final AtomicBoolean suspectIsOver = new AtomicBoolean();
    private long nextPoll;
    private long nextSuspect;
    private int answersInVain;
    private long nextDue = Long.MAX_VALUE;
    private long scans;
    /** Whether the next scan is to be one that may take a suspect, though that costs others their head start. */
    private boolean suspectTurn;

    /** Whether the last scan found every slot reserved; nobody tells when a reservation is given up. */
    private boolean allReserved;

    /** Under which id it polls; written by the looping thread. */
    private volatile @Nullable WorkerId last;

    /**
     * What the loop works with.
     *
     * @param onCancelRequest is called when somebody in this process wants a task cancelled that runs here
     */
    record Parts(
            Membership membership,
            Runs runs,
            Dispatcher dispatcher,
            Pace pace,
            Suspects suspects,
            Runnable onCancelRequest) {}

    /** What it measures time with, and how long it goes without a scan. */
    record Timing(LongSupplier nanos, Duration poll) {}

    Loop(TaskClaims claims, TaskQueue queue, Set<String> types, Parts parts, Timing timing) {
        this.claims = claims;
        this.queue = queue;
        this.types = types;
        this.parts = parts;
        this.timing = timing;
        this.nextPoll = timing.nanos().getAsLong();
        this.nextSuspect = nextPoll;
    }

    long rounds() {
        return rounds.get();
    }

    boolean isBehind() {
        return behind;
    }

    /** {@return whether it knows of nothing that is due and was not taken, and takes what comes} */
    boolean isCalm() {
        return caughtUp && !behind && !paused && !look.get() && queue.depth() == 0;
    }

    /** {@return whether it takes nothing any more because it was told to pause} */
    boolean isResting() {
        return resting;
    }

    /** {@return how long the tasks that were claimed last had been due, while it is behind} */
    Duration backlogAge() {
        return backlogAge;
    }

    void pause(boolean on) {
        paused = on;
        look();
    }

    /** {@return whether the last claim failed} */
    boolean isFailing() {
        return failing;
    }

    /** Has the next suspect looked for, since the last one is over. */
    void suspectIsOver() {
        suspectIsOver.set(true);
        nudge();
    }

    /** Asks for a scan. */
    void look() {
        look.set(true);
        nudge();
    }

    /** Has the loop look around again. */
    void nudge() {
        nudged = true;
        parts.membership().worker().ifPresent(queue::nudge);
    }

    /** Ends a poll that was begun under an id that died at that moment: nobody else would. */
    void leaveTheDead() {
        WorkerId polling = last;
        if (polling != null && !lives(polling)) {
            leave(polling);
        }
    }

    /** Ends what polls under an id that is dead, and gives back what was handed over to it. */
    void leave(WorkerId dead) {
        queue.leave(dead).forEach(parts.dispatcher()::lose);
    }

    private boolean lives(WorkerId worker) {
        return parts.membership().worker().equals(Optional.of(worker));
    }

    /** Tells that something is due after the delay. */
    void dueIn(Duration delay) {
        long at = now() + (delay.compareTo(LONGEST) < 0 ? delay : LONGEST).toNanos();
        long before = dueAgain.getAndAccumulate(at, Loop::earlier);
        if (before == Long.MAX_VALUE || at - before < 0) {
            nudge();
        }
    }

    private static long earlier(long one, long other) {
        if (one == Long.MAX_VALUE || other == Long.MAX_VALUE) {
            return Math.min(one, other);
        }
        return one - other < 0 ? one : other;
    }

    private long now() {
        return timing.nanos().getAsLong();
    }

    /** A step of the looping thread. */
    Duration next() throws InterruptedException {
        rounds.incrementAndGet();
        Optional<WorkerId> worker = parts.membership().worker();
        if (worker.isEmpty()) {
            return UNREGISTERED;
        }
        WorkerId before = last;
        if (before != null && !worker.get().equals(before)) {
            leave(before);
            behind = true;
        }
        last = worker.get();
        return step(worker.get());
    }

    private Duration step(WorkerId worker) throws InterruptedException {
        boolean paused = this.paused;
        resting = paused;
        nextDue = earlier(nextDue, dueAgain.getAndSet(Long.MAX_VALUE));
        boolean due = isScanDue();
        caughtUp = !due;
        int ahead = behind && !suspectTurn ? parts.pace().ahead() : 0;
        Runs.Room room = parts.runs().room(ahead);
        boolean scan = due && !paused && !allReserved && room.isEnough();
        // while a scan waits for room, hints wait too: what is claimed for them would not be in order
        Slots wanted = paused || (due && !scan) ? none(room.slots()) : room.slots();
        Duration wait = scan ? Duration.ZERO : allReserved ? RESERVED : untilScan(due);
        allReserved = false;
        long began = now();
        Polled polled = queue.poll(new Wanted(worker, types, wanted, !behind && !due && !paused), wait);
        boolean wasNudged = nudged;
        nudged = false;
        if (polled.isNothing() && !scan) {
            Duration taken = Duration.ofNanos(now() - began);
            return afterNothing(!wasNudged && taken.compareTo(wait) < 0 && taken.compareTo(AT_ONCE) < 0);
        }
        if (!polled.isNothing()) {
            answersInVain = 0;
        }
        if (polled.missed() || polled.woken()) {
            look.set(true);
        }
        if (!polled.cancelRequested().isEmpty() && parts.runs().isAnyOf(polled.cancelRequested())) {
            parts.onCancelRequest().run();
        }
        try {
            start(worker, polled.handedOver());
            if (scan) {
                scan(worker, ahead);
            } else if (!polled.hints().isEmpty()) {
                follow(worker, wanted, polled.hints());
            }
        } finally {
            polled.hints().forEach(queue::handled);
        }
        return Duration.ZERO;
    }

    /** {@return no slots, of the same queues} */
    private static Slots none(Slots slots) {
        return new Slots(0, slots.perQueue(), slots.otherQueues());
    }

    /** A queue that was closed answers at once and with nothing, as it does when it is asked to; it is not asked in a circle. */
    private Duration afterNothing(boolean atOnce) {
        answersInVain = atOnce ? answersInVain + 1 : 0;
        return answersInVain > MANY ? REST : Duration.ZERO;
    }

    private boolean isScanDue() {
        long now = now();
        if (now - nextSuspect >= 0 || suspectIsOver.getAndSet(false)) {
            suspectTurn = true;
        }
        return behind
                || suspectTurn
                || look.get()
                || now - nextPoll >= 0
                || (nextDue != Long.MAX_VALUE && now - nextDue >= 0);
    }

    /** A scan that is due waits for room, of which the bell tells. */
    private Duration untilScan(boolean due) {
        if (due) {
            return timing.poll();
        }
        long at = earlier(nextPoll, nextDue);
        return Duration.ofNanos(Math.max(0, at - now()));
    }

    private void scan(WorkerId worker, int ahead) {
        // before the slots are asked for: what becomes free after that is for another scan
        boolean asked = look.getAndSet(false);
        Slots slots = parts.runs().slots(ahead, queue.reserved(worker).size());
        if (slots.total() == 0) {
            look.compareAndSet(false, asked);
            allReserved = true;
            return;
        }
        suspectTurn = false;
        scans++;
        ClaimRequest request = ClaimRequest.due(worker, types, slots);
        Claimed claimed;
        try {
            claimed = claim(scans % OLDEST_EVERY == 0 ? request.withOldestFirst() : request, ahead == 0);
        } catch (RuntimeException e) {
            failing = true;
            look.set(true);
            throw e;
        }
        failing = false;
        if (!claimed.tasks().isEmpty()) {
            answersInVain = 0;
        }
        long now = now();
        behind = claimed.more();
        nextPoll = now + timing.poll().toNanos();
        if (ahead == 0) {
            nextSuspect = nextPoll;
        }
        nextDue = claimed.dueIn()
                .map(in -> now + (in.compareTo(LONGEST) < 0 ? in : LONGEST).toNanos())
                .orElse(Long.MAX_VALUE);
        backlogAge = behind ? age(claimed.tasks()) : Duration.ZERO;
        start(worker, claimed.tasks());
    }

    /** Of what was claimed under an id that has died since, or dies meanwhile, all is given back that has not begun. */
    void start(WorkerId worker, List<Task> claimed) {
        if (!lives(worker)) {
            claimed.forEach(parts.dispatcher()::lose);
            return;
        }
        try {
            parts.dispatcher().start(claimed);
        } finally {
            if (!lives(worker)) {
                // whoever looked at the runs of that id may have been too early
                parts.runs().of(worker).forEach(parts.dispatcher()::lose);
            }
        }
    }

    /** Claims, together with a suspect if one may run now: it must not wait for a thread. */
    private Claimed claim(ClaimRequest request, boolean startsAtOnce) {
        long began = now();
        Claimed claimed;
        if (startsAtOnce && parts.suspects().mayAsk()) {
            List<Task> taken = List.of();
            try {
                claimed = claims.claim(request.withSuspect());
                taken = claimed.tasks();
            } finally {
                parts.suspects().asked(taken);
            }
        } else {
            claimed = claims.claim(request);
        }
        if (!claimed.tasks().isEmpty()) {
            parts.pace().claimed(now() - began, claimed.tasks());
        }
        return claimed;
    }

    private void follow(WorkerId worker, Slots slots, List<Hint> hints) {
        try {
            Claimed claimed = claims.claim(ClaimRequest.due(worker, types, slots)
                    .hinted(hints.stream().map(Hint::id).collect(Collectors.toSet())));
            // as many as there was room for: there may be more than hints can tell
            behind |= hints.size() >= slots.total() && queue.depth() > 0;
            start(worker, claimed.tasks());
        } catch (RuntimeException e) {
            failing = true;
            look.set(true);
            throw e;
        }
    }

    private static Duration age(List<Task> claimed) {
        return claimed.stream()
                .flatMap(task -> DueTime.beforeClaim(task).stream())
                .max(Comparator.naturalOrder())
                .orElse(Duration.ZERO);
    }
}
