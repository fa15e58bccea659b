package io.taskstore.inmemory;

import io.taskstore.LogEntry;
import io.taskstore.LogLevel;
import io.taskstore.Progress;
import io.taskstore.spi.Claim;
import io.taskstore.spi.RunLog;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/** What handlers said about their runs and is not stored yet. It is thread-safe; the storage is called without a lock. */
final class Journal {

    /** How many characters wait at most, as while the storage is down; what is said then is lost. */
    private static final long MOST = 32_000_000;

    /** What a line takes beside its message, in characters. */
    private static final int FRAME = 200;

    /** After how many lines they are stored without waiting for an end. */
    private static final int MANY = 1_000;

    private static final int AT_ONCE = 1_000;

    /** How many lines the storage may refuse one by one until it is not asked about the others that were to go with them. */
    private static final int MOST_REFUSED = 10;

    /** Stands in a log in the place of a line that the storage will not have. */
    private static final String NOT_STORED = "this line could not be stored";

    /** How long it takes at least until the progress of a run is stored once more, unless the run has ended. */
    private static final long APART = Duration.ofMillis(200).toNanos();

    private final RunLog runLog;
    private final Complaints complaints;
    private final LongSupplier nanos;
    private final Runnable call;

    /** Guarded by this. */
    private final Deque<LogEntry> lines = new ArrayDeque<>();

    /** How many characters the lines have; guarded by this. */
    private long characters;

    /** Guarded by this. */
    private final Map<Claim, Progress> progress = new LinkedHashMap<>();

    /** When the progress of a run was stored, if that was lately; guarded by this. */
    private final Map<Claim, Long> stored = new HashMap<>();

    /** Has no lines yet; calls for a flush where there are many. */
    Journal(RunLog runLog, Complaints complaints, LongSupplier nanos, Runnable call) {
        this.runLog = runLog;
        this.complaints = complaints;
        this.nanos = nanos;
        this.call = call;
    }

    /** {@return whether there was room for the line} */
    boolean add(LogEntry line) {
        int waiting = keep(line, MOST);
        if (waiting == 0) {
            complaints.loss("a line of the log of task " + line.taskId() + " is dropped: too many wait to be stored");
        } else if (waiting % MANY == 0) {
            call.run();
        }
        return waiting > 0;
    }

    /** Adds the line that ends a log, of which each run has one at most. */
    void addLast(LogEntry line) {
        int unused = keep(line, Long.MAX_VALUE);
    }

    /** {@return how many lines wait then; 0 if there was no room} */
    private synchronized int keep(LogEntry line, long most) {
        long more = size(line);
        if (characters + more > most) {
            return 0;
        }
        lines.add(line);
        characters += more;
        return lines.size();
    }

    private static long size(LogEntry line) {
        return line.message().length() + (long) FRAME;
    }

    synchronized void add(Claim claim, Progress latest) {
        progress.put(claim, latest);
    }

    /**
     * Stores what there is now, but for the progress of runs of which some was stored a moment ago. What cannot be stored at the
     * moment stays; what the storage will not have goes, and a line leaves a word in its place.
     *
     * @param ended the runs that end with this, of which all is stored
     */
    void flush(Set<Claim> ended) {
        int left = count();
        while (left > 0) {
            List<LogEntry> some = takeLines(Math.min(left, AT_ONCE));
            left -= some.size();
            if (append(some).isPresent()) {
                appendOneByOne(some);
            }
        }
        Map<Claim, Progress> latest = takeProgress(ended);
        if (!latest.isEmpty()) {
            store(() -> runLog.progress(latest), () -> putBack(latest))
                    .ifPresent(e -> complaints.loss("the progress of " + latest.size() + " runs is dropped", e));
        }
    }

    private Optional<RuntimeException> append(List<LogEntry> some) {
        return store(() -> runLog.append(some), () -> putBack(some));
    }

    /** One line that the storage will not have keeps none of the others. */
    private void appendOneByOne(List<LogEntry> lines) {
        int refused = 0;
        for (int i = 0; i < lines.size(); i++) {
            int next = i;
            LogEntry line = lines.get(i);
            Optional<RuntimeException> refusal =
                    store(() -> runLog.append(List.of(line)), () -> putBack(lines.subList(next, lines.size())));
            if (refusal.isPresent()) {
                refused++;
                if (refused == MOST_REFUSED) {
                    complaints.loss(lines.size() - i + " lines of logs are dropped", refusal.get());
                    return;
                }
                complaints.loss("a line of the log of task " + line.taskId() + " is dropped", refusal.get());
                Optional<RuntimeException> unused = store(
                        () -> runLog.append(List.of(instead(line))), () -> putBack(lines.subList(next, lines.size())));
            }
        }
    }

    private static LogEntry instead(LogEntry line) {
        return new LogEntry(line.taskId(), line.attempt(), line.line(), line.at(), LogLevel.WARN, NOT_STORED);
    }

    /** {@return why the storage will not have it, if so} */
    private static Optional<RuntimeException> store(Runnable storing, Runnable puttingBack) {
        try {
            storing.run();
            return Optional.empty();
        } catch (RuntimeException e) {
            if (Settler.isForNow(e)) {
                puttingBack.run();
                throw e;
            }
            return Optional.of(e);
        }
    }

    private synchronized int count() {
        return lines.size();
    }

    private synchronized List<LogEntry> takeLines(int most) {
        List<LogEntry> taken = new ArrayList<>();
        while (taken.size() < most && !lines.isEmpty()) {
            LogEntry line = lines.remove();
            characters -= size(line);
            taken.add(line);
        }
        return taken;
    }

    private synchronized void putBack(List<LogEntry> unsaved) {
        for (int i = unsaved.size() - 1; i >= 0; i--) {
            lines.addFirst(unsaved.get(i));
            characters += size(unsaved.get(i));
        }
    }

    private synchronized Map<Claim, Progress> takeProgress(Set<Claim> ended) {
        Map<Claim, Progress> taken = new LinkedHashMap<>();
        if (progress.isEmpty()) {
            return taken;
        }
        long now = nanos.getAsLong();
        stored.values().removeIf(at -> now - at >= APART);
        stored.keySet().removeAll(ended);
        progress.forEach((claim, latest) -> {
            if (!stored.containsKey(claim)) {
                taken.put(claim, latest);
            }
        });
        progress.keySet().removeAll(taken.keySet());
        taken.keySet().stream().filter(claim -> !ended.contains(claim)).forEach(claim -> stored.put(claim, now));
        return taken;
    }

    private synchronized void putBack(Map<Claim, Progress> unsaved) {
        unsaved.keySet().forEach(stored::remove);
        unsaved.forEach(progress::putIfAbsent);
    }
}
