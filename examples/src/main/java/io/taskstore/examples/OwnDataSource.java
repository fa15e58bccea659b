package io.taskstore.examples;

import com.zaxxer.hikari.HikariDataSource;
import io.taskstore.NewTask;
import io.taskstore.Task;
import io.taskstore.TaskType;
import io.taskstore.embedded.TaskStore;
import java.nio.file.Files;
import java.sql.Connection;
import java.time.Duration;

/**
 * Works on the connections of a host that has a pool of its own, and leaves the pool open. On SQLite only the path of the file
 * is taken from it, for a file has one writer.
 *
 * <pre>{@code
 * mvn -q -Dquick -pl examples -am compile exec:java -Dexec.mainClass=io.taskstore.examples.OwnDataSource
 * }</pre>
 */
public final class OwnDataSource {

    private static final TaskType<String> GREET = TaskType.of("greet", String.class);

    private OwnDataSource() {}

    /** Runs on the database with the URL that is given, or on a SQLite file in a temporary folder. */
    public static void main(String[] arguments) throws Exception {
        String url = arguments.length > 0
                ? arguments[0]
                : "jdbc:sqlite:" + Files.createTempDirectory("taskstore").resolve("tasks.db");

        try (HikariDataSource pool = new HikariDataSource()) {
            pool.setJdbcUrl(url);

            try (TaskStore store = TaskStore.builder(pool).open()) {
                store.worker()
                        .handle(GREET, (name, run) -> System.out.println("Hello, " + name + "!"))
                        .start();
                Task task = store.tasks().submit(NewTask.of(GREET, "Ada"));
                Task done =
                        store.tasks().await(task.id(), Duration.ofMinutes(1)).orElseThrow();
                System.out.println("The task is " + done.status() + ".");
            }

            try (Connection connection = pool.getConnection()) {
                System.out.println(
                        "The store is closed, and the pool still gives connections: " + connection.isValid(5));
            }
        }
    }
}
