package io.taskstore.examples;

import io.taskstore.NewTask;
import io.taskstore.PageRequest;
import io.taskstore.RetryPolicy;
import io.taskstore.Task;
import io.taskstore.TaskFilter;
import io.taskstore.TaskRun;
import io.taskstore.TaskStatus;
import io.taskstore.TaskType;
import io.taskstore.embedded.TaskStore;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Submits three mails, one of which fails at first, and prints what became of them. Kill it while it works, start it again, and
 * it goes on where it was.
 */
public final class QuickStart {

    private static final TaskType<Email> EMAIL = TaskType.of("email", Email.class);
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    /** What is to be sent. */
    record Email(String to, String subject) {}

    private final PrintStream out;
    private final Duration work;

    QuickStart(PrintStream out, Duration work) {
        this.out = out;
        this.work = work;
    }

    /** Runs on the database with the URL that is given, or on a SQLite file in the working folder. */
    public static void main(String[] arguments) throws Exception {
        String url = arguments.length > 0 ? arguments[0] : "jdbc:sqlite:quickstart.db";
        new QuickStart(System.out, Duration.ofSeconds(1)).run(url);
    }

    void run(String url) throws InterruptedException {
        try (TaskStore store = TaskStore.open(url)) {
            List<Task> left = new ArrayList<>(store.tasks()
                    .list(TaskFilter.all().status(TaskStatus.PENDING, TaskStatus.RUNNING), PageRequest.first(10))
                    .tasks());
            if (left.isEmpty()) {
                for (String to : List.of("ada@example.org", "bob@example.org", "eve@example.org")) {
                    left.add(store.tasks()
                            .submit(NewTask.of(EMAIL, new Email(to, "Hello")).title("Greet " + to)));
                }
                out.println("Submitted " + left.size() + " mails.");
            } else {
                out.println("Found " + left.size() + " mails of an earlier start.");
            }

            store.worker()
                    .concurrency(1)
                    .handle(EMAIL, this::send, RetryPolicy.fixed(Duration.ofMillis(500)))
                    .start();

            for (Task task : left) {
                Task done = store.tasks().await(task.id(), PATIENCE).orElseThrow();
                out.println();
                out.println(done.title().orElse("") + " is " + done.status());
                out.println(store.tasks().history(task.id()).orElseThrow());
            }
        }
    }

    private void send(Email email, TaskRun run) throws InterruptedException {
        out.println("sending to " + email.to() + " …");
        boolean unused = new CountDownLatch(1).await(work.toMillis(), TimeUnit.MILLISECONDS);
        if (email.to().startsWith("bob") && run.task().failures() == 0) {
            throw new IllegalStateException("the mail server is busy");
        }
    }
}
