package io.taskstore.inmemory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskstore.LogEntry;
import io.taskstore.LogLevel;
import io.taskstore.Progress;
import io.taskstore.StorageUnavailableException;
import io.taskstore.WorkerId;
import io.taskstore.spi.Claim;
import io.taskstore.spi.RunLog;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** What is stored of what handlers say, and when. */
final class JournalTest {

    private static final Claim RUN = new Claim(new UUID(0, 1), new WorkerId(new UUID(1, 1)), 1);
    private static final Claim OTHER = new Claim(new UUID(0, 2), new WorkerId(new UUID(1, 1)), 1);

    private final AtomicLong nanos = new AtomicLong();
    private final List<String> calls = new ArrayList<>();
    private final Memory memory = new Memory();
    private final Journal journal =
            new Journal(memory, new Complaints(nanos::get), nanos::get, () -> calls.add("flush"));

    /** Keeps in lists what it is told. */
    private static final class Memory implements RunLog {

        private final List<LogEntry> lines = new ArrayList<>();
        private final List<Map<Claim, Progress>> progress = new ArrayList<>();
        private boolean down;
        private Predicate<LogEntry> refuses = line -> false;
        private int appends;
        private Runnable meanwhile = () -> {};

        @Override
        public void append(Collection<LogEntry> entries) {
            refuse();
            appends++;
            if (entries.stream().anyMatch(refuses)) {
                throw new IllegalStateException("refused");
            }
            lines.addAll(entries);
        }

        @Override
        public Set<Claim> progress(Map<Claim, Progress> latest) {
            refuse();
            progress.add(Map.copyOf(latest));
            return Set.of();
        }

        private void refuse() {
            meanwhile.run();
            if (down) {
                throw new StorageUnavailableException("down", null);
            }
        }
    }

    private static Progress percent(int percent) {
        return new Progress(percent, "");
    }

    private static LogEntry line(int number, String message) {
        return new LogEntry(RUN.taskId(), 1, number, Instant.EPOCH, LogLevel.INFO, message);
    }

    private void pass(int millis) {
        nanos.addAndGet(Duration.ofMillis(millis).toNanos());
    }

    @Test
    void theProgressOfARunIsStoredOnceInAFifthOfASecond() {
        for (int i = 0; i <= 100; i++) {
            journal.add(RUN, percent(i));
            journal.flush(Set.of(OTHER));
            pass(10);
        }
        assertThat(memory.progress)
                .containsExactly(
                        Map.of(RUN, percent(0)),
                        Map.of(RUN, percent(20)),
                        Map.of(RUN, percent(40)),
                        Map.of(RUN, percent(60)),
                        Map.of(RUN, percent(80)),
                        Map.of(RUN, percent(100)));
    }

    @Test
    void theLastProgressIsStoredWithTheEndHoweverSoonItComes() {
        journal.add(RUN, percent(1));
        journal.flush(Set.of());
        journal.add(RUN, percent(2));
        journal.add(OTHER, percent(50));
        journal.flush(Set.of(RUN));
        assertThat(memory.progress)
                .containsExactly(Map.of(RUN, percent(1)), Map.of(RUN, percent(2), OTHER, percent(50)));
    }

    @Test
    void progressThatCouldNotBeStoredIsStoredNextTimeUnlessThereIsNewer() {
        memory.down = true;
        journal.add(RUN, percent(1));
        journal.add(OTHER, percent(50));
        memory.meanwhile = () -> journal.add(RUN, percent(2));
        assertThatThrownBy(() -> journal.flush(Set.of())).isInstanceOf(StorageUnavailableException.class);
        memory.meanwhile = () -> {};
        memory.down = false;
        journal.flush(Set.of());
        assertThat(memory.progress).containsExactly(Map.of(RUN, percent(2), OTHER, percent(50)));
    }

    @Test
    void whatHasNoRoomIsRefusedButTheLastLineOfALogIsNot() {
        memory.down = true;
        String longest = "x".repeat(16_384);
        int kept = 0;
        while (journal.add(line(kept + 1, longest))) {
            kept++;
        }
        assertThat(kept).isBetween(1_500, 2_000);
        assertThat(journal.add(line(kept + 1, longest))).isFalse();
        journal.addLast(line(kept + 1, "last"));
        assertThatThrownBy(() -> journal.flush(Set.of())).isInstanceOf(StorageUnavailableException.class);
        assertThat(journal.add(line(kept + 2, longest))).isFalse();
        memory.down = false;
        journal.flush(Set.of());
        assertThat(memory.lines)
                .hasSize(kept + 1)
                .last()
                .extracting(LogEntry::message)
                .isEqualTo("last");
        assertThat(journal.add(line(kept + 2, longest))).isTrue();
    }

    @Test
    void aLineThatTheStorageWillNotHaveKeepsNoneOfTheOthersAndLeavesAWordInItsPlace() {
        memory.refuses = line -> line.message().equals("bad");
        for (int i = 1; i <= 5; i++) {
            journal.add(line(i, i == 3 ? "bad" : "good"));
        }
        journal.flush(Set.of());
        assertThat(memory.lines).extracting(LogEntry::line).containsExactly(1, 2, 3, 4, 5);
        assertThat(memory.lines.get(2).message()).isEqualTo("this line could not be stored");
        assertThat(memory.lines)
                .filteredOn(line -> line.message().equals("good"))
                .hasSize(4);
    }

    @Test
    void aStorageThatWillHaveNoLineAtAllIsNotAskedAboutEach() {
        memory.refuses = line -> true;
        for (int i = 1; i <= 500; i++) {
            journal.add(line(i, "bad"));
        }
        journal.flush(Set.of());
        assertThat(memory.appends).isLessThan(50);
        memory.refuses = line -> false;
        journal.flush(Set.of());
        assertThat(memory.lines).isEmpty();
    }

    @Test
    void linesWaitOnWhereTheStorageGoesDownWhileTheyAreStoredOneByOne() {
        memory.refuses = line -> line.line() == 2;
        journal.add(line(1, "one"));
        journal.add(line(2, "two"));
        journal.add(line(3, "three"));
        memory.meanwhile = () -> memory.down = memory.appends == 2;
        assertThatThrownBy(() -> journal.flush(Set.of())).isInstanceOf(StorageUnavailableException.class);
        memory.meanwhile = () -> {};
        memory.down = false;
        memory.refuses = line -> false;
        journal.flush(Set.of());
        assertThat(memory.lines).extracting(LogEntry::message).containsExactly("one", "two", "three");
    }

    @Test
    void manyLinesAreStoredWithoutWaitingForAnEnd() {
        for (int i = 1; i < 1_000; i++) {
            journal.add(line(i, "x"));
        }
        assertThat(calls).isEmpty();
        journal.add(line(1_000, "x"));
        assertThat(calls).containsExactly("flush");
    }
}
