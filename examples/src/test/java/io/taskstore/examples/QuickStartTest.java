package io.taskstore.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.NewTask;
import io.taskstore.TaskType;
import io.taskstore.embedded.TaskStore;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class QuickStartTest {

    @TempDir
    private Path folder;

    private String run(String url) throws InterruptedException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new QuickStart(new PrintStream(out, true, StandardCharsets.UTF_8), Duration.ofMillis(1)).run(url);
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void threeMailsAreSentAndOneOfThemTwice() throws Exception {
        String printed = run("jdbc:sqlite:" + folder.resolve("quickstart.db"));
        assertThat(printed)
                .contains("Submitted 3 mails.", "Greet ada@example.org is COMPLETED", "the mail server is busy")
                .contains("Greet bob@example.org is COMPLETED");
        assertThat(printed.split("sending to bob", -1)).hasSize(3);
    }

    @Test
    void whatWasLeftIsDoneAtTheNextStart() throws Exception {
        String url = "jdbc:sqlite:" + folder.resolve("quickstart.db");
        TaskType<QuickStart.Email> type = TaskType.of("email", QuickStart.Email.class);
        try (TaskStore store = TaskStore.open(url)) {
            store.tasks().submit(NewTask.of(type, new QuickStart.Email("zoe@example.org", "Hello")));
        }
        assertThat(run(url)).contains("Found 1 mails of an earlier start.", "sending to zoe", "is COMPLETED");
    }
}
