package io.taskstore.inmemory;

import io.taskstore.JacksonCodec;
import io.taskstore.RetryPolicy;
import io.taskstore.TaskListener;
import io.taskstore.TaskService;
import io.taskstore.TaskStoreException;
import io.taskstore.TaskType;
import io.taskstore.WorkerId;
import io.taskstore.WorkflowService;
import io.taskstore.inmemory.SimFaults.Kind;
import io.taskstore.spi.Storage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/** A process of a play, with a queue of its own and the engines of its workers. It may die and stand still. */
final class SimProcess {

    static final TaskType<String> WORK = TaskType.of("work", String.class);
    static final Duration TIMEOUT = Duration.ofMillis(1_500);
    static final Duration LONGEST = Duration.ofHours(1);

    private enum State {
        UP,
        STANDING,
        DEAD
    }

    /** A worker of the process. */
    static final class Member {

        final Settings settings;

        @Nullable
        Engine engine;

        boolean closes;

        Member(Settings settings) {
            this.settings = settings;
        }

        Optional<Engine> working() {
            return closes ? Optional.empty() : Optional.ofNullable(engine);
        }
    }

    final String name;
    final SimPlatform platform;
    final Storage storage;
    final SimQueue queue;
    final TaskService tasks;
    final WorkflowService workflows;
    final List<Member> members = new ArrayList<>();
    private final SimPlay play;
    private final SimStage stage;
    private final SplittableRandom dice;

    /** What its clock showed in the beginning, and how much faster it is than others. */
    private final long epoch;

    private final double drift;
    private State state = State.UP;
    private long resumedAt = -1_000_000_000_000L;
    private long cutOffUntil = -1;

    /** How many of its calls go on that began while things went wrong. */
    private int busy;

    SimProcess(SimPlay play, String name, SplittableRandom dice) {
        this.play = play;
        this.name = name;
        this.dice = dice;
        this.stage = play.stage;
        this.platform = new SimPlatform(stage, name, this::mayWork);
        this.storage = play.database.of(this);
        // some clocks pass the largest number there is during the play
        this.epoch = dice.nextInt(4) == 0 ? Long.MAX_VALUE - dice.nextLong(30_000_000_000L) : dice.nextLong();
        this.drift = dice.nextDouble(-0.02, 0.02);
        int capacity = dice.nextInt(3) == 0 ? dice.nextInt(1, 4) : 1_000;
        this.queue =
                new SimQueue(stage, play.faults, dice.split(), new InMemoryTaskQueue(capacity, platform::condition));
        this.tasks = new TaskService(storage.tasks(), queue, JacksonCodec.standard(), play::nextId);
        this.workflows = new WorkflowService(storage.workflows(), tasks);
    }

    long nanos() {
        return epoch + stage.now() + (long) (stage.now() * drift);
    }

    boolean mayWork() {
        return state == State.UP;
    }

    boolean isDead() {
        return state == State.DEAD;
    }

    boolean resumedSince(long nanos) {
        return stage.now() - resumedAt <= nanos;
    }

    /** {@return whether it is dead, or stood still or was cut off for some of the time since then} */
    boolean wasAwaySince(long instant) {
        return state != State.UP || resumedAt >= instant || cutOffUntil > instant;
    }

    boolean isCutOff() {
        return stage.now() < cutOffUntil;
    }

    void cutOff(Duration time) {
        play.journal.note(name + " is cut off for " + time);
        cutOffUntil = stage.now() + time.toNanos();
    }

    long cutOffFor() {
        return Math.max(0, cutOffUntil - stage.now());
    }

    void reconnect() {
        cutOffUntil = Math.min(cutOffUntil, stage.now());
    }

    void pause() {
        play.journal.note(name + " stands still");
        state = State.STANDING;
    }

    void resume() {
        if (state == State.STANDING) {
            play.journal.note(name + " goes on");
            state = State.UP;
            resumedAt = stage.now();
        }
    }

    void crash(String when) {
        if (state != State.DEAD) {
            play.journal.note(name + " dies " + when);
            state = State.DEAD;
            play.journal.dies(this);
            play.database.dies(this);
            play.died(this);
        }
    }

    void begins() {
        busy++;
    }

    void ends() {
        busy--;
    }

    /** {@return whether it does nothing that it began while things went wrong} */
    boolean isCalm() {
        return busy == 0;
    }

    /** Has actors of the process do something. */
    void act(String who, Runnable what) {
        SimActor unused = stage.add(name + " " + who, this::mayWork, what);
    }

    /** Adds a worker, which starts by itself. */
    void addMember(boolean all) {
        SimHandler handler = new SimHandler(play, this, dice.split());
        Registration<String> work = new Registration<>(
                WORK,
                handler,
                RetryPolicy.fixed(Duration.ofMillis(300)).maxFailures(5),
                dice.nextBoolean() ? Optional.of(TIMEOUT) : Optional.empty());
        Map<String, Integer> narrow = dice.nextInt(3) == 0 ? Map.of("b", 1) : Map.of();
        Set<String> queues = all || dice.nextInt(3) > 0 ? Set.of() : Set.of("a", "b");
        List<TaskListener> listeners = dice.nextInt(3) > 0
                ? List.of()
                : List.of(event -> {
                    stage.pass();
                    play.journal.note("hears " + event.kind() + " of "
                            + SimJournal.name(event.task().id()));
                });
        ThreadFactory threads = body -> {
            if (play.faults.strikes(Kind.NO_THREAD)) {
                throw new OutOfMemoryError("unable to create native thread");
            }
            return SimHandler.ANY;
        };
        Member member = new Member(new Settings(
                name + members.size(),
                Map.of(WORK.name(), work),
                new Settings.Limits(dice.nextInt(1, 5), narrow, queues),
                new Settings.Bounds(Duration.ofMillis(dice.nextInt(1_000, 4_000)), 1_000, Optional.empty()),
                listeners,
                new Settings.Host(threads, JacksonCodec.standard(), dice.split(), this::nanos, platform)));
        members.add(member);
        act("starter", () -> start(member));
    }

    private void start(Member member) {
        while (member.engine == null) {
            try {
                member.engine = Engine.start(member.settings, storage, queue);
                play.journal.note("has started");
            } catch (TaskStoreException e) {
                stage.sleep(Duration.ofMillis(300));
            }
        }
    }

    /** Closes a worker in good order. */
    void close(Member member, Duration timeout) {
        Engine engine = member.engine;
        if (engine != null && !member.closes) {
            member.closes = true;
            act("closer", () -> {
                play.journal.note("closes within " + timeout);
                engine.close(timeout);
                play.journal.note("has closed");
                Set<Member> gone = new LinkedHashSet<>(List.of(member));
                members.removeAll(gone);
            });
        }
    }

    /** {@return whether one of its workers lives under the id} */
    boolean lives(WorkerId worker) {
        return members.stream()
                .flatMap(member -> Optional.ofNullable(member.engine).stream())
                .anyMatch(engine -> engine.crew().membership().worker().equals(Optional.of(worker)));
    }

    List<Engine> working() {
        return members.stream().flatMap(member -> member.working().stream()).toList();
    }

    @Override
    public String toString() {
        return name;
    }
}
