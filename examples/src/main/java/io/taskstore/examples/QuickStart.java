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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Submits three mails, one of which fails at first, and prints what became of them. Kill it while it works, start it again, and
 * it goes on where it was.
 *
 * <pre>{@code
 * mvn -q -Dquick -pl examples -am compile exec:java -Dexec.mainClass=io.taskstore.examples.QuickStart
 * }</pre>
 */
public final class QuickStart {

    private static final TaskType<Email> EMAIL = TaskType.of("email", Email.class);
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    /** What is to be sent. */
    record Email(String to, String subject) {}

    private QuickStart() {}

    /** Runs on the database with the URL that is given, or on a SQLite file in the working folder. */
    public static void main(String[] arguments) throws Exception {
        String url = arguments.length > 0 ? arguments[0] : "jdbc:sqlite:quickstart.db";
        try (TaskStore store = TaskStore.open(url)) {
            TaskFilter unfinished = TaskFilter.all().type(EMAIL).status(TaskStatus.PENDING, TaskStatus.RUNNING);
            List<Task> mails = new ArrayList<>(
                    store.tasks().list(unfinished, PageRequest.first(10)).tasks());
            if (mails.isEmpty()) {
                for (String to : List.of("ada@example.org", "bob@example.org", "eve@example.org")) {
                    NewTask mail = NewTask.of(EMAIL, new Email(to, "Hello")).title("Greet " + to);
                    mails.add(store.tasks().submit(mail));
                }
                System.out.println("Submitted " + mails.size() + " mails.");
            } else {
                System.out.println("Found " + mails.size() + " mails of an earlier start.");
            }

            store.worker()
                    .concurrency(1)
                    .handle(EMAIL, QuickStart::send, RetryPolicy.fixed(Duration.ofMillis(500)))
                    .start();

            for (Task mail : mails) {
                Task done = store.tasks().await(mail.id(), PATIENCE).orElseThrow();
                System.out.println();
                System.out.println(done.title().orElse("") + " is " + done.status());
                System.out.println(store.tasks().history(mail.id()).orElseThrow());
            }
        }
    }

    private static void send(Email email, TaskRun run) throws InterruptedException {
        System.out.println("sending to " + email.to() + " …");
        Thread.sleep(1_000);
        if (email.to().startsWith("bob") && run.task().failures() == 0) {
            throw new IllegalStateException("the mail server is busy");
        }
    }
}
