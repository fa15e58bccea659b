package io.taskstore.inmemory;

import io.taskstore.NewTask;
import io.taskstore.Task;
import io.taskstore.TaskStatus;
import io.taskstore.TaskStoreException;
import io.taskstore.WorkerId;
import io.taskstore.inmemory.SimFaults.Kind;
import io.taskstore.testkit.CountingIds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.BooleanSupplier;

/**
 * A play: several processes with their workers and clients on one storage, in virtual time. For a while things go wrong; then
 * nothing does any more, all has to come to rest, and be as the promises say. The seed decides everything.
 */
final class SimPlay {

    /** What came of a play. */
    record Result(long seed, long hash, Duration time, long turns, int runs, Map<Kind, Integer> faults) {}

    private static final Duration STEP = Duration.ofMillis(5);
    private static final Duration PROMPT = Duration.ofMillis(60);

    final SimStage stage;
    final SimFaults faults;
    final SimJournal journal;
    final SimDatabase database;

    /** How many percent of the tasks kill their process. */
    final int poison;

    /** Whether nothing but poison goes wrong, so that it can be told whose fault every crash is. */
    private final boolean pure;

    private final SplittableRandom dice;
    private final List<SimProcess> processes = new ArrayList<>();
    private final int wanted;
    private long ids;
    private int started;
    private boolean over;

    private SimPlay(long seed) {
        this.dice = new SplittableRandom(seed);
        this.stage = new SimStage(dice.split(), this::fell);
        this.faults = new SimFaults(dice.split());
        this.journal = new SimJournal(stage);
        this.pure = dice.nextInt(8) == 0;
        this.poison = pure || dice.nextInt(3) == 0 ? 4 : 0;
        Duration lease = dice.nextBoolean() ? Duration.ZERO : Duration.ofMillis(dice.nextInt(3_000, 15_000));
        this.database = new SimDatabase(stage, faults, journal, dice.split(), lease);
        this.wanted = dice.nextInt(2, 5);
        if (!pure) {
            drawFaults();
        }
    }

    private void drawFaults() {
        Map<Kind, Double> most = Map.ofEntries(
                Map.entry(Kind.ERROR_BEFORE, 0.08),
                Map.entry(Kind.REPLY_CUT, 0.08),
                Map.entry(Kind.REPLY_STUCK, 0.004),
                Map.entry(Kind.SLOW_CALL, 0.1),
                Map.entry(Kind.HANGING_CALL, 0.005),
                Map.entry(Kind.CRASH_BEFORE_EFFECT, 0.008),
                Map.entry(Kind.CRASH_AFTER_EFFECT, 0.002),
                Map.entry(Kind.EFFECT_AFTER_DEATH, 1.0),
                Map.entry(Kind.CRASH, 0.3),
                Map.entry(Kind.PAUSE, 0.3),
                Map.entry(Kind.CUT_OFF, 0.3),
                Map.entry(Kind.CLOCK_JUMP, 0.1),
                Map.entry(Kind.CLOSE, 0.2),
                Map.entry(Kind.NO_THREAD, 0.2),
                Map.entry(Kind.HINT_LOST, 0.2),
                Map.entry(Kind.HINT_REPEATED, 0.2),
                Map.entry(Kind.HINT_LATE, 0.2),
                Map.entry(Kind.HINT_REORDERED, 0.2),
                Map.entry(Kind.HINT_FORGED, 0.1),
                Map.entry(Kind.NO_RESERVATION, 0.3));
        for (Kind kind : Kind.values()) {
            if (most.containsKey(kind) && (kind == Kind.EFFECT_AFTER_DEATH || dice.nextInt(3) > 0)) {
                faults.chance(kind, most.get(kind) * dice.nextDouble());
            }
        }
    }

    /** {@return what came of the play} It throws, with the trace, if something was not as it has to be. */
    static Result of(long seed) throws InterruptedException {
        SimPlay play = new SimPlay(seed);
        try {
            play.perform();
        } catch (Broken e) {
            // the journal knows
        } finally {
            play.over = true;
            play.stage.close();
        }
        play.journal.broken().ifPresent(what -> {
            throw new AssertionError("seed " + seed + ": " + what + "\n" + play.journal.trace());
        });
        return new Result(
                seed,
                play.journal.hash(),
                Duration.ofNanos(play.stage.now()),
                play.stage.turns(),
                play.journal.runs(),
                play.faults.counts());
    }

    /** Something was not as it has to be. */
    private static final class Broken extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private void fell(String who, Throwable why) {
        if (!over) {
            StringBuilder where = new StringBuilder();
            for (StackTraceElement element : why.getStackTrace()) {
                where.append("\n  ").append(element);
            }
            journal.broken(who + " ended with " + why + where);
        }
    }

    UUID nextId() {
        return CountingIds.number(++ids);
    }

    private void perform() {
        for (int i = 0; i < wanted; i++) {
            addProcess();
        }
        journal.note((database.hasLeases() ? "leases, " : "") + wanted + " processes" + (pure ? ", pure" : ""));
        long end = stage.now() + Duration.ofMillis(dice.nextInt(5_000, 18_000)).toNanos();
        while (stage.now() < end) {
            sleep(Duration.ofMillis(dice.nextInt(100, 3_000)));
            strike();
        }
        heal();
        until("all has ended", Duration.ofSeconds(90), Duration.ofMillis(250), this::allHasEnded);
        until("the engines are at rest", Duration.ofSeconds(15), Duration.ofMillis(250), this::isAtRest);
        for (SimProcess process : List.copyOf(processes)) {
            new SimProbe(this, process).work();
        }
        until("the engines are at rest", Duration.ofSeconds(5), Duration.ofMillis(50), this::isAtRest);
        journal.stories()
                .forEach((id, story) -> journal.check(
                        id,
                        story,
                        database.direct().tasks().find(id),
                        database.direct().tasks().history(id)));
        checkPoison();
        failIfBroken();
    }

    private void strike() {
        List<SimProcess> up = processes.stream().filter(SimProcess::mayWork).toList();
        if (up.isEmpty()) {
            return;
        }
        SimProcess one = up.get(dice.nextInt(up.size()));
        if (faults.strikes(Kind.CRASH)) {
            one.crash("by chance");
        } else if (faults.strikes(Kind.PAUSE)) {
            one.pause();
            stage.at(stage.now() + dice.nextLong(20_000_000_000L), one::resume);
        } else if (faults.strikes(Kind.CUT_OFF)) {
            one.cutOff(Duration.ofMillis(dice.nextInt(200, 20_000)));
        } else if (faults.strikes(Kind.CLOSE)) {
            one.close(one.members.get(dice.nextInt(one.members.size())), Duration.ofMillis(dice.nextInt(3_000)));
            one.addMember(true);
        }
        if (faults.strikes(Kind.CLOCK_JUMP)) {
            Duration jump = Duration.ofMillis(dice.nextInt(-3_600_000, 60_000));
            journal.note("the clock jumps by " + jump);
            database.jump(jump);
        }
    }

    private SimProcess addProcess() {
        SimProcess process = new SimProcess(this, "p" + ++started, dice.split());
        processes.add(process);
        process.addMember(true);
        if (dice.nextInt(3) == 0) {
            process.addMember(false);
        }
        if (!faults.ended()) {
            SimClient client = new SimClient(this, process, dice.split());
            process.act("client", client::work);
        }
        return process;
    }

    /** Another process takes the place of one that died. */
    void died(SimProcess process) {
        processes.remove(process);
        long delay = faults.ended() ? 0 : dice.nextLong(6_000_000_000L);
        stage.at(stage.now() + delay, () -> {
            faults.count(Kind.RESTART);
            addProcess();
        });
    }

    /** Nothing goes wrong any more but poison. */
    private void heal() {
        journal.note("nothing goes wrong any more");
        faults.end();
        processes.forEach(SimProcess::resume);
        processes.forEach(SimProcess::reconnect);
        until("nothing goes on that went wrong", Duration.ofSeconds(30), Duration.ofMillis(250), this::isCalm);
        // the longest pause after a failure
        sleep(Duration.ofMillis(2_500));
        // the times of retries are in the past then
        database.set(Duration.ofHours(2));
        database.direct().queues().resume("b");
    }

    private boolean isCalm() {
        return processes.size() >= wanted && processes.stream().allMatch(SimProcess::isCalm);
    }

    private boolean allHasEnded() {
        return processes.size() >= wanted
                && journal.stories().entrySet().stream()
                        .allMatch(entry -> entry.getValue().isHosts
                                || database.direct()
                                        .tasks()
                                        .find(entry.getKey())
                                        .map(task -> task.status().isTerminal())
                                        .orElse(true));
    }

    private boolean isAtRest() {
        return processes.stream().allMatch(this::isAtRest);
    }

    private boolean isAtRest(SimProcess process) {
        return process.platform.suspects().isFree()
                && process.working().size() == process.members.size()
                && process.working().stream().map(Engine::crew).allMatch(crew -> isAtRest(process, crew));
    }

    private boolean isAtRest(SimProcess process, Crew crew) {
        Optional<WorkerId> worker = crew.membership().worker();
        return worker.isPresent()
                && crew.runs().count().equals(new Runs.Count(0, 0, 0, 0))
                && crew.settler().waiting() == 0
                && process.queue.reserved(worker.get()).equals(Set.of())
                && database.direct().claims().held(worker.get()).isEmpty();
    }

    private void checkPoison() {
        journal.stories().forEach((id, story) -> {
            boolean poisoned = database.direct()
                    .tasks()
                    .find(id)
                    .filter(SimJournal::isPoison)
                    .isPresent();
            if (pure && poisoned && !story.kills) {
                journal.broken(SimJournal.name(id) + " is convicted of what others did");
            }
        });
    }

    /** In a pure play, so few that no innocent can be near three first crashes. */
    boolean mayKillMore() {
        return !pure
                || journal.stories().values().stream()
                                .filter(story -> story.kills)
                                .count()
                        < 2;
    }

    List<SimProcess> processes() {
        return processes;
    }

    Optional<Task> find(UUID id) {
        return database.direct().tasks().find(id);
    }

    boolean is(UUID id, TaskStatus status) {
        return find(id).filter(task -> task.status() == status).isPresent();
    }

    void sleep(Duration time) {
        stage.sleep(time);
        failIfBroken();
    }

    private void failIfBroken() {
        if (journal.broken().isPresent()) {
            throw new Broken();
        }
    }

    void until(String what, Duration within, BooleanSupplier condition) {
        until(what, within, STEP, condition);
    }

    private void until(String what, Duration within, Duration step, BooleanSupplier condition) {
        long begin = stage.now();
        long end = begin + within.toNanos();
        while (!condition.getAsBoolean()) {
            if (stage.now() > end) {
                journal.broken("not within " + within + ": " + what + state());
            }
            // the longer it takes, the less exactly it is looked at
            sleep(step.plusNanos((stage.now() - begin) / 16));
        }
    }

    private String state() {
        StringBuilder state = new StringBuilder();
        journal.stories()
                .forEach((id, story) -> find(id).filter(task -> !task.status().isTerminal() && !story.isHosts)
                        .ifPresent(task -> state.append("\n  ")
                                .append(SimJournal.name(id))
                                .append(' ')
                                .append(task.status())
                                .append(task.worker()
                                        .map(worker -> " by " + SimJournal.name(worker))
                                        .orElse(""))
                                .append(task.runAt().map(at -> " at " + at).orElse(""))));
        for (SimProcess process : processes) {
            for (Engine engine : process.working()) {
                Crew crew = engine.crew();
                state.append("\n  ")
                        .append(process)
                        .append(' ')
                        .append(crew.membership().worker().map(SimJournal::name).orElse("unregistered"))
                        .append(' ')
                        .append(crew.runs().count())
                        .append(" settling ")
                        .append(crew.settler().waiting())
                        .append(process.platform.suspects().isFree() ? "" : ", the suspects' seat is taken");
            }
        }
        return state + "\n  now " + database.now();
    }

    UUID submit(SimProcess process, String payload) {
        UUID id = nextId();
        journal.submits(id, false, false);
        try {
            Task unused =
                    process.tasks.submit(NewTask.of(SimProcess.WORK, payload).id(id));
        } catch (TaskStoreException e) {
            journal.broken("a submit fails though nothing goes wrong: " + e);
        }
        journal.stories().get(id).acknowledged = true;
        return id;
    }

    static Duration prompt() {
        return PROMPT;
    }

    SplittableRandom dice() {
        return dice;
    }
}
