package io.taskstore.jdbi;

import static io.taskstore.testkit.Fixtures.draft;
import static io.taskstore.testkit.Fixtures.newTask;
import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.InvalidInputException;
import io.taskstore.NewTask;
import io.taskstore.PageRequest;
import io.taskstore.Task;
import io.taskstore.TaskDraft;
import io.taskstore.TaskFilter;
import io.taskstore.testkit.ManualClock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Strings of any characters: each is refused at the door, or comes out of the database as it went in, and finds its task. More
 * with {@code -Dtaskstore.strings=1000000}, others with {@code -Dtaskstore.strings.seed=1}.
 */
final class AnyStringTest {

    private static final int STRINGS = Integer.getInteger("taskstore.strings", 20_000);
    private static final long SEED = Long.getLong("taskstore.strings.seed", System.nanoTime());
    private static final int OF_EACH = 6;
    private static final int AT_ONCE = 200;
    private static final int LONGEST = 40;
    private static final int FOUND_EVERY = 25;

    private static final String[] PIECES = {
        "'",
        "\"",
        "`",
        "\\",
        ";",
        "--",
        "/*",
        "*/",
        "%",
        "_",
        ":name",
        "?",
        "$1",
        "{",
        "}",
        "<",
        ">",
        "&",
        "\\u0000",
        "NULL",
        "\0",
        "\ud800",
        "\udc00",
        "\ud83d\udc69\u200d\ud83d\udc67",
        "\u202e",
        "\ufeff",
        "\ufffd",
        "\uffff",
        "e\u0301",
        "\u00df",
        "\u0130",
        "\r\n",
        "\t",
        " ",
        "\u0085",
        "\u2028",
        "\u001b[31m",
        "\u007f"
    };

    private final Random random = new Random(SEED);
    private int refused;

    @Test
    void onSqliteItIsRefusedOrKept() {
        try (TaskDatabase database = Databases.inMemory(ManualClock.create())) {
            refusedOrKept(database, "SQLite");
        }
    }

    @Test
    void onPostgresItIsRefusedOrKept() {
        try (TaskDatabase database = Databases.postgres(TestPostgres.schema(), ManualClock.create())) {
            refusedOrKept(database, "PostgreSQL");
        }
    }

    private void refusedOrKept(TaskDatabase database, String name) {
        int kept = 0;
        while (kept + refused < STRINGS) {
            List<TaskDraft> drafts = new ArrayList<>();
            while (drafts.size() < AT_ONCE) {
                strange().ifPresent(task -> drafts.add(draft(task)));
            }
            database.tasks().createAll(drafts);
            for (int i = 0; i < drafts.size(); i++) {
                NewTask asked = drafts.get(i).task();
                Task stored = database.tasks().find(drafts.get(i).id()).orElseThrow();
                assertKept(stored, asked);
                if (i % FOUND_EVERY == 0) {
                    assertFound(database, stored, asked);
                }
            }
            kept += drafts.size() * OF_EACH;
        }
        assertThat(refused).isPositive();
        System.out.printf("strings on %s: %,d kept, %,d refused, seed %d%n", name, kept, refused, SEED);
    }

    /** {@return a task made of such strings, unless one of them is refused} */
    private Optional<NewTask> strange() {
        String[] strings = new String[OF_EACH];
        for (int i = 0; i < OF_EACH; i++) {
            strings[i] = any();
        }
        try {
            return Optional.of(newTask()
                    .title(strings[0])
                    .description(strings[1])
                    .submittedBy(strings[2])
                    .uniqueKey(strings[3] + System.nanoTime())
                    .metadata(strings[4], strings[5]));
        } catch (InvalidInputException e) {
            assertThat(e.field()).as("seed " + SEED).isNotBlank();
            assertThat(List.of(strings))
                    .as("what is refused, seed %d: %s", SEED, e.getMessage())
                    .anyMatch(AnyStringTest::isNoText);
            refused++;
            return Optional.empty();
        }
    }

    /** {@return whether it has characters that PostgreSQL or UTF-8 have no place for} */
    private static boolean isNoText(String text) {
        return text.indexOf('\0') >= 0
                || text.codePoints()
                        .anyMatch(point -> point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE);
    }

    private String any() {
        // what is blank is refused for another reason
        StringBuilder text = new StringBuilder("x");
        int length = random.nextInt(LONGEST);
        while (text.length() < length) {
            switch (random.nextInt(6)) {
                case 0 -> text.append(PIECES[random.nextInt(PIECES.length)]);
                case 1 -> text.appendCodePoint(random.nextInt(Character.MAX_CODE_POINT + 1));
                case 2 -> text.append((char) random.nextInt(Character.MAX_VALUE + 1));
                default -> text.append((char) (' ' + random.nextInt('~' - ' ')));
            }
        }
        return text.toString();
    }

    private static void assertKept(Task stored, NewTask asked) {
        assertThat(stored.title()).as("seed " + SEED).isEqualTo(asked.title());
        assertThat(stored.description()).as("seed " + SEED).isEqualTo(asked.description());
        assertThat(stored.submittedBy()).as("seed " + SEED).isEqualTo(asked.submittedBy());
        assertThat(stored.uniqueKey()).as("seed " + SEED).isEqualTo(asked.uniqueKey());
        assertThat(stored.metadata()).as("seed " + SEED).isEqualTo(asked.metadata());
    }

    private static void assertFound(TaskDatabase database, Task stored, NewTask asked) {
        TaskFilter filter = TaskFilter.all().uniqueKey(asked.uniqueKey().orElseThrow());
        filter = filter.titlePrefix(asked.title().orElseThrow())
                .submittedBy(asked.submittedBy().orElseThrow());
        for (String key : asked.metadata().scalars().keySet()) {
            filter = filter.metadata(key, asked.metadata().get(key).orElseThrow());
        }
        assertThat(database.tasks().list(filter, PageRequest.first(2)).tasks())
                .as("found by %s, seed %d", filter, SEED)
                .extracting(Task::id)
                .containsExactly(stored.id());
    }
}
