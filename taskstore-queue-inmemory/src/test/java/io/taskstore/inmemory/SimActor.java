package io.taskstore.inmemory;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A thread of a simulation, which works only when it is its turn. All fields belong to the one whose turn it is. */
final class SimActor {

    /** What an actor does. */
    enum State {
        READY,
        WORKING,
        WAITING,
        OVER
    }

    final String name;

    /** Whether it can have a turn: its process neither stands still nor is dead. */
    final BooleanSupplier mayWork;

    final Semaphore turn = new Semaphore(0);
    final CountDownLatch over = new CountDownLatch(1);
    State state = State.READY;

    /** Whether an interrupt ends the waiting. */
    boolean interruptible;

    /** Whether it was called before its time was over. */
    boolean called;

    /** The alarm that ends the waiting; those with other numbers are forgotten. */
    long alarm;

    SimActor(String name, BooleanSupplier mayWork) {
        this.name = name;
        this.mayWork = mayWork;
    }

    /** A thread that tells its stage of interrupts. */
    static final class Body extends Thread {

        private @Nullable SimStage stage;
        private @Nullable SimActor actor;

        Body(Runnable work, String name) {
            super(work, name);
            setDaemon(true);
        }

        void plays(@Nullable SimStage stage, @Nullable SimActor actor) {
            this.stage = stage;
            this.actor = actor;
        }

        @Override
        public void interrupt() {
            super.interrupt();
            SimStage there = stage;
            SimActor who = actor;
            if (there != null && who != null) {
                there.interrupted(who);
            }
        }
    }
}
