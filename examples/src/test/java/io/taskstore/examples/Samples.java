package io.taskstore.examples;

import io.taskstore.Health;
import io.taskstore.LogLevel;
import io.taskstore.NewTask;
import io.taskstore.NewWorkflow;
import io.taskstore.Outcome;
import io.taskstore.Page;
import io.taskstore.PageRequest;
import io.taskstore.RetryPolicy;
import io.taskstore.RunScope;
import io.taskstore.Task;
import io.taskstore.TaskEvent;
import io.taskstore.TaskFilter;
import io.taskstore.TaskRun;
import io.taskstore.TaskService;
import io.taskstore.TaskStatus;
import io.taskstore.TaskType;
import io.taskstore.TimeRange;
import io.taskstore.Workflow;
import io.taskstore.embedded.TaskStore;
import io.taskstore.inmemory.InMemoryTaskQueue;
import io.taskstore.inmemory.Worker;
import io.taskstore.jdbi.Durability;
import io.taskstore.jdbi.Migration;
import io.taskstore.jdbi.TaskDatabase;
import io.taskstore.rabbitmq.RabbitTaskQueue;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;

/** The lines of Java that stand in the documents, to be compiled, and run where they can be. {@link DocumentsTest} compares. */
@SuppressWarnings({"SameNameButDifferent", "UnusedVariable"}) // as documents are
final class Samples {

    /** The host's. */
    interface Mailer {
        void send(String to, String subject);
    }

    /** The host's. */
    interface Metrics {
        void count(TaskEvent.Kind kind);
    }

    /** The host's. */
    static final class CardDeclined extends Exception {
        private static final long serialVersionUID = 1;
    }

    record Email(String to, String subject) {}

    private static final TaskType<Email> EMAIL = TaskType.of("email", Email.class);
    private static final TaskType<String> REPORT = TaskType.of("report", String.class);
    private static final TaskType<String> CHARGE = TaskType.of("charge", String.class);
    private static final TaskType<String> PACK = TaskType.of("pack", String.class);
    private static final TaskType<String> SHIP = TaskType.of("ship", String.class);

    final ConcurrentLinkedQueue<String> sent = new ConcurrentLinkedQueue<>();
    final ConcurrentLinkedQueue<TaskEvent.Kind> counted = new ConcurrentLinkedQueue<>();
    private final Mailer mailer = (to, subject) -> sent.add(to + " " + subject);
    private final Metrics metrics = counted::add;

    private void send(Email email, TaskRun run) {
        mailer.send(email.to(), email.subject());
    }

    private void charge(String order, TaskRun run) throws CardDeclined {
        if (order.isEmpty()) {
            throw new CardDeclined();
        }
    }

    private static String build(String report) {
        return "the report on " + report;
    }

    @SuppressWarnings("SystemOut")
    void twelveLines() throws InterruptedException {
        record Email(String to, String subject) {}

        TaskType<Email> EMAIL = TaskType.of("email", Email.class);

        try (TaskStore store = TaskStore.open("jdbc:sqlite:tasks.db")) { // or jdbc:postgresql://host/name
            store.worker()
                    .handle(EMAIL, (email, run) -> mailer.send(email.to(), email.subject()))
                    .start();

            Task task = store.tasks().submit(NewTask.of(EMAIL, new Email("ada@example.org", "Hello")));
            Optional<Task> done = store.tasks().await(task.id(), Duration.ofSeconds(10));
            System.out.println(store.tasks().history(task.id()).orElseThrow()); // every status it has had
        } // closes its worker, then the storage
    }

    void aWorker(TaskStore store) {
        store.worker()
                .name("mail")
                .concurrency(20)
                .concurrency("slow", 2)
                .queues("mail", "slow")
                .retries(RetryPolicy.exponential(Duration.ofSeconds(1)).maxFailures(8)) // for all types
                .timeout(Duration.ofMinutes(5))
                .handle(EMAIL, this::send) // done when it returns
                .decide(REPORT, (report, run) -> Outcome.completed(build(report))) // says itself how it ended
                .handle(CHARGE, this::charge, RetryPolicy.none().failOn(CardDeclined.class)) // a policy of its own
                .listener(event -> metrics.count(event.kind()))
                .start();
    }

    void tasks(TaskStore store, Jdbi jdbi, Task task) {
        Email email = new Email("ada@example.org", "Hello");
        Instant tomorrow = store.database().clock().instant().plus(Duration.ofDays(1));

        store.tasks()
                .submit(NewTask.of(EMAIL, email)
                        .runAt(tomorrow)
                        .priority(5)
                        .queue("mail")
                        .uniqueKey("welcome-17"));

        jdbi.useTransaction(handle -> {
            handle.execute("INSERT INTO orders (id) VALUES (?)", 17);
            store.tasks()
                    .in(store.database().joined(handle))
                    .submit(NewTask.of(EMAIL, email)); // with the order, or not at all
        });

        Workflow order = store.workflows()
                .submit(NewWorkflow.of("order-17")
                        .task("charge", NewTask.of(CHARGE, "17"))
                        .task("pack", NewTask.of(PACK, "17"))
                        .after("charge")
                        .task("ship", NewTask.of(SHIP, "17"))
                        .after("pack"));

        Page failed = store.tasks().list(TaskFilter.all().status(TaskStatus.FAILED), PageRequest.first(50));
        store.tasks().explain(task.id()); // one sentence: why it is where it is
        store.tasks().cancel(task.id(), "not wanted any more");
    }

    @SuppressWarnings("try") // the worker works without being spoken to
    void parts(String url) {
        try (TaskDatabase database =
                        TaskDatabase.builder(url).durability(Durability.NORMAL).open();
                InMemoryTaskQueue queue = new InMemoryTaskQueue();
                Worker worker = Worker.builder(database, queue)
                        .handle(EMAIL, this::send)
                        .start()) {
            TaskService tasks = new TaskService(database.tasks(), queue);
            tasks.submit(NewTask.of(EMAIL, new Email("ada@example.org", "Hello")));
        }
    }

    @SuppressWarnings("try") // the worker works without being spoken to
    void overRabbit(String url) {
        try (var database = TaskDatabase.open(url);
                var queue =
                        RabbitTaskQueue.open("amqps://user:password@broker.example/vhost", new InMemoryTaskQueue());
                var worker = Worker.builder(database, queue)
                        .handle(EMAIL, this::send)
                        .start()) {
            var tasks = new TaskService(database.tasks(), queue);
        }
    }

    TaskStore knobs(DataSource dataSource) {
        TaskStore store = TaskStore.builder(dataSource) // or a URL; without either: TASKSTORE_URL
                .keepEnded(Duration.ofDays(30))
                .metrics(Duration.ofSeconds(10))
                .listener(event -> metrics.count(event.kind()))
                .database(database -> database.schema("jobs").migration(Migration.VALIDATE))
                .open();
        return store;
    }

    TaskStore retention(String url) {
        TaskStore store = TaskStore.builder(url)
                .keepEnded(Duration.ofDays(30))
                .keepMetrics(Duration.ofDays(7))
                .open();
        return store;
    }

    int looking(TaskStore store, UUID taskId) {
        Instant anHourAgo = store.database().clock().instant().minus(Duration.ofHours(1));
        Instant aDayAgo = store.database().clock().instant().minus(Duration.ofDays(1));
        store.reports()
                .logs(taskId, 0, LogLevel.WARN, TimeRange.since(anHourAgo), null, 100); // of all runs of the task
        store.metrics().series("tasks.completed", TimeRange.since(aDayAgo), Duration.ofMinutes(5));
        Health health = store.health();
        int status = health.works() ? 200 : 503; // DEGRADED works, and somebody should look
        return status;
    }

    void logged(String message) {
        RunScope.current().ifPresent(run -> run.log(LogLevel.INFO, message));
    }

    void pausing(TaskStore store) {
        store.queues().pause("mail");
    }

    void completeWithRows(TaskStore store) {
        store.worker()
                .handle(
                        CHARGE,
                        (order, run) -> store.database()
                                .complete(
                                        run,
                                        handle -> handle.execute("INSERT INTO charges (order_id) VALUES (?)", order)))
                .start();
    }

    void pages(TaskStore store) {
        PageRequest request = PageRequest.first(50);
        TaskFilter filter = TaskFilter.all().queue("mail").metadata("tenant", "acme");
        Page page = store.tasks().list(filter, request);
        while (page.next().isPresent()) {
            page = store.tasks().list(filter, request.after(page.next().get()));
        }
    }
}
