package io.taskstore.inmemory;

import io.taskstore.TaskEvent.Kind;
import io.taskstore.inmemory.WorkerStatistics.Totals;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * What is counted of workers.
 *
 * @param metric the name under which it is told
 * @param count finds it in the totals
 */
record Counted(String metric, ToLongFunction<Totals> count) {

    static final List<Counted> ALL = List.of(
            new Counted("tasks.claimed", Totals::claimed),
            new Counted("tasks.recovered", Totals::recovered),
            of("tasks.started", Kind.STARTED),
            of("tasks.completed", Kind.COMPLETED),
            of("tasks.retried", Kind.RETRIED),
            of("tasks.snoozed", Kind.SNOOZED),
            of("tasks.failed", Kind.FAILED),
            of("tasks.cancelled", Kind.CANCELLED),
            of("tasks.released", Kind.RELEASED),
            of("tasks.lost", Kind.CLAIM_LOST),
            of("tasks.stuck", Kind.STUCK));

    private static Counted of(String metric, Kind kind) {
        return new Counted(metric, totals -> totals.of(kind));
    }

    long in(Totals totals) {
        return count.applyAsLong(totals);
    }
}
