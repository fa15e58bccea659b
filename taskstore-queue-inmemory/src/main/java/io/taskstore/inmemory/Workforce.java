package io.taskstore.inmemory;

import io.taskstore.Check;
import io.taskstore.inmemory.WorkerStatistics.Totals;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** The workers of a process, with what those did that are gone. It is thread-safe. */
final class Workforce {

    private final Supplier<? extends Collection<Worker>> supplier;

    /** Guarded by this. */
    private final Set<Worker> known = Collections.newSetFromMap(new IdentityHashMap<>());

    /** What workers did that are not known any more; guarded by this. */
    private Totals before = Totals.NONE;

    Workforce(Supplier<? extends Collection<Worker>> supplier) {
        this.supplier = supplier;
    }

    private List<Worker> now() {
        return List.copyOf(Check.given("workers", supplier.get()));
    }

    /** {@return what all have done, which never becomes less} */
    Totals totals() {
        List<Worker> now = now();
        synchronized (this) {
            known.addAll(now);
            Totals sum = before;
            for (Worker worker : List.copyOf(known)) {
                boolean gone = worker.isClosed() && !now.contains(worker);
                Totals own = worker.totals();
                sum = sum.plus(own);
                if (gone) {
                    known.remove(worker);
                    before = before.plus(own);
                }
            }
            return sum;
        }
    }

    /** {@return the greatest values since this was asked last} */
    Tally.Peaks takePeaks() {
        return all().stream().map(Worker::takePeaks).reduce(Tally.Peaks.NONE, Tally.Peaks::and);
    }

    private List<Worker> all() {
        List<Worker> now = now();
        synchronized (this) {
            known.addAll(now);
            return new ArrayList<>(known);
        }
    }

    /** {@return how many handlers run} */
    long busy() {
        return all().stream().mapToLong(worker -> worker.statistics().busy()).sum();
    }

    /** {@return how many hints wait in the queues of the workers} */
    long hints() {
        return all().stream()
                .map(Worker::queue)
                .distinct()
                .mapToLong(queue -> queue.depth())
                .sum();
    }

    /** {@return how long tasks had been due that were claimed last by those that are behind} */
    Duration backlogAge() {
        return all().stream()
                .map(worker -> worker.statistics().backlogAge())
                .max(Comparator.naturalOrder())
                .orElse(Duration.ZERO);
    }
}
