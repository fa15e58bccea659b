package io.taskstore.crash;

import io.taskstore.TaskStatus;
import io.taskstore.crash.Contents.Change;
import io.taskstore.crash.Contents.Stored;
import io.taskstore.crash.Event.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Compares what processes have written down with what the database holds in the end. It is a function of both and nothing
 * else. Used once.
 */
final class Checker {

    private static final int POISON_CRASHES = 3;

    /**
     * What a database promises.
     *
     * @param robsPaused whether a process that is paused may lose its runs to another
     * @param recovery how soon after its death what a process ran is taken from it
     */
    record Promise(boolean robsPaused, Duration recovery) {}

    /** A run as its process told of it; times are those of the journals, and {@link Long#MAX_VALUE} is never. */
    private record Run(Event start, long end, boolean wasLost) {
        UUID task() {
            return start.task();
        }

        int attempt() {
            return start.attempt();
        }
    }

    private final Map<UUID, List<Event>> byTask = new LinkedHashMap<>();
    private final List<Event> events;
    private final Contents contents;
    private final Promise promise;
    private final Map<String, Long> deaths = new HashMap<>();
    private final Set<String> killed = new LinkedHashSet<>();
    private final List<String> violations = new ArrayList<>();

    private Checker(List<Event> events, Contents contents, Promise promise) {
        this.events =
                events.stream().sorted(Comparator.comparingLong(Event::nanos)).toList();
        this.contents = contents;
        this.promise = promise;
        for (Event event : this.events) {
            if (!event.task().equals(Event.NOBODY)) {
                byTask.computeIfAbsent(event.task(), id -> new ArrayList<>()).add(event);
            }
            if (event.kind() == Kind.KILLED || event.kind() == Kind.HALT) {
                deaths.putIfAbsent(event.process(), event.nanos());
            }
            if (event.kind() == Kind.KILLED) {
                killed.add(event.process());
            }
        }
    }

    /** {@return what is to be said of it} The events may come in any order. */
    static Verdict check(List<Event> events, Contents contents, Promise promise) {
        return new Checker(events, contents, promise).check();
    }

    private Verdict check() {
        Set<UUID> attempted = tasksWith(Kind.SUBMIT_TRY);
        Set<UUID> acknowledged = tasksWith(Kind.SUBMIT_ACK);
        Set<UUID> lost = acknowledged.stream()
                .filter(id -> !Optional.ofNullable(contents.tasks().get(id))
                        .map(Stored::hasEnded)
                        .orElse(false))
                .collect(Collectors.toCollection(LinkedHashSet::new));
        lost.forEach(id -> violate(1, id, "was acknowledged, and is " + status(id) + " in the end"));
        Set<UUID> unexpected = new LinkedHashSet<>(contents.tasks().keySet());
        unexpected.addAll(tasksWith(Kind.START));
        unexpected.removeAll(attempted);
        unexpected.forEach(id -> violate(2, id, "was never submitted, and is " + status(id)));
        Set<UUID> refused = tasksWith(Kind.SUBMIT_REFUSED);
        refused.retainAll(contents.tasks().keySet());
        refused.forEach(id -> violate(2, id, "was refused, and is " + status(id)));
        Set<UUID> recovered = new LinkedHashSet<>(attempted);
        recovered.removeAll(acknowledged);
        recovered.retainAll(contents.tasks().keySet());
        Set<UUID> duplicated = new LinkedHashSet<>();
        byTask.forEach((id, its) -> {
            if (its.stream().filter(event -> event.kind() == Kind.EFFECT).count() > 1) {
                duplicated.add(id);
            }
            checkAcknowledgements(id, its);
            checkOverlaps(id, its);
        });
        events.stream()
                .filter(event -> event.kind() == Kind.TROUBLE)
                .forEach(event -> violate(7, event.task(), "met what should never be: " + event.note()));
        events.stream()
                .filter(event -> event.kind() == Kind.LATE && !event.note().equals("lost"))
                .forEach(event -> violate(4, event.task(), "took a late write: " + event.note()));
        contents.tasks().values().forEach(this::checkStored);
        new ClaimChecker(byTask, contents, this::violate).check();
        new WorkflowChecker(byTask, contents, this::violate).check();
        contents.history().keySet().stream()
                .filter(id -> !contents.tasks().containsKey(id))
                .forEach(id -> violate(7, id, "has a history, and is not there"));
        List<Duration> taken = new ArrayList<>();
        List<Duration> resumed = new ArrayList<>();
        Set<String> hit = new LinkedHashSet<>();
        for (Run run : leftOpen()) {
            hit.add(run.start().process());
            checkRecovery(run, taken, resumed);
        }
        hit.retainAll(killed);
        return new Verdict(
                attempted,
                acknowledged,
                lost,
                unexpected,
                duplicated,
                recovered,
                killed.size(),
                hit.size(),
                taken,
                resumed,
                violations);
    }

    private void violate(int invariant, UUID id, String what) {
        violations.add("(" + invariant + ") " + (id.equals(Event.NOBODY) ? "somebody" : "task " + id) + " " + what);
    }

    private Set<UUID> tasksWith(Kind kind) {
        return byTask.values().stream()
                .flatMap(List::stream)
                .filter(event -> event.kind() == kind)
                .map(Event::task)
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private String status(UUID id) {
        Stored stored = contents.tasks().get(id);
        return stored == null ? "not there" : stored.status();
    }

    private static Optional<Event> first(List<Event> its, Kind kind) {
        return its.stream().filter(event -> event.kind() == kind).findFirst();
    }

    private void checkAcknowledgements(UUID id, List<Event> its) {
        List<Event> done =
                its.stream().filter(event -> event.kind() == Kind.DONE_ACK).toList();
        if (done.isEmpty()) {
            return;
        }
        if (done.size() > 1) {
            violate(4, id, "was acknowledged as done " + done.size() + " times");
        }
        Event ack = done.get(0);
        its.stream()
                .filter(event -> event.kind() == Kind.START && event.nanos() > ack.nanos())
                .findFirst()
                .ifPresent(start -> violate(
                        3, id, "was started in attempt " + start.attempt() + " after it was acknowledged as done"));
        boolean recorded = contents.historyOf(id).stream()
                .anyMatch(change -> change.closes(ack.attempt()) && change.to().equals("COMPLETED"));
        if (!recorded || !status(id).equals("COMPLETED")) {
            violate(4, id, "was acknowledged as done in attempt " + ack.attempt() + ", and is " + status(id));
        }
    }

    private void checkStored(Stored task) {
        UUID id = task.id();
        List<Change> history = contents.historyOf(id);
        checkHistory(task, history);
        long completions = history.stream()
                .filter(change -> change.to().equals("COMPLETED"))
                .count();
        if (completions > 1) {
            violate(4, id, "was completed " + completions + " times");
        }
        if (task.status().equals("COMPLETED")) {
            int attempt =
                    history.isEmpty() ? 0 : history.get(history.size() - 1).attempt();
            boolean worked = byTask.getOrDefault(id, List.of()).stream()
                    .anyMatch(event -> event.kind() == Kind.EFFECT && event.isOf(id, attempt));
            if (!worked) {
                violate(1, id, "is COMPLETED by attempt " + attempt + ", whose work was never done");
            }
        }
        boolean poison = "POISON".equals(task.errorKind()) && task.status().equals("FAILED");
        long crashes = history.stream().filter(Change::isCrash).count();
        if (poison != (crashes >= POISON_CRASHES) || task.crashes() != crashes) {
            violate(
                    6,
                    id,
                    "is " + task.status() + " after " + crashes + " crashes, of which it counts " + task.crashes());
        }
        if (task.status().equals("RUNNING") && !contents.workers().contains(String.valueOf(task.worker()))) {
            violate(9, id, "is RUNNING by a worker that is dead");
        }
    }

    private void checkHistory(Stored task, List<Change> history) {
        UUID id = task.id();
        String before = null;
        int attempt = 0;
        for (int i = 0; i < history.size(); i++) {
            Change change = history.get(i);
            if (change.seq() != i + 1) {
                violate(7, id, "has a change " + change.seq() + " where " + (i + 1) + " should be");
            }
            if (!Objects.equals(change.from(), before) || !isLegal(before, change.to())) {
                violate(7, id, "moved from " + change.from() + " to " + change.to() + " when it was " + before);
            }
            attempt += change.to().equals("RUNNING") ? 1 : 0;
            if (change.attempt() != attempt) {
                violate(
                        7,
                        id,
                        "has attempt " + change.attempt() + " in its change " + change.seq() + " after " + attempt
                                + " claims");
            }
            before = change.to();
        }
        if (!task.status().equals(before) || task.seq() != history.size() || task.attempt() != attempt) {
            violate(
                    7,
                    id,
                    "is " + task.status() + " in attempt " + task.attempt() + ", and its last change says " + before
                            + " in attempt " + attempt);
        }
    }

    private static boolean isLegal(@Nullable String from, String to) {
        TaskStatus next = TaskStatus.valueOf(to);
        return from == null ? next.canBeFirst() : TaskStatus.valueOf(from).canBecome(next);
    }

    private List<Run> runs(List<Event> its) {
        return its.stream()
                .filter(event -> event.kind() == Kind.START)
                .map(start -> {
                    List<Event> same = its.stream()
                            .filter(event -> event.isOf(start.task(), start.attempt())
                                    && event.process().equals(start.process()))
                            .toList();
                    long end = first(same, Kind.END).map(Event::nanos).orElse(Long.MAX_VALUE);
                    long death = deaths.getOrDefault(start.process(), Long.MAX_VALUE);
                    return new Run(
                            start, Math.min(end, death), first(same, Kind.LOST).isPresent());
                })
                .toList();
    }

    private void checkOverlaps(UUID id, List<Event> its) {
        List<Run> runs = runs(its);
        for (int i = 0; i < runs.size(); i++) {
            for (int j = i + 1; j < runs.size(); j++) {
                Run one = runs.get(i);
                Run other = runs.get(j);
                if (one.attempt() == other.attempt()) {
                    violate(5, id, "was started twice in attempt " + one.attempt());
                } else if (other.start().nanos() < one.end() && !wasFenced(one)) {
                    violate(
                            5,
                            id,
                            "was started in attempt " + other.attempt() + " while attempt " + one.attempt() + " ran");
                }
            }
        }
    }

    /** A run is fenced before the next begins, where the storage took its task for dead; whoever is never robbed is not. */
    private boolean wasFenced(Run run) {
        return promise.robsPaused()
                && contents.historyOf(run.task()).stream()
                        .anyMatch(change -> change.closes(run.attempt()) && change.isCrash());
    }

    /** {@return the runs of which nobody knows how they ended, since their process died} */
    private List<Run> leftOpen() {
        List<Run> open = new ArrayList<>();
        byTask.forEach((id, its) -> runs(its).stream()
                .filter(run -> deaths.containsKey(run.start().process()) && !run.wasLost())
                .filter(run -> its.stream()
                        .noneMatch(event -> (event.kind() == Kind.DONE_ACK || event.kind() == Kind.ENDED)
                                && event.isOf(id, run.attempt())))
                .forEach(open::add));
        return open;
    }

    private void checkRecovery(Run run, List<Duration> taken, List<Duration> resumed) {
        long death = Objects.requireNonNull(deaths.get(run.start().process()));
        Optional<Change> closing = contents.historyOf(run.task()).stream()
                .filter(change -> change.closes(run.attempt()))
                .findFirst();
        if (closing.isEmpty()) {
            violate(6, run.task(), "was left by its process in attempt " + run.attempt() + ", and nobody cared");
            return;
        }
        if (!closing.get().isCrash()) {
            return;
        }
        Duration after = Duration.ofNanos(Math.max(0, closing.get().nanos() - death));
        taken.add(after);
        if (killed.contains(run.start().process()) && after.compareTo(promise.recovery()) > 0) {
            violate(6, run.task(), "was taken from its dead process after " + after.toMillis() + " ms");
        }
        Optional<Long> next = byTask.getOrDefault(run.task(), List.of()).stream()
                .filter(event -> event.kind() == Kind.START && event.attempt() > run.attempt())
                .map(Event::nanos)
                .findFirst();
        List<Change> history = contents.historyOf(run.task());
        Change last = history.get(history.size() - 1);
        if (next.isPresent() || !last.to().equals("PENDING")) {
            resumed.add(Duration.ofNanos(Math.max(0, next.orElse(last.nanos()) - death)));
        } else {
            violate(6, run.task(), "was taken from its dead process, and never started again");
        }
    }
}
