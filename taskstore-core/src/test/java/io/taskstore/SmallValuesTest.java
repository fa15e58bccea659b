package io.taskstore;

import static io.taskstore.Samples.ID;
import static io.taskstore.Samples.NINE;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What there is to say of values that hardly do anything. */
final class SmallValuesTest {

    @Test
    void aTypeIsWrittenAsItsName() {
        assertThat(TaskType.of("email", String.class)).hasToString("email");
    }

    @Test
    void progressIsWrittenForPeople() {
        assertThat(new Progress(50, "")).hasToString("50 %");
        assertThat(new Progress(50, "half of it")).hasToString("50 % half of it");
    }

    @Test
    void aRefusalIsToldOfTheArgumentByItsOtherName() {
        InvalidInputException refusal = new InvalidInputException("url", "one of a file", "letter");

        assertThat(refusal.about("TASKSTORE_URL"))
                .hasMessage("TASKSTORE_URL must be one of a file, but was \"letter\"")
                .hasCause(refusal)
                .extracting(InvalidInputException::field, InvalidInputException::expected)
                .containsExactly("TASKSTORE_URL", "one of a file");
    }

    @Test
    void aHintSaysWhatAQueueNeedsToKnowOfATask() {
        assertThat(Hint.of(Samples.task().queue("post").priority(5).build()))
                .isEqualTo(new Hint(ID, "mail", "post", 5));
    }

    @Test
    void whatAHandlerLogsIsCleanedAndCut() {
        LogEntry entry = new LogEntry(ID, 1, 1, NINE, LogLevel.INFO, "\u0000" + "x".repeat(20_000));

        assertThat(entry.message()).hasSize(16_384).startsWith("\ufffdx").endsWith("…");
    }

    @Test
    void aPollThatRanOutOfTimeHasNothing() {
        assertThat(Polled.nothing().isNothing()).isTrue();
        assertThat(new Polled(List.of(), List.of(), Set.of(), false, true).isNothing())
                .isFalse();
        assertThat(new Polled(List.of(), List.of(), Set.of(), true, false).isNothing())
                .isFalse();
        assertThat(new Polled(List.of(), List.of(), Set.of(ID), false, false).isNothing())
                .isFalse();
    }

    @Test
    void aWorkerWithoutQueuesServesThemAll() {
        assertThat(new WorkerProfile("app-1", Set.of("mail"), Set.of()).serves("post"))
                .isTrue();
        assertThat(new WorkerProfile("app-1", Set.of("mail"), Set.of("post")).serves("post"))
                .isTrue();
        assertThat(new WorkerProfile("app-1", Set.of("mail"), Set.of("post")).serves("default"))
                .isFalse();
    }

    @Test
    void whoChangesACollectionDoesNotChangeTheValueMadeFromIt() {
        Set<UUID> ids = new HashSet<>(Set.of(ID));
        Changed changed = new Changed(1, ids, ids);

        ids.clear();

        assertThat(changed.cancelRequested()).containsExactly(ID);
        assertThat(changed.refused()).containsExactly(ID);
    }
}
