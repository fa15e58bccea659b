package io.taskstore.testkit;

import io.taskstore.Created;
import io.taskstore.Task;
import io.taskstore.WorkerId;
import io.taskstore.spi.Claim;
import io.taskstore.spi.Claimed;
import io.taskstore.spi.SettledAndClaimed;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What calls of a sequence learned for those after them. Both sides share it: the reference gives out the worker ids that
 * the other storage made.
 */
final class ModelMemory {

    private static final Pattern UUID_TEXT = Pattern.compile("\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}");
    private static final int NAMED = 1_000;

    private final List<WorkerId> workers = new ArrayList<>();
    private final List<Claim> claims = new ArrayList<>();
    private @Nullable WorkerId registered;

    /** {@return the worker that is so many back from the latest, going round} */
    WorkerId worker(int back) {
        return workers.isEmpty() ? ModelIds.NOBODY : workers.get(workers.size() - 1 - back % workers.size());
    }

    List<WorkerId> workers() {
        return List.copyOf(workers);
    }

    /** {@return the claim that is so many back from the latest, going round} */
    Claim claim(int back) {
        return claims.isEmpty()
                ? new Claim(ModelIds.task(0), ModelIds.NOBODY, 1)
                : claims.get(claims.size() - 1 - back % claims.size());
    }

    /** Keeps the worker that the storage under test has just registered, for the reference to register the same. */
    void registering(WorkerId worker) {
        registered = worker;
    }

    /** {@return an id that no worker has; that of the worker that was kept, unless it was given out before} */
    UUID nextWorker() {
        WorkerId next = registered;
        return next == null || workers.contains(next) ? UUID.randomUUID() : next.value();
    }

    void learn(Object answer) {
        if (answer instanceof WorkerId worker) {
            workers.add(worker);
        } else if (answer instanceof Created created && created.how() == Created.How.CLAIMED) {
            claims.add(Claim.of(created.task()));
        } else if (answer instanceof Claimed claimed) {
            learn(claimed.tasks());
        } else if (answer instanceof SettledAndClaimed both) {
            learn(both.claimed());
        }
    }

    private void learn(List<Task> claimed) {
        for (Task task : claimed) {
            claims.add(Claim.of(task));
        }
    }

    /** {@return the text with names in place of ids} */
    String readable(String text) {
        Map<String, String> names = new HashMap<>();
        names.put(ModelIds.NOBODY.toString(), "worker nobody");
        for (int i = 0; i < NAMED; i++) {
            names.put(ModelIds.task(i).toString(), "task " + i);
            names.put(ModelIds.workflow(i).toString(), "workflow " + i);
        }
        for (int i = 0; i < workers.size(); i++) {
            names.put(workers.get(i).toString(), "worker " + i);
        }
        return UUID_TEXT.matcher(text).replaceAll(match -> names.getOrDefault(match.group(), match.group()));
    }
}
