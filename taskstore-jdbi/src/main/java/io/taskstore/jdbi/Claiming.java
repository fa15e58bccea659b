package io.taskstore.jdbi;

import io.taskstore.jdbi.Statements.Candidate;
import io.taskstore.spi.ClaimRequest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/**
 * One claim: looks at what could be taken, chooses, and takes; and again where others took at the same moment what was
 * chosen. Used once.
 */
final class Claiming {

    private static final int LOOKS = 4;

    private final ClaimRequest request;
    private final int slots;
    private final Map<UUID, TaskRow> running = new HashMap<>();
    private final Set<UUID> tried = new LinkedHashSet<>();
    private final Map<String, Integer> perQueue = new HashMap<>();
    private boolean suspect;

    /** Whether the last look found something: others may have been faster with all of it, and there may be more. */
    private boolean found;

    Claiming(ClaimRequest request) {
        this.request = request;
        this.slots = request.slots().total();
        this.suspect = request.suspect();
    }

    /**
     * Takes what it can get.
     *
     * @param look finds so many candidates of each lane
     * @param take tells of those that could be taken
     */
    void claim(IntFunction<List<Candidate>> look, BiConsumer<List<UUID>, Consumer<TaskRow>> take) {
        boolean goesOn = true;
        for (int i = 0; i < LOOKS && goesOn && running.size() < slots && mayFindMore(); i++) {
            goesOn = take(look.apply((int) Math.min((long) slots + tried.size(), Integer.MAX_VALUE)), take);
        }
    }

    /**
     * Takes what it can get of what was seen a moment ago, and where that leaves room, of what there is now.
     *
     * @param seen candidates
     */
    void claim(
            List<Candidate> seen, IntFunction<List<Candidate>> look, BiConsumer<List<UUID>, Consumer<TaskRow>> take) {
        boolean unused = take(seen, take);
        claim(look, take);
    }

    /** {@return whether others took some at the same moment, so that another look may find more} */
    private boolean take(List<Candidate> candidates, BiConsumer<List<UUID>, Consumer<TaskRow>> take) {
        List<UUID> chosen = chosen(candidates);
        tried.addAll(chosen);
        if (!chosen.isEmpty()) {
            take.accept(chosen, this::took);
        }
        // where nobody else took any of these, there was nothing more to choose from
        found = !chosen.isEmpty() && running.size() < tried.size();
        return found;
    }

    /** {@return whether it names tasks, for all of which there is room, whatever their queues are} */
    boolean isNamedWithRoom() {
        return !request.suspect()
                && request.slots().perQueue().isEmpty()
                && request.slots().otherQueues()
                && request.ids().map(named -> named.size() <= slots).orElse(false);
    }

    /** Takes those of the named that it can get. */
    void claimNamed(BiConsumer<List<UUID>, Consumer<TaskRow>> take) {
        take.accept(List.copyOf(request.ids().orElseThrow()), this::took);
        running.values().stream().map(Candidate::of).sorted(order()).forEach(candidate -> tried.add(candidate.id()));
    }

    /** {@return whether there is anything that was not tried: where tasks are named, that is known without another look} */
    private boolean mayFindMore() {
        return request.ids().map(named -> !tried.containsAll(named)).orElse(true);
    }

    /** {@return whether more may be to be had, of what was not named} */
    boolean isMore() {
        return request.ids().isEmpty() && (running.size() == slots || found);
    }

    /** {@return what was taken so far, in the order in which it is to start} */
    List<TaskRow> taken() {
        return tried.stream()
                .filter(running::containsKey)
                .map(id -> Objects.requireNonNull(running.get(id)))
                .toList();
    }

    private void took(TaskRow row) {
        running.put(row.id(), row);
        perQueue.merge(row.task().queue(), 1, Integer::sum);
        suspect &= row.task().crashes() == 0;
    }

    /** {@return those of the candidates that it would take, in the order of their turns} */
    List<UUID> chosen(List<Candidate> candidates) {
        List<UUID> chosen = new ArrayList<>();
        Map<String, Integer> used = new HashMap<>(perQueue);
        boolean mayBeSuspect = suspect;
        for (Candidate candidate : candidates.stream().sorted(order()).toList()) {
            String queue = candidate.queue();
            if (running.size() + chosen.size() < slots
                    && !tried.contains(candidate.id())
                    && (!candidate.suspect() || mayBeSuspect)
                    && used.getOrDefault(queue, 0) < request.slots().free(queue)) {
                mayBeSuspect &= !candidate.suspect();
                used.merge(queue, 1, Integer::sum);
                chosen.add(candidate.id());
            }
        }
        return chosen;
    }

    private Comparator<Candidate> order() {
        Comparator<Candidate> byDue = Comparator.comparing(Candidate::due)
                .thenComparing(Candidate::createdAt)
                .thenComparing(Candidate::id, Ids.BY_TEXT);
        Comparator<Candidate> byPriority =
                Comparator.comparing(Candidate::priority).reversed();
        return request.oldestFirst() ? byDue : byPriority.thenComparing(byDue);
    }
}
