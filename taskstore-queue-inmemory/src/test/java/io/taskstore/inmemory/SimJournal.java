package io.taskstore.inmemory;

import io.taskstore.StatusChange;
import io.taskstore.StatusHistory;
import io.taskstore.Task;
import io.taskstore.TaskError;
import io.taskstore.TaskRun;
import io.taskstore.TaskStatus;
import io.taskstore.WorkerId;
import io.taskstore.spi.Claim;
import io.taskstore.spi.Recovered;
import io.taskstore.spi.Settled;
import io.taskstore.spi.Settlement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What happened in a play, and whether it was allowed to. The first thing that was not is kept. */
final class SimJournal {

    /** After a process that stood still goes on, it takes that long to find out what it missed. */
    private static final long WAKING = 1_000_000;

    /** What the sweeper says of claims that it gives back. */
    private static final String UNKNOWN = "its worker does not know of it";

    /** A line of the trace. */
    private record Line(long at, String who, String what) {}

    /** A run that goes on. */
    private record Open(Claim claim, SimProcess process, TaskRun run) {}

    /** Who claimed, and when. */
    private record Claimer(SimProcess process, long at) {

        /** {@return whether it was there, and neither has the task nor is about to give it back} */
        boolean forgot(Claim claim) {
            return !process.wasAwaySince(at)
                    && process.working().stream()
                            .noneMatch(engine -> engine.crew().runs().isKnown(claim));
        }
    }

    /** What is known of a task. */
    static final class Story {

        final boolean isHosts;
        final boolean kills;
        boolean acknowledged;
        boolean deleted;
        boolean refused;

        @Nullable
        Claim doneBy;

        private final Set<Claim> starts = new HashSet<>();
        private final Map<Claim, Claimer> claims = new HashMap<>();

        /** Those whose answers have come, or will not. */
        private final Set<Claim> answered = new HashSet<>();

        /** A claim that was taken from a process that had forgotten it; that counts as a crash, and was none. */
        @Nullable
        Claim noCrash;

        private final List<Open> open = new ArrayList<>();
        private final Map<Claim, Settlement> ends = new HashMap<>();

        Story(boolean isHosts, boolean kills) {
            this.isHosts = isHosts;
            this.kills = kills;
        }
    }

    private final SimStage stage;
    private final List<Line> lines = new ArrayList<>();
    private final Map<UUID, Story> stories = new LinkedHashMap<>();
    private final Map<String, Integer> said = new HashMap<>();
    private final Map<String, Set<Integer>> written = new HashMap<>();
    private long hash;
    private int runs;
    private @Nullable String broken;

    SimJournal(SimStage stage) {
        this.stage = stage;
    }

    static String name(UUID id) {
        return "t" + (id.getLeastSignificantBits() & 0xffffffL);
    }

    static String name(WorkerId worker) {
        return "w" + (worker.value().getLeastSignificantBits() & 0xffffffL);
    }

    private static String attempt(UUID id, int attempt) {
        return name(id) + "#" + attempt;
    }

    static String name(Claim claim) {
        return name(claim.taskId()) + "#" + claim.attempt() + "@" + name(claim.worker());
    }

    void note(String what) {
        note(stage.who(), what);
    }

    void note(String who, String what) {
        lines.add(new Line(stage.now(), who, what));
        hash = (hash * 31 + stage.now()) * 31 + who.hashCode() * 31L + what.hashCode();
    }

    /** Something happened that must not. */
    void broken(String what) {
        note("BROKEN: " + what);
        if (broken == null) {
            broken = what;
        }
    }

    Optional<String> broken() {
        return Optional.ofNullable(broken);
    }

    long hash() {
        return hash;
    }

    int runs() {
        return runs;
    }

    String trace() {
        StringBuilder trace = new StringBuilder();
        for (Line line : lines) {
            trace.append(String.format("%12.6f  %-18s %s%n", line.at() / 1e9, line.who(), line.what()));
        }
        return trace.toString();
    }

    Story submits(UUID id, boolean isHosts, boolean kills) {
        note("submits " + name(id) + (kills ? ", which kills" : ""));
        return stories.computeIfAbsent(id, same -> new Story(isHosts, kills));
    }

    Map<UUID, Story> stories() {
        return stories;
    }

    List<UUID> known() {
        return List.copyOf(stories.keySet());
    }

    /** A handler begins. */
    void starts(SimProcess process, TaskRun run, SimDatabase database) {
        runs++;
        Claim claim = Claim.of(run.task());
        note("START " + name(claim));
        Story story = stories.get(claim.taskId());
        if (story == null || story.isHosts) {
            broken(name(claim) + " was started, and nobody submitted it for that");
            return;
        }
        if (!story.starts.add(claim)) {
            broken(name(claim) + " was started twice");
        }
        boolean wakes = process.resumedSince(WAKING);
        if (!database.holds(claim) && !(wakes && !database.isAlive(claim.worker()))) {
            broken(name(claim) + " was started though its claim is gone");
        }
        if (!wakes && !process.lives(claim.worker())) {
            broken(name(claim) + " was started under an id that is dead");
        }
        for (Open open : story.open) {
            if (open.claim().attempt() < claim.attempt()
                    && open.process().mayWork()
                    && !open.process().resumedSince(WAKING)
                    && !open.run().shouldStop()) {
                broken(name(claim) + " overlaps " + name(open.claim()) + ", which was not told to stop");
            }
        }
        story.open.add(new Open(claim, process, run));
        if (run.task().crashes() > 0) {
            oneSuspect(process);
        }
    }

    private void oneSuspect(SimProcess process) {
        List<String> suspects = new ArrayList<>();
        stories.values()
                .forEach(story -> story.open.stream()
                        .filter(open ->
                                open.process() == process && open.run().task().crashes() > 0)
                        .forEach(open -> suspects.add(name(open.claim()))));
        if (suspects.size() > 1) {
            broken(suspects + " run at once in " + process + ", and each crashed a process before");
        }
    }

    /** A handler is over, however. */
    void ends(TaskRun run, String how) {
        Claim claim = Claim.of(run.task());
        note("END " + name(claim) + " " + how);
        stories.get(claim.taskId()).open.removeIf(open -> open.claim().equals(claim));
    }

    /** The process is dead, and so are its handlers. */
    void dies(SimProcess process) {
        stories.values().forEach(story -> story.open.removeIf(open -> open.process() == process));
    }

    boolean runs(UUID id) {
        return !stories.get(id).open.isEmpty();
    }

    boolean runs(UUID id, SimProcess process) {
        return stories.get(id).open.stream().anyMatch(open -> open.process() == process);
    }

    int startsOf(UUID id) {
        return stories.get(id).starts.size();
    }

    void says(Claim claim) {
        said.merge(attempt(claim.taskId(), claim.attempt()), 1, Integer::sum);
    }

    void isWritten(UUID id, int attempt, int line) {
        written.computeIfAbsent(attempt(id, attempt), same -> new HashSet<>()).add(line);
    }

    void claimed(SimProcess process, Task task) {
        Claim claim = Claim.of(task);
        note("claims " + name(claim) + (task.crashes() > 0 ? ", a suspect" : ""));
        Story story = stories.get(task.id());
        if (story != null) {
            story.claims.put(claim, new Claimer(process, stage.now()));
        }
    }

    /** The answer to a claim has come, or will not. */
    void isAnswered(Task task) {
        Story story = stories.get(task.id());
        if (story != null) {
            story.answered.add(Claim.of(task));
        }
    }

    /** An end reached the storage. */
    void settles(Settlement settlement, Settled answer) {
        Claim claim = settlement.claim();
        Story story = stories.get(claim.taskId());
        note("settles " + name(claim) + " "
                + settlement.getClass().getSimpleName() + " -> "
                + answer.status().map(Enum::name).orElse("LOST"));
        if (story == null) {
            return;
        }
        if (settlement instanceof Settlement.Released released
                && released.note().startsWith(UNKNOWN)) {
            // the list of what is held may come so late that a run began and its end was recorded: that answer is told
            // again
            if (!answer.isLost() && story.starts.contains(claim) && !story.ends.containsKey(claim)) {
                broken(name(claim) + " was given back as unknown, and had been started");
            }
            return;
        }
        Settlement before = story.ends.putIfAbsent(claim, settlement);
        if (before != null && !before.equals(settlement)) {
            broken(name(claim) + " is settled twice: as " + settlement + " and as " + before);
        }
        Optional<Open> open =
                story.open.stream().filter(one -> one.claim().equals(claim)).findFirst();
        if (open.isPresent() && !open.get().run().shouldStop()) {
            broken(name(claim) + " is settled while its handler runs and was not told to stop");
        }
        if (answer.status().equals(Optional.of(TaskStatus.COMPLETED))) {
            completed(story, claim);
        }
    }

    private void completed(Story story, Claim claim) {
        if (story.doneBy != null && !story.doneBy.equals(claim)) {
            broken(name(claim) + " completes what " + name(story.doneBy) + " had completed");
        }
        story.doneBy = claim;
        String attempt = attempt(claim.taskId(), claim.attempt());
        int lines = written.getOrDefault(attempt, Set.of()).size();
        if (lines < said.getOrDefault(attempt, 0)) {
            broken(name(claim) + " completes with " + lines + " lines of its log of " + said.get(attempt));
        }
    }

    /** A task was taken from its worker. */
    void recovered(Recovered recovered, boolean byItself) {
        Task task = recovered.task();
        note((byItself ? "retires " : "recovers ") + name(recovered.claim()) + " -> " + task.status());
        Story story = stories.get(task.id());
        if (story != null && !byItself) {
            Claimer claimer = story.claims.get(recovered.claim());
            boolean ran = story.starts.contains(recovered.claim());
            boolean answered = story.answered.contains(recovered.claim());
            if (!ran && (claimer == null || (answered && claimer.forgot(recovered.claim())))) {
                story.noCrash = recovered.claim();
            }
        }
        if (story != null && byItself) {
            for (Open open : story.open) {
                if (open.claim().equals(recovered.claim()) && !open.run().shouldStop()) {
                    broken(name(open.claim()) + " is given back while its handler runs and was not told to stop");
                }
            }
        }
    }

    /** Compares a task at the end with what is known of it. */
    void check(UUID id, Story story, Optional<Task> found, Optional<StatusHistory> history) {
        if (found.isEmpty()) {
            if (story.acknowledged && !story.deleted && !story.refused) {
                broken(name(id) + " was acknowledged, and is not there");
            }
            return;
        }
        Task task = found.get();
        if (!task.status().isTerminal() && !story.isHosts) {
            broken(name(id) + " is " + task.status() + " at the end: " + history.orElseThrow());
        }
        StatusChange last = history.orElseThrow().last();
        if (last.to() != task.status() || last.attempt() != task.attempt()) {
            broken("the history of " + name(id) + " ends with " + last + ", and it is " + task.status());
        }
        check(id, story, history.orElseThrow());
        // three may have died between the claim and the handler, which nobody can tell from a handler that killed them
        if (isPoison(task) && story.claims.size() < 3) {
            broken(name(id) + " is a poison after " + story.claims.size() + " claims");
        }
        Claim noCrash = story.noCrash;
        if (isPoison(task) && noCrash != null) {
            broken(name(id) + " is a poison, and " + name(noCrash) + " was forgotten by its process");
        }
    }

    private void check(UUID id, Story story, StatusHistory history) {
        int attempt = 0;
        int completed = 0;
        for (StatusChange change : history.changes()) {
            if (change.to() == TaskStatus.RUNNING && change.attempt() != ++attempt) {
                broken("attempt " + attempt + " of " + name(id) + " is numbered " + change.attempt());
            }
            completed += change.to() == TaskStatus.COMPLETED ? 1 : 0;
        }
        if (completed > 1 || (!story.isHosts && (completed == 1) != (story.doneBy != null))) {
            broken(name(id) + " was completed " + completed + " times by its history, and by " + story.doneBy);
        }
    }

    static boolean isPoison(Task task) {
        return task.error()
                .filter(error -> error.kind().equals(TaskError.POISON))
                .isPresent();
    }
}
