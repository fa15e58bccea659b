package io.taskstore.inmemory;

import io.taskstore.DecidingHandler;
import io.taskstore.LogLevel;
import io.taskstore.NewTask;
import io.taskstore.Outcome;
import io.taskstore.TaskRun;
import io.taskstore.TaskStoreException;
import io.taskstore.inmemory.SimFaults.Kind;
import io.taskstore.spi.Claim;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.UUID;

/** What handlers do: some work, some fail, some sleep, some do not listen, and some take their process with them. */
final class SimHandler implements DecidingHandler<String> {

    static final String KILLS = "kills";
    static final String SLEEPS = "sleeps";
    static final String SNOOZES = "snoozes";

    /** Threads that exist and never start: those of a play are actors. */
    static final Thread ANY = new Thread(() -> {}, "never started");

    private final SimPlay play;
    private final SimStage stage;
    private final SimProcess process;
    private final SplittableRandom dice;

    SimHandler(SimPlay play, SimProcess process, SplittableRandom dice) {
        this.play = play;
        this.stage = play.stage;
        this.process = process;
        this.dice = dice;
    }

    @Override
    public Outcome decide(String payload, TaskRun run) throws Exception {
        stage.endIfOver();
        play.journal.starts(process, run, play.database);
        String how = "by throwing";
        try {
            Outcome outcome = switch (payload) {
                case KILLS -> kill();
                case SLEEPS -> sleep(run, Duration.ofSeconds(30));
                case SNOOZES ->
                    run.task().attempt() == 1 ? Outcome.snooze(Duration.ofMillis(200)) : Outcome.completed();
                default -> play.faults.ended() ? Outcome.completed() : work(run);
            };
            how = outcome.getClass().getSimpleName();
            return outcome;
        } finally {
            if (!process.isDead()) {
                play.journal.ends(run, how);
            }
        }
    }

    private Outcome kill() {
        stage.sleep(dice.nextLong(200_000_000));
        play.faults.count(Kind.POISON);
        process.crash("of a poison");
        stage.pass();
        throw new IllegalStateException("the dead go on");
    }

    private Outcome work(TaskRun run) throws Exception {
        int lot = dice.nextInt(100);
        if (lot < 35) {
            return Outcome.completed();
        } else if (lot < 50) {
            stage.sleep(dice.nextLong(50_000_000));
            return Outcome.completed("slept");
        } else if (lot < 60) {
            return sleep(run, Duration.ofMillis(dice.nextInt(500, 15_000)));
        } else if (lot < 68) {
            throw new IllegalStateException("the handler fails");
        } else if (lot < 71) {
            return Outcome.failed("NO_STOCK", "none left");
        } else if (lot < 77) {
            return Outcome.snooze(Duration.ofMillis(dice.nextInt(3_000)));
        } else if (lot < 81) {
            return ignore(Duration.ofMillis(dice.nextInt(500, 8_000)));
        } else if (lot < 90) {
            return talk(run);
        } else if (lot < 94) {
            return submitAnother();
        } else if (lot < 96) {
            Thread.currentThread().interrupt();
            return Outcome.completed();
        }
        stage.pass();
        return Outcome.retryIn(Duration.ofMillis(dice.nextInt(1_000)), "not yet");
    }

    /** An interrupt ends it; one is due when its time is over. */
    private Outcome sleep(TaskRun run, Duration time) throws InterruptedException {
        long began = stage.now();
        try {
            boolean unused = stage.park(time.toNanos());
        } catch (InterruptedException e) {
            inTime(run, began);
            throw e;
        }
        inTime(run, began);
        return Outcome.completed();
    }

    private void inTime(TaskRun run, long began) {
        Duration timeout = run.task().timeout().orElse(SimProcess.LONGEST);
        long ran = stage.now() - began;
        long late = ran - timeout.toNanos() - ran / 30;
        if (late > 10_000_000 && !process.resumedSince(ran)) {
            play.journal.broken(SimJournal.name(Claim.of(run.task())) + " ran " + late + " ns beyond its timeout");
        }
    }

    private Outcome ignore(Duration time) {
        stage.sleep(time);
        return Outcome.completed();
    }

    private Outcome talk(TaskRun run) throws InterruptedException {
        int lines = dice.nextInt(1, 4);
        for (int i = 0; i < lines; i++) {
            play.journal.says(Claim.of(run.task()));
            run.log(LogLevel.INFO, "line " + i);
            run.progress(i * 10, "part " + i);
            boolean unused = stage.park(dice.nextLong(300_000_000));
        }
        return Outcome.completed(lines);
    }

    private Outcome submitAnother() {
        UUID id = play.nextId();
        play.journal.submits(id, false, false);
        try {
            play.journal
                    .stories()
                    .get(process.tasks
                            .submit(NewTask.of(SimProcess.WORK, "another").id(id))
                            .id())
                    .acknowledged = true;
        } catch (TaskStoreException e) {
            play.journal.note("could not submit " + SimJournal.name(id));
        }
        return Outcome.completed();
    }
}
