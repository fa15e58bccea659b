package io.taskstore.testkit;

import io.taskstore.Hint;
import io.taskstore.LogEntry;
import io.taskstore.MetricSample;
import io.taskstore.StorageUnavailableException;
import io.taskstore.TaskRepository.News;
import io.taskstore.TaskStatus;
import io.taskstore.WorkerId;
import io.taskstore.WorkerProfile;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * All that the reference holds, under one lock: its own monitor. Everything but {@link #listeners}, {@link #clock} and {@link #ids}
 * is touched only within {@link #transaction}.
 */
final class State {

    /** The order of ids as text, which is that of their unsigned halves, without making the texts. */
    static final Comparator<UUID> AS_TEXT = (one, other) -> {
        int high = Long.compareUnsigned(one.getMostSignificantBits(), other.getMostSignificantBits());
        return high != 0 ? high : Long.compareUnsigned(one.getLeastSignificantBits(), other.getLeastSignificantBits());
    };

    static final Comparator<Row> OLDEST_FIRST =
            Comparator.comparing((Row row) -> row.task().createdAt()).thenComparing(Row::id, AS_TEXT);

    final InstantSource clock;
    final Supplier<UUID> ids;
    final List<Consumer<News>> listeners = new CopyOnWriteArrayList<>();

    final Map<UUID, ReferenceWorkflows.Header> workflows = new LinkedHashMap<>();
    final Set<String> paused = new LinkedHashSet<>();
    final Map<String, Turn> turns = new LinkedHashMap<>();
    final Map<WorkerId, WorkerProfile> alive = new LinkedHashMap<>();
    final List<LogEntry> logs = new ArrayList<>();
    final List<MetricSample> samples = new ArrayList<>();
    private boolean closed;

    private final Map<UUID, Row> rows = new LinkedHashMap<>();
    /** The rows as they were before the transaction that is under way. */
    private final Map<UUID, Optional<Row>> before = new LinkedHashMap<>();

    /** Who has the turn for a duty, and until when. */
    record Turn(UUID holder, Instant until) {}

    State(InstantSource clock, Supplier<UUID> ids) {
        this.clock = clock;
        this.ids = ids;
    }

    /** {@return what the body answers} If it throws, the tasks are what they were. Listeners are told without the lock. */
    <R> R transaction(Supplier<R> body) {
        R answer;
        News news;
        synchronized (this) {
            if (closed) {
                throw new StorageUnavailableException("the storage is closed; open another one", null);
            }
            before.clear();
            try {
                answer = body.get();
            } catch (RuntimeException e) {
                before.forEach((id, row) -> row.ifPresentOrElse(old -> rows.put(id, old), () -> rows.remove(id)));
                throw e;
            }
            news = news();
        }
        if (!news.ended().isEmpty() || !news.claimable().isEmpty()) {
            listeners.forEach(listener -> listener.accept(news));
        }
        return answer;
    }

    private News news() {
        Set<UUID> ended = new LinkedHashSet<>();
        List<Hint> claimable = new ArrayList<>();
        before.forEach((id, old) -> {
            Optional<Row> now = find(id);
            if (isGone(now) && !isGone(old)) {
                ended.add(id);
            } else if (old.filter(row -> row.status() != TaskStatus.PENDING).isPresent()) {
                now.filter(this::isClaimable).ifPresent(row -> claimable.add(Hint.of(row.task())));
            }
        });
        return new News(ended, claimable);
    }

    /** {@return whether the task has ended, or is not there} */
    private static boolean isGone(Optional<Row> row) {
        return row.map(found -> found.status().isTerminal()).orElse(true);
    }

    /** {@return whether a worker may have the task now, by its status, its time and its queue} */
    boolean isClaimable(Row row) {
        return row.status() == TaskStatus.PENDING
                && row.task().runAt().map(runAt -> !runAt.isAfter(now())).orElse(true)
                && !paused.contains(row.task().queue());
    }

    void close() {
        synchronized (this) {
            closed = true;
        }
        listeners.forEach(listener -> listener.accept(new News(Set.of(), List.of())));
    }

    Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }

    Optional<Row> find(UUID id) {
        return Optional.ofNullable(rows.get(id));
    }

    Collection<Row> all() {
        return List.copyOf(rows.values());
    }

    List<Row> ofWorkflow(UUID workflowId) {
        return rows.values().stream()
                .filter(row ->
                        row.task().workflowId().filter(workflowId::equals).isPresent())
                .toList();
    }

    Row put(Row row) {
        before.putIfAbsent(row.id(), find(row.id()));
        rows.put(row.id(), row);
        return row;
    }

    void remove(UUID id) {
        before.putIfAbsent(id, find(id));
        rows.remove(id);
        logs.removeIf(line -> line.taskId().equals(id));
    }

    /** {@return the task that holds the unique key: one that has not ended} */
    Optional<Row> holderOf(String uniqueKey) {
        return rows.values().stream()
                .filter(row -> !row.status().isTerminal())
                .filter(row -> row.task().uniqueKey().filter(uniqueKey::equals).isPresent())
                .findFirst();
    }

    boolean isAlive(WorkerId worker) {
        return alive.containsKey(worker);
    }

    static boolean isRunningByWorker(Row row) {
        return row.status() == TaskStatus.RUNNING && row.task().worker().isPresent();
    }
}
