package io.taskstore.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.Hint;
import io.taskstore.Slots;
import io.taskstore.TaskQueue;
import io.taskstore.Wanted;
import io.taskstore.WorkerId;
import io.taskstore.crash.Event.Kind;
import io.taskstore.crash.Hints.Way;
import io.taskstore.crash.Orders.Access;
import io.taskstore.crash.Orders.Load;
import io.taskstore.crash.Orders.Mishaps;
import io.taskstore.inmemory.InMemoryTaskQueue;
import io.taskstore.jdbi.Migration;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of hints that are spoilt. */
final class SpoilingQueueTest {

    private static final int HINTS = 200;
    private static final int ONE_OF = 5;

    @Test
    void ofFiveHintsOneIsLostOrComesTwiceOrLateAndTheOthersCome(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("p1.journal");
        Orders orders = new Orders(
                new Access("", "", Duration.ofSeconds(1), Migration.SKIP),
                file,
                new Load(7, 1, 0),
                Mishaps.NONE,
                Hints.by(Way.NOTIFY).spoiling(ONE_OF));
        try (Journal journal = Journal.open(file, "p1");
                TaskQueue queue = SpoilingQueue.of(new InMemoryTaskQueue(), orders, journal)) {
            for (int i = 0; i < HINTS; i++) {
                assertThat(queue.offer(new Hint(UUID.randomUUID(), "work", "default", 0)))
                        .isTrue();
            }
            List<String> fates = Journal.read(file).stream()
                    .filter(event -> event.kind() == Kind.FAULT)
                    .map(Event::note)
                    .toList();
            assertThat(fates).hasSize(HINTS / ONE_OF).contains("a hint LOST", "a hint TWICE", "a hint LATE");
            long lost = fates.stream().filter(fate -> fate.endsWith("LOST")).count();

            Wanted all = new Wanted(new WorkerId(UUID.randomUUID()), Set.of("work"), Slots.of(2 * HINTS), true);
            Set<Hint> come = new HashSet<>();
            Scene.await("the others have come", () -> {
                come.addAll(queue.poll(all, Duration.ofMillis(10)).hints());
                return come.size() == HINTS - lost;
            });
        }
    }
}
