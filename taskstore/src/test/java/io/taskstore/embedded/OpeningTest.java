package io.taskstore.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskstore.InvalidInputException;
import io.taskstore.NewTask;
import io.taskstore.StorageFailedException;
import io.taskstore.StorageUnavailableException;
import io.taskstore.Task;
import io.taskstore.TaskStatus;
import io.taskstore.TaskType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a store can be opened on, and how it is named. */
@Timeout(60)
final class OpeningTest {

    private static final TaskType<String> WORK = TaskType.of("work", String.class);
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofSeconds(1);

    @TempDir
    private Path folder;

    private Path file() {
        return folder.resolve("one/two/tasks.db");
    }

    private static UUID submit(TaskStore store) {
        return store.tasks().submit(NewTask.of(WORK, "x")).id();
    }

    private static TaskStoreBuilder withUrl(String url) {
        return TaskStore.builder(Map.of("TASKSTORE_URL", url));
    }

    @Test
    void theUrlIsTakenFromTheEnvironment() {
        try (TaskStore store = withUrl("jdbc:sqlite:" + file()).open()) {
            submit(store);
        }
        assertThat(file()).isNotEmptyFile();
    }

    @Test
    void anAbsolutePathARelativeOneAndOneWithBlanksAroundItNameTheSameFile() {
        UUID id;
        try (TaskStore store = TaskStore.open("jdbc:sqlite:" + file())) {
            id = submit(store);
        }
        Path relative = Path.of("").toAbsolutePath().relativize(file());
        assertThat(relative).isRelative();
        try (TaskStore store = TaskStore.open("jdbc:sqlite:" + relative)) {
            assertThat(store.tasks().find(id)).isPresent();
        }
        try (TaskStore store = withUrl("  jdbc:sqlite:" + file() + "\n").open()) {
            assertThat(store.tasks().find(id)).isPresent();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"  ", "unset"})
    void withoutAUrlInTheEnvironmentItIsAFileInTheWorkingFolder(String value) throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        ProcessBuilder process = new ProcessBuilder(
                        java,
                        "-XX:+UseSerialGC",
                        "-Xmx64m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        OpenByDefault.class.getName())
                .directory(folder.toFile())
                .inheritIO();
        process.environment().remove("TASKSTORE_URL");
        if (!value.equals("unset")) {
            process.environment().put("TASKSTORE_URL", value);
        }
        assertThat(process.start().waitFor()).isZero();
        assertThat(folder.resolve("taskstore.db")).isNotEmptyFile();
    }

    /** Opens a store as {@code open()} does, in a process of its own. */
    static final class OpenByDefault {

        private OpenByDefault() {}

        public static void main(String... arguments) {
            try (TaskStore store = TaskStore.open()) {
                submit(store);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"postgres://ada:secret@localhost/app", "tasks.db?secret", "jdbc:mysql://ada:secret@localhost/app"
            })
    void aUrlOfSomethingElseIsRefusedByTheNameOfItsVariable(String url) {
        assertThatThrownBy(() -> withUrl(url).open())
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith(
                        "TASKSTORE_URL must be one that begins with jdbc:sqlite: or jdbc:postgresql:, but was ")
                .hasMessageNotContaining("secret");
        assertThatThrownBy(() -> TaskStore.open(url))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageStartingWith("url must be one that begins with ")
                .hasMessageNotContaining("secret");
    }

    @Test
    void whatIsNoUrlOrPoolAtAllIsRefused() {
        assertThatThrownBy(() -> TaskStore.open(null)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> TaskStore.builder((DataSource) null)).isInstanceOf(InvalidInputException.class);
    }

    @Test
    void whatCannotBeOpenedSaysWhy() throws IOException {
        Path letter = Files.writeString(folder.resolve("letter.txt"), "Dear Ada, ".repeat(500));
        assertThatThrownBy(() -> TaskStore.open("jdbc:sqlite:" + letter))
                .isInstanceOf(StorageFailedException.class)
                .hasMessageContaining("the file is not a SQLite database");
        assertThatThrownBy(() -> TaskStore.open("jdbc:sqlite:" + letter.resolve("below/tasks.db")))
                .isInstanceOf(StorageUnavailableException.class)
                .hasMessageContaining("cannot be created");
        assertThatThrownBy(() -> TaskStore.open("jdbc:sqlite:" + folder))
                .isInstanceOf(StorageUnavailableException.class)
                .hasMessageContaining("is a folder; name a file in it");
    }

    @Test
    void aServerThatIsNotThereIsUnavailable() {
        assertThatThrownBy(() -> TaskStore.builder("jdbc:postgresql://localhost:1/app?user=ada&password=secret")
                        .database(database -> database.acquireTimeout(SHORT))
                        .open())
                .isInstanceOf(StorageUnavailableException.class)
                .hasMessageNotContaining("secret");
    }

    @Test
    void aPoolOfTheHostIsUsedAndNeverClosed() throws Exception {
        try (HostPool pool = new HostPool("jdbc:sqlite:" + folder.resolve("app.db"))) {
            assertUsesButNeverCloses(pool, TaskStore.builder(pool));
        }
        try (HostPool pool = new HostPool(TestPostgres.url())) {
            String schema = TestPostgres.schema();
            assertUsesButNeverCloses(pool, TaskStore.builder(pool).database(database -> database.schema(schema)));
        }
    }

    private static void assertUsesButNeverCloses(HostPool pool, TaskStoreBuilder builder) throws Exception {
        try (TaskStore store = builder.open()) {
            store.worker().handle(WORK, (payload, run) -> {}).start();
            Task done = store.tasks().await(submit(store), SOON).orElseThrow();
            assertThat(done.status()).isEqualTo(TaskStatus.COMPLETED);
        }
        assertThat(pool.isClosed()).isFalse();
        assertThat(pool.open()).isZero();
    }

    @Test
    void oneStoreOfAFileIsClosedAndTheOtherGoesOn() throws Exception {
        try (TaskStore store = TaskStore.open("jdbc:sqlite:" + file())) {
            UUID id;
            try (TaskStore other = TaskStore.open("jdbc:sqlite:" + file())) {
                id = submit(other);
                assertThat(store.tasks().find(id)).isPresent();
            }
            store.worker().handle(WORK, (payload, run) -> {}).start();
            assertThat(store.tasks().await(id, SOON).orElseThrow().status()).isEqualTo(TaskStatus.COMPLETED);
            assertThat(store.tasks().await(submit(store), SOON)).isPresent();
        }
    }
}
