package io.taskstore.testkit;

import io.taskstore.Check;
import io.taskstore.Task;
import io.taskstore.TaskError;
import io.taskstore.TaskStatus;
import io.taskstore.WorkerId;
import io.taskstore.WorkerProfile;
import io.taskstore.spi.Claim;
import io.taskstore.spi.ClaimRequest;
import io.taskstore.spi.Claimed;
import io.taskstore.spi.Held;
import io.taskstore.spi.Lease;
import io.taskstore.spi.Recovered;
import io.taskstore.spi.Settled;
import io.taskstore.spi.SettledAndClaimed;
import io.taskstore.spi.Settlement;
import io.taskstore.spi.TaskClaims;
import io.taskstore.testkit.Row.Why;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The reference for {@link TaskClaims}. Its workers live until they are retired or killed. */
final class ReferenceClaims implements TaskClaims {

    private static final Instant END_OF_TIME = Instant.parse("9999-12-31T23:59:59.999999Z");
    private static final Duration BEAT = Duration.ofSeconds(3);

    private final State state;
    private final Dependencies dependencies;

    ReferenceClaims(State state) {
        this.state = state;
        this.dependencies = new Dependencies(state);
    }

    @Override
    public WorkerId register(WorkerProfile profile) {
        return state.transaction(() -> {
            WorkerId worker = new WorkerId(state.ids.get());
            state.alive.put(worker, profile);
            return worker;
        });
    }

    @Override
    public Lease heartbeat(WorkerId worker) {
        return state.transaction(() -> new Lease(state.isAlive(worker), BEAT, Optional.empty(), BEAT));
    }

    @Override
    public List<Recovered> retire(WorkerId worker) {
        return state.transaction(() -> {
            if (state.alive.remove(worker) == null) {
                return List.of();
            }
            return running(worker)
                    .map(Claim::of)
                    .map(claim -> new Settlement.Released(claim, Optional.empty(), "its worker was closed"))
                    .map(release -> new Recovered(
                            release.claim(),
                            end(held(release.claim()).orElseThrow(), release).task()))
                    .toList();
        });
    }

    @Override
    public Claimed claim(ClaimRequest request) {
        return state.transaction(() -> {
            if (!state.isAlive(request.worker())) {
                return new Claimed(List.of(), false, Optional.empty());
            }
            List<Task> claimed = taken(request);
            boolean more =
                    request.ids().isEmpty() && claimed.size() == request.slots().total();
            boolean tellsNext = request.ids().isEmpty() && !more;
            return new Claimed(claimed, more, tellsNext ? dueIn(request) : Optional.empty());
        });
    }

    private List<Task> taken(ClaimRequest request) {
        List<Task> claimed = new ArrayList<>();
        Map<String, Integer> taken = new HashMap<>();
        boolean suspect = request.suspect();
        for (Row row : wanted(request)
                .filter(state::isClaimable)
                .sorted(order(request))
                .toList()) {
            String queue = row.task().queue();
            boolean suspicious = row.task().crashes() > 0;
            if ((!suspicious || suspect)
                    && claimed.size() < request.slots().total()
                    && taken.getOrDefault(queue, 0) < request.slots().free(queue)) {
                suspect &= !suspicious;
                taken.merge(queue, 1, Integer::sum);
                Row running = ReferenceTasks.claimed(row, request.worker(), state.now());
                claimed.add(state.put(running).task());
            }
        }
        return claimed;
    }

    private Stream<Row> wanted(ClaimRequest request) {
        return state.all().stream()
                .filter(row -> row.status() == TaskStatus.PENDING)
                .filter(row -> request.ids().map(ids -> ids.contains(row.id())).orElse(true))
                .filter(row -> request.types().contains(row.task().type()))
                .filter(row -> request.slots().otherQueues()
                        || request.slots().perQueue().containsKey(row.task().queue()));
    }

    private Optional<Duration> dueIn(ClaimRequest request) {
        Instant now = state.now();
        return wanted(request)
                .filter(row -> !state.paused.contains(row.task().queue()))
                .filter(row -> request.slots().free(row.task().queue()) > 0)
                .flatMap(row -> row.task().runAt().stream())
                .filter(now::isBefore)
                .min(Comparator.naturalOrder())
                .map(due -> Duration.between(now, due));
    }

    /** What is claimed one after the other. */
    private record Lane(int priority, String queue, String type, boolean scheduled) {

        static Lane of(Task task) {
            return new Lane(
                    task.priority(), task.queue(), task.type(), task.runAt().isPresent());
        }
    }

    @Override
    public Optional<Instant> dueSince(Set<String> types, Set<String> queues) {
        types.forEach(type -> Check.name("types member", type));
        queues.forEach(queue -> Check.name("queues member", queue));
        return state.transaction(() -> {
            Set<Lane> begun = new HashSet<>();
            return state.all().stream()
                    .filter(row -> row.status() == TaskStatus.PENDING)
                    .filter(row -> types.isEmpty() || types.contains(row.task().type()))
                    .filter(row ->
                            queues.isEmpty() || queues.contains(row.task().queue()))
                    .sorted(BY_DUE)
                    .filter(row -> row.task().crashes() > 0 || begun.add(Lane.of(row.task())))
                    .filter(state::isClaimable)
                    .map(row -> dueSince(row.task()))
                    .min(Comparator.naturalOrder());
        });
    }

    private static Instant dueSince(Task task) {
        return Stream.concat(Stream.of(task.createdAt(), task.updatedAt()), task.runAt().stream())
                .max(Comparator.naturalOrder())
                .orElseThrow();
    }

    private static final Comparator<Row> BY_DUE = Comparator.comparing(
                    (Row row) -> row.task().runAt().orElse(row.task().createdAt()))
            .thenComparing(State.OLDEST_FIRST);

    private static Comparator<Row> order(ClaimRequest request) {
        Comparator<Row> byPriority =
                Comparator.comparing((Row row) -> row.task().priority()).reversed();
        return request.oldestFirst() ? BY_DUE : byPriority.thenComparing(BY_DUE);
    }

    @Override
    public List<Settled> settle(List<Settlement> settlements) {
        return state.transaction(() -> settlements.stream().map(this::settle).toList());
    }

    @Override
    public SettledAndClaimed settleAndClaim(List<Settlement> settlements, ClaimRequest request) {
        return state.transaction(() -> {
            Set<UUID> waiting = state.all().stream()
                    .filter(row -> row.status() == TaskStatus.WAITING)
                    .map(Row::id)
                    .collect(Collectors.toSet());
            List<Settled> settled = settlements.stream().map(this::settle).toList();
            List<Task> claimed = state.isAlive(request.worker()) ? taken(request.hinted(waiting)) : List.of();
            return new SettledAndClaimed(settled, claimed);
        });
    }

    private Settled settle(Settlement settlement) {
        Claim claim = settlement.claim();
        Optional<Row> held = held(claim);
        if (held.isEmpty()) {
            return new Settled(claim, state.find(claim.taskId()).flatMap(row -> settledBefore(row, settlement)));
        }
        Row ended = end(held.get(), settlement);
        state.put(ended.settled(claim, settlement.getClass()));
        return new Settled(claim, Optional.of(ended.status()));
    }

    private Optional<Row> held(Claim claim) {
        return state.find(claim.taskId()).filter(row -> row.isHeldBy(claim));
    }

    private Row end(Row held, Settlement settlement) {
        Row ended = state.put(after(held, settlement));
        if (ended.status().isTerminal()) {
            dependencies.afterEnd(ended);
        }
        return ended;
    }

    /** {@return what the task became when this very claim was settled in the same way, if it was} */
    private static Optional<TaskStatus> settledBefore(Row row, Settlement settlement) {
        Claim claim = settlement.claim();
        return settlement.getClass().equals(row.settled().get(claim))
                ? row.statusHistory().executions().stream()
                        .filter(run -> run.attempt() == claim.attempt())
                        .findFirst()
                        .flatMap(run -> run.endedAs())
                : Optional.empty();
    }

    private Row after(Row row, Settlement settlement) {
        Why why = Why.NOTHING.by(Optional.of(settlement.claim().worker())).ran(settlement.ran());
        Task task = row.task();
        if (settlement instanceof Settlement.Completed completed) {
            return row.moved(
                    TaskStatus.COMPLETED,
                    state.now(),
                    why,
                    changed -> changed.result(completed.result().orElse(null)).error(null));
        } else if (settlement instanceof Settlement.Failed failed) {
            return row.moved(
                    TaskStatus.FAILED,
                    state.now(),
                    why.error(failed.error()),
                    changed -> changed.error(failed.error()).failures(task.failures() + 1));
        } else if (settlement instanceof Settlement.Cancelled cancelled) {
            return row.moved(
                    TaskStatus.CANCELLED,
                    state.now(),
                    why.note(Optional.of(cancelled.note())),
                    UnaryOperator.identity());
        } else if (settlement instanceof Settlement.Retried retried) {
            return again(
                    row,
                    why.error(retried.error()),
                    changed -> changed.error(retried.error())
                            .failures(task.failures() + 1)
                            .runAt(later(retried.delay())));
        } else if (settlement instanceof Settlement.Snoozed snoozed) {
            return again(row, why, changed -> changed.runAt(later(snoozed.delay())));
        }
        String note = ((Settlement.Released) settlement).note();
        return again(row, why.note(Optional.of(note)), changed -> changed.runAt(null));
    }

    /** {@return the row, PENDING again; a request to cancel it is granted now} */
    private Row again(Row row, Why why, UnaryOperator<Task.Builder> also) {
        return row.task().cancelRequested()
                ? row.moved(
                        TaskStatus.CANCELLED,
                        state.now(),
                        why.note(Optional.of("a cancel was requested")),
                        task -> also.apply(task).runAt(row.task().runAt().orElse(null)))
                : row.moved(TaskStatus.PENDING, state.now(), why, also);
    }

    private Instant later(Duration delay) {
        Duration rest = Duration.between(state.now(), END_OF_TIME);
        return delay.compareTo(rest) < 0 ? state.now().plus(delay).truncatedTo(ChronoUnit.MICROS) : END_OF_TIME;
    }

    @Override
    public List<Held> held(WorkerId worker) {
        return state.transaction(() -> running(worker)
                .map(task -> new Held(Claim.of(task), task.cancelRequested()))
                .toList());
    }

    @Override
    public List<Recovered> recover() {
        return state.transaction(() -> state.all().stream()
                .filter(State::isRunningByWorker)
                .filter(row -> !row.task().worker().map(state::isAlive).orElse(false))
                .map(this::recovered)
                .toList());
    }

    private Recovered recovered(Row row) {
        Claim claim = Claim.of(row.task());
        int crashes = row.task().crashes() + 1;
        Why why = Why.NOTHING.by(Optional.of(claim.worker()));
        Row after;
        if (row.task().cancelRequested() || crashes < POISON_CRASHES) {
            TaskError crash = new TaskError(TaskError.CRASH, "its worker is not alive any more");
            after = again(
                    row,
                    why.error(crash),
                    task -> task.error(crash).crashes(crashes).runAt(null));
        } else {
            TaskError poison = new TaskError(TaskError.POISON, "it took its process down " + crashes + " times");
            after = row.moved(
                    TaskStatus.FAILED,
                    state.now(),
                    why.error(poison),
                    task -> task.error(poison).crashes(crashes));
        }
        state.put(after);
        if (after.status().isTerminal()) {
            dependencies.afterEnd(after);
        }
        return new Recovered(claim, after.task());
    }

    private Stream<Task> running(WorkerId worker) {
        return state.all().stream()
                .map(Row::task)
                .filter(task -> task.status() == TaskStatus.RUNNING)
                .filter(task -> task.worker().filter(worker::equals).isPresent());
    }
}
