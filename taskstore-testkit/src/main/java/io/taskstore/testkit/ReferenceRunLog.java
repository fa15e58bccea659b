package io.taskstore.testkit;

import io.taskstore.LogEntry;
import io.taskstore.Progress;
import io.taskstore.spi.Claim;
import io.taskstore.spi.RunLog;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The reference for {@link RunLog}. */
final class ReferenceRunLog implements RunLog {

    private final State state;

    ReferenceRunLog(State state) {
        this.state = state;
    }

    @Override
    public void append(Collection<LogEntry> entries) {
        state.transaction(() -> {
            for (LogEntry entry : entries) {
                boolean known = state.logs.stream().anyMatch(line -> isSameLine(line, entry));
                if (!known && state.find(entry.taskId()).isPresent()) {
                    state.logs.add(entry);
                }
            }
            return state.logs.size();
        });
    }

    private static boolean isSameLine(LogEntry one, LogEntry other) {
        return one.taskId().equals(other.taskId()) && one.attempt() == other.attempt() && one.line() == other.line();
    }

    @Override
    public Set<Claim> progress(Map<Claim, Progress> progress) {
        return state.transaction(() -> {
            Set<Claim> lost = new HashSet<>();
            progress.forEach((claim, value) -> {
                Optional<Row> held = state.find(claim.taskId()).filter(row -> row.isHeldBy(claim));
                held.ifPresentOrElse(row -> state.put(row.with(task -> task.progress(value))), () -> lost.add(claim));
            });
            return lost;
        });
    }
}
