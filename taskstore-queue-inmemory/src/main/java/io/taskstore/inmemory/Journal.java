package io.taskstore.inmemory;

import io.taskstore.LogEntry;
import io.taskstore.Progress;
import io.taskstore.spi.Claim;
import io.taskstore.spi.RunLog;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What handlers said about their runs and is not stored yet. It is thread-safe; the storage is called without a lock. */
final class Journal {

    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);

    /** How many lines wait at most, as while the storage is down; the oldest go. */
    private static final int MOST = 10_000;

    private static final int AT_ONCE = 1_000;

    private final RunLog runLog;

    /** Guarded by this. */
    private final Deque<LogEntry> lines = new ArrayDeque<>();

    /** Guarded by this. */
    private final Map<Claim, Progress> progress = new LinkedHashMap<>();

    Journal(RunLog runLog) {
        this.runLog = runLog;
    }

    /** {@return whether it was empty before} */
    synchronized boolean add(LogEntry line) {
        boolean first = isEmpty();
        if (lines.size() == MOST) {
            LogEntry dropped = lines.remove();
            LOG.warn("a line of the log of task {} is dropped: too many wait to be stored", dropped.taskId());
        }
        lines.add(line);
        return first;
    }

    /** {@return whether it was empty before} */
    synchronized boolean add(Claim claim, Progress latest) {
        boolean first = isEmpty();
        progress.put(claim, latest);
        return first;
    }

    synchronized boolean isEmpty() {
        return lines.isEmpty() && progress.isEmpty();
    }

    /** Stores all of it. What cannot be stored stays. */
    void flush() {
        List<LogEntry> some = takeLines();
        while (!some.isEmpty()) {
            try {
                runLog.append(some);
            } catch (RuntimeException e) {
                putBack(some);
                throw e;
            }
            some = takeLines();
        }
        Map<Claim, Progress> latest = takeProgress();
        if (!latest.isEmpty()) {
            try {
                runLog.progress(latest);
            } catch (RuntimeException e) {
                putBack(latest);
                throw e;
            }
        }
    }

    private synchronized List<LogEntry> takeLines() {
        List<LogEntry> taken = new ArrayList<>();
        while (taken.size() < AT_ONCE && !lines.isEmpty()) {
            taken.add(lines.remove());
        }
        return taken;
    }

    private synchronized void putBack(List<LogEntry> unsaved) {
        for (int i = unsaved.size() - 1; i >= 0 && lines.size() < MOST; i--) {
            lines.addFirst(unsaved.get(i));
        }
    }

    private synchronized Map<Claim, Progress> takeProgress() {
        Map<Claim, Progress> taken = new LinkedHashMap<>(progress);
        progress.clear();
        return taken;
    }

    private synchronized void putBack(Map<Claim, Progress> unsaved) {
        unsaved.forEach(progress::putIfAbsent);
    }
}
