package io.taskstore.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskstore.crash.Event.Kind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class JournalTest {

    private static final UUID ID = new UUID(1, 2);

    @TempDir
    private Path folder;

    private Path written() {
        Path file = folder.resolve("p1.journal");
        try (Journal journal = Journal.open(file, "p1")) {
            journal.add(Kind.START, ID, 1, "");
            journal.add(Kind.LOST, ID, 1, "two words\nand a line – of its own");
        }
        return file;
    }

    @Test
    void whatIsWrittenIsRead() {
        assertThat(Journal.read(written()))
                .extracting(Event::kind, Event::task, Event::attempt, Event::process, Event::note)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(Kind.START, ID, 1, "p1", ""),
                        org.assertj.core.groups.Tuple.tuple(
                                Kind.LOST, ID, 1, "p1", "two words and a line – of its own"));
    }

    @Test
    void aTornLastLineIsLeftOutWhereverItIsTorn() throws Exception {
        byte[] whole = Files.readAllBytes(written());
        int first = Journal.read(folder.resolve("p1.journal")).get(0).line().length();
        Path torn = folder.resolve("torn.journal");
        for (int length = first; length < whole.length; length++) {
            Files.write(torn, java.util.Arrays.copyOf(whole, length));
            assertThat(Journal.read(torn)).as("of %s bytes", length).hasSize(1);
        }
    }

    @Test
    void aDamagedLineThatIsNotTheLastIsAnError() throws Exception {
        Path file = written();
        Files.writeString(file, "START nobody\n", StandardOpenOption.APPEND);
        assertThatThrownBy(() -> Journal.read(file)).hasMessageContaining("is damaged: START nobody");
    }

    @Test
    void aJournalThatWasNotBegunIsEmpty() {
        assertThat(Journal.read(folder.resolve("none.journal"))).isEmpty();
    }
}
