package io.taskstore.examples;

import io.taskstore.NewTask;
import io.taskstore.NewWorkflow;
import io.taskstore.Outcome;
import io.taskstore.PageRequest;
import io.taskstore.Task;
import io.taskstore.TaskFilter;
import io.taskstore.TaskRun;
import io.taskstore.TaskType;
import io.taskstore.Workflow;
import io.taskstore.embedded.TaskStore;
import java.nio.file.Files;
import java.time.Duration;

/**
 * Charges and packs an order at the same time, and ships it after both, with what they made.
 *
 * <pre>{@code
 * mvn -q -Dquick -pl examples -am compile exec:java -Dexec.mainClass=io.taskstore.examples.OrderWorkflow
 * }</pre>
 */
public final class OrderWorkflow {

    private static final TaskType<String> CHARGE = TaskType.of("charge", String.class);
    private static final TaskType<String> PACK = TaskType.of("pack", String.class);
    private static final TaskType<String> SHIP = TaskType.of("ship", String.class);

    /** What the charge makes. */
    record Receipt(String number, int cents) {}

    /** What the packing makes. */
    record Parcel(int grams) {}

    private OrderWorkflow() {}

    /** Runs on the database with the URL that is given, or on a SQLite file in a temporary folder. */
    public static void main(String[] arguments) throws Exception {
        String url = arguments.length > 0
                ? arguments[0]
                : "jdbc:sqlite:" + Files.createTempDirectory("taskstore").resolve("tasks.db");

        try (TaskStore store = TaskStore.open(url)) {
            Workflow submitted = store.workflows()
                    .submit(NewWorkflow.of("order 17")
                            .task("charge", NewTask.of(CHARGE, "17"))
                            .task("pack", NewTask.of(PACK, "17"))
                            .task("ship", NewTask.of(SHIP, "17"))
                            .after("charge", "pack"));
            TaskFilter lastStep = TaskFilter.all().workflow(submitted.id()).step("ship");
            Task ship =
                    store.tasks().list(lastStep, PageRequest.first(1)).tasks().get(0);
            System.out.println(store.tasks().explain(ship.id()));

            store.worker()
                    .decide(CHARGE, (order, run) -> Outcome.completed(new Receipt("R-" + order, 1700)))
                    .decide(PACK, (order, run) -> Outcome.completed(new Parcel(850)))
                    .handle(SHIP, OrderWorkflow::ship)
                    .start();

            Workflow ended = store.workflows()
                    .await(submitted.id(), Duration.ofMinutes(1))
                    .orElseThrow();
            System.out.println("The workflow is " + ended.status() + ":");
            System.out.println(store.workflows().toMermaid(ended.id()));
        }
    }

    private static void ship(String order, TaskRun run) {
        Receipt receipt = run.resultOf("charge", Receipt.class);
        Parcel parcel = run.resultOf("pack", Parcel.class);
        System.out.println("shipping order " + order + ": " + parcel.grams() + " g, paid by " + receipt.number());
    }
}
