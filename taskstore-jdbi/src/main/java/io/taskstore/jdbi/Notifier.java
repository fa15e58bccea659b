package io.taskstore.jdbi;

import io.taskstore.Health;
import io.taskstore.jdbi.Line.Letter;
import io.taskstore.jdbi.Message.Passed;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Tells other processes of tasks, and of the workers here. Nobody waits for it: hints gather while a statement is on its way and
 * for 10 ms after the last one, and what has no room is refused. It is thread-safe.
 */
final class Notifier implements LineThread.Work {

    static final String PART = "hints";
    static final String NOT_YET = "not connected yet";

    private static final int CAPACITY = 1_000;
    private static final long GAP = Duration.ofMillis(10).toNanos();

    /** Changes that are over sooner are told to nobody. */
    private static final long SETTLING = Duration.ofMillis(20).toNanos();

    private final Crowd crowd;
    private final Channels channels;
    private final long beat;
    private final LongSupplier nanos;

    /** Is called at every heartbeat. */
    private final Runnable watch;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /** Guarded by the lock, as all that follows. */
    private final Map<UUID, Queue<Passed>> hints = new LinkedHashMap<>();

    private final Set<UUID> asking = new LinkedHashSet<>();
    private int size;
    private boolean open;
    private String wrong = "";
    private boolean ended;
    private long lost;
    private int sending;
    private boolean changing;
    private long changedAt;
    private long hintedAt;

    /** What is to be sent now: to whom which hints, who asked for the workers here, and whether all should hear of them. */
    private record Batch(List<Letter> hints, List<UUID> asking, boolean changed, boolean last) {}

    Notifier(Crowd crowd, Channels channels, Duration beat, LongSupplier nanos, Runnable watch) {
        this.crowd = crowd;
        this.channels = channels;
        this.beat = beat.toNanos();
        this.nanos = nanos;
        this.watch = watch;
        this.hintedAt = nanos.getAsLong() - GAP;
    }

    /** {@return whether the process will be told, as far as one can know} */
    boolean tell(UUID process, Passed hint) {
        lock.lock();
        try {
            boolean fits = open && !ended && size < CAPACITY;
            if (fits) {
                hints.computeIfAbsent(process, other -> new ArrayDeque<>()).add(hint);
                size++;
                changed.signal();
            } else {
                lost++;
            }
            return fits;
        } finally {
            lock.unlock();
        }
    }

    /** Tells the process which asked for it about the workers here. */
    void answer(UUID process) {
        change(() -> asking.add(process));
    }

    /** Tells all processes about the workers here, if there still is something new then. */
    void tellOfWorkers() {
        change(() -> {
            if (!changing) {
                changing = true;
                changedAt = nanos.getAsLong();
            }
        });
    }

    /** Has the work end as soon as what is there was sent. */
    void end() {
        change(() -> ended = true);
    }

    private void change(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /** {@return how the telling is; the detail is what to know of it, and empty if there is nothing} */
    Health health() {
        lock.lock();
        try {
            if (!wrong.isEmpty()) {
                return Health.of(PART, Health.Level.DEGRADED, "no hints reach other processes: " + wrong);
            }
            String sent = lost == 0 ? "" : lost + " hints were not sent";
            return Health.of(PART, Health.Level.UP, open ? sent : NOT_YET);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void on(Line line) throws SQLException, InterruptedException {
        change(() -> {
            open = true;
            wrong = "";
        });
        Batch batch;
        do {
            batch = next();
            line.send(letters(batch));
            change(() -> sending = 0);
            line.proves();
            watch.run();
        } while (!batch.last());
        line.send(List.of(new Letter(channels.all(), MessageText.of(crowd.farewell()))));
    }

    @Override
    public void failed(Throwable failure) {
        change(() -> {
            open = false;
            wrong = String.valueOf(
                    Failures.ofStatement(Call.of("notify"), failure).getMessage());
            lost += size + sending;
            size = 0;
            sending = 0;
            hints.clear();
            asking.clear();
        });
    }

    /** {@return what is to be sent, when there is something, and nothing at each heartbeat} */
    private Batch next() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long until = nanos.getAsLong() + beat;
            long left = due(until) - nanos.getAsLong();
            while (left > 0 && !ended) {
                long unused = changed.awaitNanos(left);
                left = due(until) - nanos.getAsLong();
            }
            return take();
        } finally {
            lock.unlock();
        }
    }

    private long due(long until) {
        long due = until;
        if (!hints.isEmpty()) {
            due = earlier(due, hintedAt + GAP);
        }
        if (changing) {
            due = earlier(due, changedAt + SETTLING);
        }
        return asking.isEmpty() ? due : nanos.getAsLong();
    }

    private static long earlier(long one, long other) {
        return one - other < 0 ? one : other;
    }

    private Batch take() {
        long now = nanos.getAsLong();
        List<Letter> letters = new ArrayList<>();
        if (!hints.isEmpty() && (ended || now - hintedAt >= GAP)) {
            hintedAt = now;
            hints.forEach((process, to) -> letters.add(new Letter(Channels.of(process), MessageText.ofFirst(to))));
            hints.values().removeIf(Queue::isEmpty);
            int left = hints.values().stream().mapToInt(Queue::size).sum();
            sending = size - left;
            size = left;
        }
        boolean settled = changing && now - changedAt >= SETTLING;
        changing &= !settled;
        Batch batch = new Batch(letters, List.copyOf(asking), settled, ended && hints.isEmpty());
        asking.clear();
        return batch;
    }

    private List<Letter> letters(Batch batch) {
        List<Letter> letters = new ArrayList<>(batch.hints());
        boolean news = batch.changed() && crowd.isNews();
        if (news) {
            letters.add(new Letter(channels.all(), MessageText.of(crowd.presenceForAll(false))));
        } else if (!batch.asking().isEmpty()) {
            String text = MessageText.of(crowd.presence());
            batch.asking().forEach(process -> letters.add(new Letter(Channels.of(process), text)));
        }
        return letters;
    }
}
