package io.taskstore.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.NewTask;
import io.taskstore.Outcome;
import io.taskstore.RetryPolicy;
import io.taskstore.Task;
import io.taskstore.TaskEvent;
import io.taskstore.TaskRun;
import io.taskstore.TaskStatus;
import io.taskstore.TaskType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The lines that the README shows. They stand here as they stand there, which the last test makes sure of. */
final class ReadmeTest {

    record Email(String to, String subject) {}

    private static final TaskType<String> REPORT = TaskType.of("report", String.class);
    private static final TaskType<String> CHARGE = TaskType.of("charge", String.class);

    private final ConcurrentLinkedQueue<String> sent = new ConcurrentLinkedQueue<>();
    private final Mailer mailer = (to, subject) -> sent.add(to + " " + subject);
    private final Set<TaskEvent.Kind> counted = EnumSet.noneOf(TaskEvent.Kind.class);
    private final Metrics metrics = counted::add;

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

    @Test
    void theFirstLinesWork() throws InterruptedException {
        TaskType<Email> EMAIL = TaskType.of("email", Email.class);

        try (TaskStore store = TaskStore.open("jdbc:sqlite::memory:")) {
            store.worker()
                    .handle(EMAIL, (email, run) -> mailer.send(email.to(), email.subject()))
                    .start();

            Task task = store.tasks().submit(NewTask.of(EMAIL, new Email("ada@example.org", "Hello")));
            Optional<Task> done = store.tasks().await(task.id(), Duration.ofSeconds(10));
            System.out.println(store.tasks().history(task.id()).orElseThrow());

            assertThat(done.orElseThrow().status()).isEqualTo(TaskStatus.COMPLETED);
            assertThat(sent).containsExactly("ada@example.org Hello");
        }
    }

    @Test
    void aWorkerWithAllThatIsSaidOfItWorks() throws InterruptedException {
        TaskType<Email> EMAIL = TaskType.of("email", Email.class);
        try (TaskStore store = TaskStore.open("jdbc:sqlite::memory:")) {
            store.worker()
                    .name("mail")
                    .concurrency(20)
                    .concurrency("slow", 2)
                    .queues("mail", "slow")
                    .retries(RetryPolicy.exponential(Duration.ofSeconds(1)).maxFailures(8))
                    .timeout(Duration.ofMinutes(5))
                    .handle(EMAIL, this::send)
                    .decide(REPORT, (report, run) -> Outcome.completed(build(report)))
                    .handle(CHARGE, this::charge, RetryPolicy.none().failOn(CardDeclined.class))
                    .listener(event -> metrics.count(event.kind()))
                    .start();

            Task report = store.tasks().submit(NewTask.of(REPORT, "numbers").queue("slow"));
            Task charge = store.tasks().submit(NewTask.of(CHARGE, "card").queue("mail"));
            assertThat(store.tasks()
                            .await(report.id(), Duration.ofSeconds(10))
                            .orElseThrow()
                            .result())
                    .contains("\"report of numbers\"");
            assertThat(store.tasks()
                            .await(charge.id(), Duration.ofSeconds(10))
                            .orElseThrow()
                            .status())
                    .isEqualTo(TaskStatus.FAILED);
        }
        assertThat(counted).contains(TaskEvent.Kind.STARTED, TaskEvent.Kind.COMPLETED, TaskEvent.Kind.FAILED);
    }

    private void send(Email email, TaskRun run) {
        mailer.send(email.to(), email.subject());
    }

    private static String build(String report) {
        return "report of " + report;
    }

    private void charge(String card, TaskRun run) throws CardDeclined {
        throw new CardDeclined();
    }

    @ParameterizedTest
    @ValueSource(strings = {"# TaskStore", "## What a worker can do"})
    void theReadmeShowsWhatIsTestedHere(String heading) throws IOException {
        String source = squeezed(Files.readString(
                Path.of("src/test/java/io/taskstore/embedded/ReadmeTest.java"), StandardCharsets.UTF_8));
        String readme = Files.readString(Path.of("../README.md"), StandardCharsets.UTF_8);
        String code = readme.substring(readme.indexOf("```java\n", readme.indexOf(heading)) + 8);
        List<String> lines = code.substring(0, code.indexOf("```"))
                .lines()
                .map(line -> squeezed(
                        line.replaceAll("\\s//.*", "").replace("jdbc:sqlite:tasks.db", "jdbc:sqlite::memory:")))
                .filter(line -> !line.isEmpty())
                .toList();

        assertThat(lines)
                .hasSizeGreaterThan(5)
                .allSatisfy(line -> assertThat(source).contains(line));
    }

    private static String squeezed(String code) {
        return code.replaceAll("\\s+", "");
    }
}
