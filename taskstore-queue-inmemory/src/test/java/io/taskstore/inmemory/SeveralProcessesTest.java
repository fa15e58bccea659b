package io.taskstore.inmemory;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.Health;
import io.taskstore.Hint;
import io.taskstore.NewTask;
import io.taskstore.NewWorkflow;
import io.taskstore.Task;
import io.taskstore.TaskQueue;
import io.taskstore.TaskService;
import io.taskstore.TaskStatus;
import io.taskstore.TaskType;
import io.taskstore.Workflow;
import io.taskstore.WorkflowService;
import io.taskstore.WorkflowStatus;
import io.taskstore.inmemory.WorkerStatistics.Gear;
import io.taskstore.jdbi.TaskDatabase;
import io.taskstore.jdbi.TaskDatabaseBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Several processes on one PostgreSQL, each with a database, a queue and a worker of its own, and a way of its own to the server.
 */
@Timeout(600)
final class SeveralProcessesTest {

    private static final TaskType<String> WORK = TaskType.of("work", String.class);
    private static final TaskType<String> OTHER = TaskType.of("other", String.class);
    private static final int CUTS = Integer.getInteger("taskstore.cuts", 3);

    /** So long that no scan comes by itself within a test. */
    private static final Duration NEVER = Duration.ofHours(1);

    private static final Duration LEASE = Duration.ofMinutes(10);
    /** How often each of the two lines of a process says something at least. */
    private static final Duration BEAT = Duration.ofSeconds(3);

    private static final Duration POLL = Duration.ofSeconds(1);

    /** What a machine that has more to do than this may add. */
    private static final Duration SLACK = Duration.ofSeconds(1);

    private final String schema = TestPostgres.schema();
    private final List<App> processes = new ArrayList<>();

    /** When each task began. */
    private final Map<UUID, Long> began = new ConcurrentHashMap<>();

    /** A process as it would be, but that it shares its memory with others. */
    private final class App {

        private final Relay relay;
        private final TaskDatabase database;
        private final TaskQueue queue;
        private final TaskService tasks;
        private final AtomicInteger runs = new AtomicInteger();
        private @Nullable Worker worker;

        App(Duration lease) throws IOException {
            relay = Relay.to(TestPostgres.url());
            TaskDatabaseBuilder builder =
                    TaskDatabase.builder(relay.url()).schema(schema).poolSize(4).lease(lease);
            database = builder.open();
            queue = database.shared(new InMemoryTaskQueue());
            tasks = new TaskService(database.tasks(), queue);
        }

        App working(TaskType<String> type, int concurrency, Duration poll) {
            return working(type, concurrency, poll, Duration.ZERO);
        }

        App working(TaskType<String> type, int concurrency, Duration poll, Duration each) {
            worker = Worker.builder(database, queue)
                    .name("tested")
                    .concurrency(concurrency)
                    .pollInterval(poll)
                    .handle(type, (payload, run) -> {
                        began.put(run.task().id(), System.nanoTime());
                        runs.incrementAndGet();
                        LockSupport.parkNanos(each.toNanos());
                    })
                    .start();
            return this;
        }

        Task submit(TaskType<String> type) {
            return tasks.submit(NewTask.of(type, "x"));
        }

        Health hints() {
            List<Health> parts = queue.health().parts();
            return parts.get(parts.size() - 1);
        }

        boolean isIdle() {
            Worker running = worker;
            return running == null || running.statistics().gear() == Gear.IDLE;
        }

        void close() {
            Worker running = worker;
            if (running != null) {
                running.close(Duration.ofSeconds(2));
            }
            queue.close();
            database.close();
            try {
                relay.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @AfterEach
    void closeAll() {
        processes.forEach(App::close);
    }

    private App process() throws IOException {
        return process(LEASE);
    }

    private App process(Duration lease) throws IOException {
        App process = new App(lease);
        processes.add(process);
        return process;
    }

    /** {@return a process that only submits, beside so many that work and are known to it, and idle} */
    private App submitterBeside(int others, int concurrency) throws Exception {
        for (int i = 0; i < others; i++) {
            process().working(WORK, concurrency, NEVER);
        }
        App submitter = process();
        await(submitter, others);
        return submitter;
    }

    private void await(App submitter, int others) throws Exception {
        Await.until(
                "all are known",
                () -> submitter.hints().detail().startsWith(others + " ")
                        && processes.stream().allMatch(process -> process.isIdle() && heard(process)));
        // what was said at the start has been heard, too, when what was asked after it is answered
        for (int i = 0; i < 3; i++) {
            ended(submitter.submit(others > 0 ? WORK : OTHER));
        }
    }

    private static boolean heard(App process) {
        return process.hints().detail().contains("other processes start tasks");
    }

    private Task ended(Task task) throws InterruptedException {
        return processes.get(0).tasks.await(task.id(), Duration.ofSeconds(20)).orElseThrow();
    }

    private List<String> statements() {
        return processes.stream()
                .flatMap(process -> process.relay.statements().stream())
                .toList();
    }

    private static boolean isWord(String statement) {
        return statement.contains("pg_notify");
    }

    @Test
    void aTaskStartsInTheProcessWhoseWorkerIsIdleThoughNobodyPolls() throws Exception {
        App submitter = submitterBeside(1, 10);
        assertThat(ended(submitter.submit(WORK)).status()).isEqualTo(TaskStatus.COMPLETED);
    }

    @Test
    void withEightIdleProcessesATaskIsClaimedOnceAndCostsTheOtherSevenNothing() throws Exception {
        App submitter = submitterBeside(8, 10);
        long start = System.nanoTime();
        long told = 0;
        int rounds = 8;
        for (int round = 0; round < rounds; round++) {
            statements();
            List<Integer> before =
                    processes.stream().map(process -> process.runs.get()).toList();
            Task task = submitter.submit(WORK);
            Await.until("it has begun", () -> began.containsKey(task.id()));
            // asked through no process, lest that counts
            Await.until(
                    "its end is recorded",
                    () -> submitter.tasks.find(task.id()).orElseThrow().status() == TaskStatus.COMPLETED);
            List<List<String>> sent = processes.stream()
                    .filter(process -> process != submitter)
                    .filter(process -> process.runs.get() == before.get(processes.indexOf(process)))
                    .map(process -> process.relay.statements())
                    .toList();
            assertThat(sent)
                    .as("of the seven that did not run it")
                    .hasSize(7)
                    .allMatch(all -> all.stream().allMatch(SeveralProcessesTest::isWord));
            told += sent.stream().mapToLong(List::size).sum();
            List<String> claims = statements().stream()
                    .filter(statement -> statement.contains("SKIP LOCKED"))
                    .toList();
            assertThat(claims).as("claims").hasSize(1);
        }
        long beats = 1 + Duration.ofNanos(System.nanoTime() - start).dividedBy(BEAT);
        // on two lines each; and who ran the last one may have said that it is free again
        assertThat(told).as("words of the seven in %s rounds", rounds).isLessThanOrEqualTo(2 * 7 * beats + rounds);
    }

    @Test
    void statementsOfATaskDoNotGrowWithTheNumberOfProcesses() throws Exception {
        double ofTwo = statementsOfATask(2);
        closeAll();
        processes.clear();
        double ofEight = statementsOfATask(8);
        assertThat(ofEight).as("two processes take %s", ofTwo).isLessThan(ofTwo * 1.2);
    }

    private double statementsOfATask(int workers) throws Exception {
        int tasks = 100;
        App submitter = submitterBeside(workers, 10);
        statements();
        List<Task> submitted = new ArrayList<>();
        for (int i = 0; i < tasks; i++) {
            Task task = submitter.submit(WORK);
            submitted.add(task);
            Await.until("it has begun", () -> began.containsKey(task.id()));
        }
        int sent = statements().size();
        for (Task task : submitted) {
            ended(task);
        }
        return (double) sent / tasks;
    }

    @Test
    void manyTasksAtOnceSpreadOverAllProcesses() throws Exception {
        for (int i = 0; i < 4; i++) {
            process().working(WORK, 2, NEVER, Duration.ofMillis(5));
        }
        App submitter = process();
        await(submitter, 4);
        List<NewTask> tasks = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            tasks.add(NewTask.of(WORK, "x"));
        }
        for (Task task : submitter.tasks.submitAll(tasks)) {
            ended(task);
        }
        assertThat(processes.stream().filter(process -> process.worker != null))
                .allMatch(process -> process.runs.get() >= 20);
    }

    @Test
    void tasksOneAfterTheOtherSpreadOverAllProcesses() throws Exception {
        App submitter = submitterBeside(4, 2);
        for (int i = 0; i < 100; i++) {
            Task task = submitter.submit(WORK);
            Await.until("it has begun", () -> began.containsKey(task.id()));
        }
        assertThat(processes.stream().filter(process -> process.worker != null))
                .allMatch(process -> process.runs.get() >= 5);
    }

    @Test
    void aProcessSendsHintsAtMostOnceInTenMilliseconds() throws Exception {
        App submitter = submitterBeside(2, 10);
        statements();
        long start = System.nanoTime();
        int offered = 0;
        while (System.nanoTime() - start < Duration.ofMillis(300).toNanos()) {
            submitter.queue.offer(new Hint(UUID.randomUUID(), WORK.name(), NewTask.DEFAULT_QUEUE, 0));
            offered++;
            LockSupport.parkNanos(100_000);
        }
        long sent = submitter.relay.statements().stream()
                .filter(SeveralProcessesTest::isWord)
                .count();
        long windows = Duration.ofNanos(System.nanoTime() - start).toMillis() / 10;
        assertThat(sent).as("statements for %s hints", offered).isBetween(2L, windows + 2);
    }

    @Test
    void aBusyProcessLetsAnIdleOneHaveWhatItSubmits() throws Exception {
        App busy = process().working(OTHER, 1, NEVER);
        process().working(WORK, 1, NEVER);
        await(busy, 1);
        assertThat(ended(busy.submit(WORK)).status()).isEqualTo(TaskStatus.COMPLETED);
    }

    @Test
    void theNextStepOfAWorkflowStartsWhereItsTypeIsHandled() throws Exception {
        App first = process().working(WORK, 1, NEVER);
        process().working(OTHER, 1, NEVER);
        await(first, 1);
        WorkflowService workflows = new WorkflowService(first.database.workflows(), first.tasks);
        Workflow flow = workflows.submit(NewWorkflow.of("two")
                .task("one", NewTask.of(WORK, "x"))
                .task("two", NewTask.of(OTHER, "x"))
                .after("one"));
        Await.until(
                "both steps have run",
                () -> workflows.find(flow.id()).orElseThrow().status() == WorkflowStatus.COMPLETED);
    }

    /** With a lease of five seconds a line is checked every second. How often is for {@code taskstore.cuts} to say. */
    @Test
    void aListenerThatIsCutOffWithoutAWordIsNoticedAndNoTaskWaitsForLongerThanAPoll() throws Exception {
        App worker = process(Duration.ofSeconds(5)).working(WORK, 10, POLL);
        App submitter = process(Duration.ofSeconds(5));
        await(submitter, 1);
        for (int cut = 0; cut < CUTS; cut++) {
            Await.until("the listener listens", worker.relay::swallowListener);
            long at = System.nanoTime();
            while (!worker.relay.isListening() || !heard(worker)) {
                assertThat(Duration.ofNanos(System.nanoTime() - at))
                        .as("until it is noticed, after cut %s", cut)
                        .isLessThan(Duration.ofSeconds(5));
                Task task = submitter.submit(WORK);
                long submitted = System.nanoTime();
                Await.until("it has begun", () -> began.containsKey(task.id()));
                assertThat(Duration.ofNanos(began.get(task.id()) - submitted))
                        .as("until it began, after cut %s", cut)
                        .isLessThan(POLL.plus(SLACK));
            }
        }
    }
}
