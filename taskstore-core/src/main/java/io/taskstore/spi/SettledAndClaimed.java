package io.taskstore.spi;

import io.taskstore.Check;
import io.taskstore.Task;
import java.util.List;

/**
 * What became of settlements, and the tasks that the worker took with them.
 *
 * @param settled one answer for each settlement, in the same order
 * @param claimed the tasks that went on through these ends and are RUNNING by the worker now, in the order in which they should start
 */
public record SettledAndClaimed(List<Settled> settled, List<Task> claimed) {

    /** Copies the lists. */
    public SettledAndClaimed {
        Check.given("SettledAndClaimed.settled", settled);
        settled.forEach(one -> Check.given("SettledAndClaimed.settled member", one));
        settled = List.copyOf(settled);
        Check.given("SettledAndClaimed.claimed", claimed);
        claimed.forEach(task -> Check.given("SettledAndClaimed.claimed member", task));
        claimed = List.copyOf(claimed);
    }
}
