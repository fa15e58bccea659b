package io.taskstore.examples;

import io.taskstore.NewTask;
import io.taskstore.PageRequest;
import io.taskstore.Task;
import io.taskstore.TaskFilter;
import io.taskstore.TaskRun;
import io.taskstore.TaskStatus;
import io.taskstore.TaskType;
import io.taskstore.embedded.TaskStore;
import java.time.Duration;
import java.util.Optional;

/**
 * Dies in the middle of a task, and does it when it is started again. Run it twice:
 *
 * <pre>{@code
 * mvn -q -Dquick -pl examples -am compile exec:java -Dexec.mainClass=io.taskstore.examples.CrashAndResume
 * }</pre>
 */
public final class CrashAndResume {

    private static final TaskType<Import> IMPORT = TaskType.of("import", Import.class);

    /** A file to be read. */
    record Import(String file, int lines) {}

    private CrashAndResume() {}

    /** Runs on the database with the URL that is given, or on a SQLite file in the working folder. */
    public static void main(String[] arguments) throws Exception {
        String url = arguments.length > 0 ? arguments[0] : "jdbc:sqlite:crash.db";
        try (TaskStore store = TaskStore.open(url)) {
            TaskFilter unfinished = TaskFilter.all().type(IMPORT).status(TaskStatus.PENDING, TaskStatus.RUNNING);
            Optional<Task> left = store.tasks().list(unfinished, PageRequest.first(1)).tasks().stream()
                    .findFirst();
            System.out.println(left.map(task -> "Found an import that is " + task.status() + " in a dead process.")
                    .orElse("Submitting an import."));
            Task task = left.orElseGet(() -> store.tasks().submit(NewTask.of(IMPORT, new Import("customers.csv", 5))));

            // before this returns, it has taken over what dead processes left behind
            store.worker().handle(IMPORT, CrashAndResume::read).start();

            Task done = store.tasks().await(task.id(), Duration.ofMinutes(1)).orElseThrow();
            System.out.println("The import is " + done.status() + ".");
            System.out.println(store.tasks().history(task.id()).orElseThrow());
        }
    }

    /** It begins anew in each run: what it does twice has to do no harm. */
    private static void read(Import work, TaskRun run) {
        for (int line = 1; line <= work.lines(); line++) {
            System.out.println("reading line " + line + " of " + work.file());
            if (line == 3 && run.task().crashes() == 0) {
                System.out.println("The process dies now, as by kill -9. Start it again.");
                Runtime.getRuntime().halt(1);
            }
        }
    }
}
