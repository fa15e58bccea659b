package io.taskstore.spi;

import io.taskstore.LogEntry;
import io.taskstore.Progress;
import java.util.Collection;
import java.util.Map;
import java.util.Set;

/** The port through which workers write down what handlers say about their runs. */
public interface RunLog {

    /**
     * Adds lines to the logs of runs, in one transaction. A line that is there already, by task, attempt and number, stays
     * as it is, and lines of tasks that are gone are left out.
     */
    void append(Collection<LogEntry> entries);

    /**
     * Stores how far runs have come, in one transaction. It changes no version and no history.
     *
     * @return the claims that are lost; their tasks were not changed
     */
    Set<Claim> progress(Map<Claim, Progress> progress);
}
