package io.taskstore.inmemory;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Where the threads of a simulation take turns. One works at a time, until it waits; who is next is drawn by lot; and time goes
 * on only when nobody can work, to the next instant for which somebody waits. The same dice bring the same play.
 */
final class SimStage {

    /** Ends a thread when the play is over, or its process dead. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1;

        Killed() {
            super("the end of the play", null, false, false);
        }
    }

    static final long FOREVER = Long.MAX_VALUE;

    /** So many turns at one and the same instant are a circle. */
    private static final int CIRCLE = 20_000;

    private static final AtomicLong BODIES = new AtomicLong();
    private static final ExecutorService TROUPE =
            Executors.newCachedThreadPool(work -> new SimActor.Body(work, "simulated-" + BODIES.incrementAndGet()));

    /** An actor that is to wake, or something that is to happen, at an instant. */
    private record Alarm(
            long at,
            long number,
            @Nullable SimActor actor,
            @Nullable Runnable event) implements Comparable<Alarm> {
        @Override
        public int compareTo(Alarm other) {
            int byTime = Long.compare(at, other.at);
            return byTime != 0 ? byTime : Long.compare(number, other.number);
        }
    }

    private final SplittableRandom dice;
    private final BiConsumer<String, Throwable> onFall;
    private final PriorityQueue<Alarm> alarms = new PriorityQueue<>();
    private final List<SimActor> ready = new ArrayList<>();
    private final Set<SimActor> cast = new LinkedHashSet<>();
    private SimActor current;
    private long now;
    private long numbers;
    private long turns;
    private int turnsNow;
    private volatile boolean over;

    /**
     * Opens a stage on which the calling thread has the first turn.
     *
     * @param onFall hears of actors that end by throwing
     */
    SimStage(SplittableRandom dice, BiConsumer<String, Throwable> onFall) {
        this.dice = dice;
        this.onFall = onFall;
        this.current = new SimActor("driver", () -> true);
    }

    /** {@return nanoseconds since the beginning} */
    long now() {
        return now;
    }

    long turns() {
        return turns;
    }

    String who() {
        return current.name;
    }

    SimActor current() {
        return current;
    }

    /** Adds an actor, who gets a turn some time. */
    SimActor add(String name, BooleanSupplier mayWork, Runnable play) {
        endIfOver();
        SimActor actor = new SimActor(name, mayWork);
        cast.add(actor);
        ready.add(actor);
        TROUPE.execute(() -> {
            SimActor.Body body = (SimActor.Body) Thread.currentThread();
            body.plays(this, actor);
            actor.turn.acquireUninterruptibly();
            try {
                if (!over) {
                    play.run();
                }
            } catch (Killed e) {
                // the play is over
            } catch (Throwable e) {
                onFall.accept(actor.name, e);
            } finally {
                body.plays(null, null);
                leave(actor);
            }
        });
        return actor;
    }

    private void leave(SimActor actor) {
        actor.state = SimActor.State.OVER;
        actor.over.countDown();
        if (!over) {
            cast.remove(actor);
            SimActor next = next();
            next.turn.release();
        }
    }

    /** Lets something happen at an instant to come; it must not wait. */
    void at(long instant, Runnable event) {
        alarms.add(new Alarm(Math.max(now, instant), ++numbers, null, event));
    }

    /** Lets others work, if the lot falls on them. */
    void pass() {
        endIfOver();
        SimActor self = current;
        self.state = SimActor.State.READY;
        ready.add(self);
        handOn(self);
    }

    /** Waits, whatever comes. */
    void sleep(Duration time) {
        sleep(time.toNanos());
    }

    void sleep(long nanos) {
        if (nanos <= 0) {
            pass();
        } else {
            wait(nanos, false);
        }
    }

    /** {@return whether it was called before the time was over} */
    boolean park(long nanos) throws InterruptedException {
        endIfOver();
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        boolean called = wait(nanos, true);
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        return called;
    }

    private boolean wait(long nanos, boolean interruptible) {
        endIfOver();
        SimActor self = current;
        self.state = SimActor.State.WAITING;
        self.interruptible = interruptible;
        self.called = false;
        self.alarm = ++numbers;
        if (nanos < FOREVER - now) {
            alarms.add(new Alarm(now + Math.max(0, nanos), self.alarm, self, null));
        }
        handOn(self);
        return self.called;
    }

    /** {@return whether it was waiting} */
    boolean call(SimActor actor) {
        boolean waits = actor.state == SimActor.State.WAITING && !over;
        if (waits) {
            actor.called = true;
            wake(actor);
        }
        return waits;
    }

    void interrupted(SimActor actor) {
        if (actor.state == SimActor.State.WAITING && actor.interruptible && !over) {
            wake(actor);
        }
    }

    private void wake(SimActor actor) {
        actor.state = SimActor.State.READY;
        actor.alarm = 0;
        ready.add(actor);
    }

    private void handOn(SimActor self) {
        SimActor next = next();
        if (next != self) {
            next.turn.release();
            self.turn.acquireUninterruptibly();
        }
        endIfOver();
    }

    private SimActor next() {
        turns++;
        turnsNow++;
        if (turnsNow > CIRCLE) {
            onFall.accept(current.name, new IllegalStateException("time stands still: " + ready.get(0).name));
            turnsNow = 0;
            goOn();
        }
        SimActor next = drawn();
        while (next == null) {
            goOn();
            next = drawn();
        }
        next.state = SimActor.State.WORKING;
        current = next;
        return next;
    }

    /** To the next instant for which somebody waits. */
    private void goOn() {
        long at = alarms.element().at();
        turnsNow = at > now ? 0 : turnsNow;
        now = Math.max(now, at);
        while (!alarms.isEmpty() && alarms.element().at() <= now) {
            ring(alarms.remove());
        }
    }

    private void ring(Alarm alarm) {
        SimActor actor = alarm.actor();
        if (actor == null) {
            alarm.event().run();
        } else if (actor.alarm == alarm.number()) {
            wake(actor);
        }
    }

    private @Nullable SimActor drawn() {
        int able = 0;
        for (SimActor actor : ready) {
            able += actor.mayWork.getAsBoolean() ? 1 : 0;
        }
        if (able == 0) {
            return null;
        }
        int lot = able == 1 ? 0 : dice.nextInt(able);
        int chosen = -1;
        for (int i = 0; chosen < 0; i++) {
            if (ready.get(i).mayWork.getAsBoolean() && lot-- == 0) {
                chosen = i;
            }
        }
        return ready.remove(chosen);
    }

    /** Throws, once the play is over. */
    void endIfOver() {
        if (over) {
            throw new Killed();
        }
    }

    /** Ends the play: every actor that is left is thrown out of where it waits, one after the other. */
    void close() throws InterruptedException {
        over = true;
        for (SimActor actor : List.copyOf(cast)) {
            actor.turn.release();
            actor.over.await();
        }
    }
}
