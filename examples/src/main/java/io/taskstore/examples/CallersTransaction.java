package io.taskstore.examples;

import io.taskstore.NewTask;
import io.taskstore.Task;
import io.taskstore.TaskFilter;
import io.taskstore.TaskType;
import io.taskstore.embedded.TaskStore;
import java.nio.file.Files;
import java.time.Duration;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * Submits a task in the transaction that stores the order it is about, and completes it in the transaction that changes the
 * order: of each pair there are both, or neither.
 *
 * <pre>{@code
 * mvn -q -Dquick -pl examples -am compile exec:java -Dexec.mainClass=io.taskstore.examples.CallersTransaction
 * }</pre>
 */
public final class CallersTransaction {

    private static final TaskType<String> CONFIRM = TaskType.of("confirm", String.class);

    private CallersTransaction() {}

    /** Runs on the database with the URL that is given, or on a SQLite file in a temporary folder. */
    public static void main(String[] arguments) throws Exception {
        String url = arguments.length > 0
                ? arguments[0]
                : "jdbc:sqlite:" + Files.createTempDirectory("taskstore").resolve("tasks.db");
        Jdbi jdbi = Jdbi.create(url);
        jdbi.useHandle(handle -> handle.execute("CREATE TABLE IF NOT EXISTS example_order (item TEXT, state TEXT)"));

        try (TaskStore store = TaskStore.open(url)) {
            store.worker()
                    .handle(CONFIRM, (item, run) -> store.database().complete(run, handle -> confirm(handle, item)))
                    .start();

            Task task = jdbi.inTransaction(handle -> {
                order(handle, "lamp");
                return store.tasks().in(store.database().joined(handle)).submit(NewTask.of(CONFIRM, "lamp"));
            });
            Task done = store.tasks().await(task.id(), Duration.ofMinutes(1)).orElseThrow();
            System.out.println("The order of a lamp was committed, and its task with it, which is " + done.status());

            try {
                jdbi.useTransaction(handle -> {
                    order(handle, "chair");
                    store.tasks().in(store.database().joined(handle)).submit(NewTask.of(CONFIRM, "chair"));
                    throw new IllegalStateException("no chair is left");
                });
            } catch (IllegalStateException e) {
                System.out.println("The order of a chair is rolled back, and so is its task: " + e.getMessage());
            }

            System.out.println("orders: "
                    + jdbi.withHandle(handle -> handle.createQuery("SELECT item || ' ' || state FROM example_order")
                            .mapTo(String.class)
                            .list()));
            System.out.println("tasks: " + store.tasks().count(TaskFilter.all().type(CONFIRM), 1_000));
        }
    }

    private static void order(Handle handle, String item) {
        handle.execute("INSERT INTO example_order (item, state) VALUES (?, 'new')", item);
    }

    private static void confirm(Handle handle, String item) {
        handle.execute("UPDATE example_order SET state = 'confirmed' WHERE item = ?", item);
    }
}
