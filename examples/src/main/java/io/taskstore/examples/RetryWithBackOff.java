package io.taskstore.examples;

import io.taskstore.NewTask;
import io.taskstore.RetryPolicy;
import io.taskstore.Task;
import io.taskstore.TaskRun;
import io.taskstore.TaskType;
import io.taskstore.embedded.TaskStore;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;

/**
 * Tries a charge again, after longer and longer delays, while the bank is busy; and gives up at once where no other try would
 * end better, because the card is declined.
 *
 * <pre>{@code
 * mvn -q -Dquick -pl examples -am compile exec:java -Dexec.mainClass=io.taskstore.examples.RetryWithBackOff
 * }</pre>
 */
public final class RetryWithBackOff {

    private static final TaskType<Charge> CHARGE = TaskType.of("charge", Charge.class);

    /** What is to be paid. */
    record Charge(String card, int cents) {}

    /** What no second try would change. */
    static final class CardDeclined extends Exception {
        CardDeclined() {
            super("the bank says no");
        }
    }

    private RetryWithBackOff() {}

    /** Runs on the database with the URL that is given, or on a SQLite file in a temporary folder. */
    public static void main(String[] arguments) throws Exception {
        String url = arguments.length > 0
                ? arguments[0]
                : "jdbc:sqlite:" + Files.createTempDirectory("taskstore").resolve("tasks.db");

        RetryPolicy policy = RetryPolicy.exponential(Duration.ofMillis(100)) // then 200, 400, 800 ms …
                .maxFailures(4)
                .failOn(CardDeclined.class);

        try (TaskStore store = TaskStore.open(url)) {
            store.worker().handle(CHARGE, RetryWithBackOff::charge, policy).start();

            for (String card : List.of("busy", "declined", "broken")) {
                Task task = store.tasks()
                        .submit(NewTask.of(CHARGE, new Charge(card, 1700)).title("The " + card + " card"));
                Task done =
                        store.tasks().await(task.id(), Duration.ofMinutes(1)).orElseThrow();
                System.out.println(done.title().orElse("") + " is " + done.status() + " in run " + done.attempt());
                done.error().ifPresent(error -> {
                    boolean declined = error.kind().equals(CardDeclined.class.getName());
                    System.out.println(declined ? "Ask for another card." : "Ask the bank what is wrong.");
                });
                System.out.println(store.tasks().history(task.id()).orElseThrow());
            }
        }
    }

    private static void charge(Charge charge, TaskRun run) throws Exception {
        if (charge.card().equals("declined")) {
            throw new CardDeclined();
        } else if (charge.card().equals("broken") || run.task().failures() < 2) {
            throw new IOException("the bank is busy");
        }
    }
}
