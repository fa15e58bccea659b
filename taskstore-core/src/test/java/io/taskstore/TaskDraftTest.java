package io.taskstore;

import static io.taskstore.Samples.ID;
import static io.taskstore.Samples.NINE;
import static io.taskstore.Samples.OTHER_ID;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TaskDraftTest {

    private static final String PAYLOAD = "{\"to\":\"Ada\"}";

    private final NewTask task = Samples.newTask()
            .title("Welcome")
            .description("Says hello")
            .metadata("tenant", "acme")
            .queue("post")
            .priority(5)
            .submittedBy("Ada")
            .uniqueKey("k")
            .runAt(NINE)
            .timeout(Duration.ofSeconds(1))
            .maxFailures(3);

    @Test
    void draftsOfTheSameContentHaveTheSameFingerprint() {
        NewTask again = Samples.newTask()
                .maxFailures(3)
                .timeout(Duration.ofSeconds(1))
                .runAt(NINE.plusNanos(999))
                .uniqueKey("k")
                .submittedBy("Ada")
                .priority(5)
                .queue("post")
                .metadata(Metadata.parse("{\"tenant\":\"acme\"}"))
                .description("Says hello")
                .title("Welcome");

        assertThat(fingerprint(again)).isEqualTo(fingerprint(task));
    }

    @Test
    void aDifferenceInAnySingleFieldGivesAnotherFingerprint() {
        List<NewTask> others = List.of(
                task.title("Goodbye"),
                task.description("Says goodbye"),
                task.metadata("tenant", "other"),
                task.metadata("more", 1),
                task.queue("other"),
                task.priority(6),
                task.submittedBy("Grace"),
                task.uniqueKey("other"),
                task.runAt(NINE.plusNanos(1_000)),
                task.timeout(Duration.ofSeconds(2)),
                task.maxFailures(4));

        assertThat(others)
                .extracting(TaskDraftTest::fingerprint)
                .doesNotContain(fingerprint(task))
                .doesNotHaveDuplicates();
        assertThat(new TaskDraft(ID, task, "{\"to\": \"Ada\"}").fingerprint()).isNotEqualTo(fingerprint(task));
    }

    @Test
    void anotherTypeGivesAnotherFingerprint() {
        assertThat(fingerprint(NewTask.of(TaskType.of("letter", String.class), "hello")))
                .isNotEqualTo(fingerprint(Samples.newTask()));
    }

    @Test
    void whereOneFieldEndsAndTheNextBeginsCounts() {
        NewTask one = NewTask.of(TaskType.of("mail1", String.class), "hello");
        NewTask other = NewTask.of(TaskType.of("mail", String.class), "hello");

        assertThat(new TaskDraft(ID, one, "2").fingerprint())
                .isNotEqualTo(new TaskDraft(ID, other, "12").fingerprint());
    }

    @Test
    void aFieldThatIsNotGivenDiffersFromAnyThatIs() {
        NewTask bare = Samples.newTask();
        List<NewTask> others = List.of(
                bare,
                bare.title("empty"),
                bare.title("Optional.empty"),
                bare.description("empty"),
                bare.submittedBy("empty"),
                bare.uniqueKey("empty"),
                bare.title("a").description("b"),
                bare.title("b").description("a"),
                bare.title("ab"),
                bare.priority(1),
                bare.maxFailures(1),
                bare.runAt(NINE),
                bare.timeout(Duration.ofSeconds(1)));

        assertThat(others).extracting(TaskDraftTest::fingerprint).doesNotHaveDuplicates();
    }

    @Test
    void theIdTheNoteAndWhatToDoWithATakenKeyDoNotCount() {
        assertThat(new TaskDraft(OTHER_ID, task, PAYLOAD).fingerprint()).isEqualTo(fingerprint(task));
        assertThat(fingerprint(task.id(OTHER_ID))).isEqualTo(fingerprint(task));
        assertThat(fingerprint(task.note("again"))).isEqualTo(fingerprint(task));
        assertThat(fingerprint(task.uniqueKey("k", NewTask.IfKeyTaken.ANSWER_EXISTING)))
                .isEqualTo(fingerprint(task));
    }

    @Test
    void theFingerprintStaysTheSameFromVersionToVersion() {
        assertThat(fingerprint(Samples.newTask())).as("stored in databases").isEqualTo(1_323_649_456_599_632_366L);
    }

    @Test
    void itsStringShowsNoPayload() {
        assertThat(new TaskDraft(ID, Samples.newTask(), "\"s3cr3t\""))
                .hasToString("TaskDraft[id=" + ID + ", type=mail, queue=default]");
    }

    private static long fingerprint(NewTask task) {
        return new TaskDraft(ID, task, PAYLOAD).fingerprint();
    }
}
