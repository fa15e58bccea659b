package io.taskstore.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.NewTask;
import io.taskstore.Task;
import io.taskstore.TaskService;
import io.taskstore.TaskStatus;
import io.taskstore.TaskType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The lines that the README shows. They stand here as they stand there, which the second test makes sure of. */
final class ReadmeTest {

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    @Test
    void whatTheReadmeShowsWorks() throws InterruptedException {
        ManualClock clock = ManualClock.create();
        ReferenceStorage storage = new ReferenceStorage(clock);
        var repository = storage.tasks();
        var queue = new ReferenceQueue(100);
        Instant tomorrow = clock.instant().plus(Duration.ofDays(1));
        var out = new PrintStream(printed, true, StandardCharsets.UTF_8);
        PrintStream system = System.out;

        record Email(String to, String subject) {}

        TaskType<Email> EMAIL = TaskType.of("email", Email.class);

        TaskService tasks = new TaskService(repository, queue); // any storage, any queue

        Task task = tasks.submit(NewTask.of(EMAIL, new Email("ada@example.org", "Hello"))
                .runAt(tomorrow)
                .priority(5));
        tasks.cancel(task.id(), "no longer wanted");
        Optional<Task> done = tasks.await(task.id(), Duration.ofSeconds(10));
        String sentence = tasks.explain(task.id()); // one sentence: why it is where it is
        System.setOut(out);
        try {
            System.out.println(tasks.history(task.id()).orElseThrow()); // every status it has had, as a timeline
        } finally {
            System.setOut(system);
        }

        assertThat(done.orElseThrow().status()).isEqualTo(TaskStatus.CANCELLED);
        assertThat(sentence).contains("no longer wanted");
        assertThat(printed.toString(StandardCharsets.UTF_8)).contains("PENDING", "CANCELLED");
    }

    @Test
    void theReadmeShowsWhatIsTestedHere() throws IOException {
        String source = squeezed(Files.readString(
                Path.of("src/test/java/io/taskstore/testkit/ReadmeTest.java"), StandardCharsets.UTF_8));
        String readme = Files.readString(Path.of("../README.md"), StandardCharsets.UTF_8);
        int heading = readme.indexOf("## What the core looks like");
        String code = readme.substring(readme.indexOf("```java\n", heading) + 8);
        List<String> lines = code.substring(0, code.indexOf("```"))
                .lines()
                .map(line -> squeezed(line.replaceAll("//.*", "")))
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
