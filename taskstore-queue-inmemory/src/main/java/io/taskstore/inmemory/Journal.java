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

/** What handlers said about their runs and is not stored yet. It is thread-safe; the storage is called without a lock. */
final class Journal {

    /** How many lines wait at most, as while the storage is down; the others are lost. */
    private static final int MOST = 10_000;

    private static final int AT_ONCE = 1_000;

    private final RunLog runLog;
    private final Complaints complaints;

    /** Guarded by this. */
    private final Deque<LogEntry> lines = new ArrayDeque<>();

    /** Guarded by this. */
    private final Map<Claim, Progress> progress = new LinkedHashMap<>();

    Journal(RunLog runLog, Complaints complaints) {
        this.runLog = runLog;
        this.complaints = complaints;
    }

    void add(LogEntry line) {
        if (!keep(line)) {
            complaints.loss("a line of the log of task " + line.taskId() + " is dropped: too many wait to be stored");
        }
    }

    private synchronized boolean keep(LogEntry line) {
        boolean room = lines.size() < MOST;
        if (room) {
            lines.add(line);
        }
        return room;
    }

    synchronized void add(Claim claim, Progress latest) {
        progress.put(claim, latest);
    }

    /** Stores what there is now. What cannot be stored at the moment stays; what the storage will not have goes. */
    void flush() {
        int left = count();
        while (left > 0) {
            List<LogEntry> some = takeLines(Math.min(left, AT_ONCE));
            left -= some.size();
            store("lines of logs", () -> runLog.append(some), () -> putBack(some));
        }
        Map<Claim, Progress> latest = takeProgress();
        if (!latest.isEmpty()) {
            store("the progress of runs", () -> runLog.progress(latest), () -> putBack(latest));
        }
    }

    private void store(String what, Runnable storing, Runnable puttingBack) {
        try {
            storing.run();
        } catch (RuntimeException e) {
            if (Settler.isForNow(e)) {
                puttingBack.run();
                throw e;
            }
            complaints.about("storing " + what, e);
        }
    }

    private synchronized int count() {
        return lines.size();
    }

    private synchronized List<LogEntry> takeLines(int most) {
        List<LogEntry> taken = new ArrayList<>();
        while (taken.size() < most && !lines.isEmpty()) {
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
