package io.taskstore;

import static io.taskstore.Samples.ID;
import static io.taskstore.Samples.NINE;
import static io.taskstore.Samples.OTHER_ID;
import static io.taskstore.Samples.WORKER;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

final class TaskTest {

    /** Every field has a value that differs from the one of an empty builder. */
    private static final Task FULL = Task.builder()
            .id(ID)
            .type("mail")
            .title("Welcome")
            .description("Says hello")
            .payload("\"s3cr3t payload\"")
            .metadata(Metadata.empty().with("tenant", "s3cr3t metadata"))
            .queue("post")
            .priority(5)
            .status(TaskStatus.COMPLETED)
            .submittedBy("Ada")
            .workflowId(OTHER_ID)
            .step("greet")
            .uniqueKey("welcome-17")
            .runAt(NINE)
            .timeout(Duration.ofSeconds(30))
            .attempt(6)
            .failures(3)
            .crashes(2)
            .maxFailures(7)
            .worker(WORKER)
            .cancelRequested(true)
            .progress(new Progress(50, "half"))
            .result("\"s3cr3t result\"")
            .error(new TaskError("KIND", "message"))
            .createdAt(NINE.plusSeconds(1))
            .updatedAt(NINE.plusSeconds(2))
            .startedAt(NINE.plusSeconds(3))
            .completedAt(NINE.plusSeconds(4))
            .version(8)
            .build();

    @TestFactory
    List<DynamicTest> noFieldIsForgotten() throws ReflectiveOperationException {
        Task copy = FULL.toBuilder().build();
        Task bare = Samples.task().id(OTHER_ID).type("x").build();
        List<DynamicTest> tests = new ArrayList<>();
        for (Field field : Task.class.getDeclaredFields()) {
            if (field.isSynthetic()) {
                continue;
            }
            field.setAccessible(true);
            Object value = field.get(FULL);
            Object copied = field.get(copy);
            Object ofAnother = field.get(bare);
            Method accessor = Task.class.getMethod(field.getName());
            Object read = accessor.invoke(FULL);
            tests.add(DynamicTest.dynamicTest(field.getName(), () -> {
                assertThat(value).as("set by the builder").isNotNull().isNotEqualTo(ofAnother);
                assertThat(copied).as("copied by toBuilder").isEqualTo(value);
                assertThat(bare(read)).as("read by the accessor").isEqualTo(value);
            }));
        }
        assertThat(tests).hasSizeGreaterThan(25);
        return tests;
    }

    @Test
    void whatIsNotSetIsEmptyOrTheDefault() {
        Task task = Samples.task().build();

        assertThat(task.title()).isEmpty();
        assertThat(task.runAt()).isEmpty();
        assertThat(task.worker()).isEmpty();
        assertThat(task.maxFailures()).isEmpty();
        assertThat(task.result()).isEmpty();
        assertThat(task.queue()).isEqualTo("default");
        assertThat(task.metadata().isEmpty()).isTrue();
        assertThat(task.version()).isEqualTo(1);
    }

    @Test
    void aBuilderThatGoesOnDoesNotChangeWhatItBuilt() {
        Task.Builder builder = Samples.task();
        Task built = builder.build();

        builder.status(TaskStatus.RUNNING).attempt(1);

        assertThat(built.status()).isEqualTo(TaskStatus.PENDING);
        assertThat(built.attempt()).isZero();
    }

    @Test
    void itsStringShowsNeitherPayloadNorMetadataNorResult() {
        assertThat(FULL)
                .hasToString("Task[id=" + ID + ", type=mail, queue=post, status=COMPLETED, attempt=6, version=8]");
    }

    private static Object bare(Object read) {
        if (read instanceof Optional<?> optional) {
            return optional.orElse(null);
        }
        return read instanceof OptionalInt number ? number.getAsInt() : read;
    }
}
