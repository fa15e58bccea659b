package io.taskstore.jdbi;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.Hint;
import io.taskstore.Slots;
import io.taskstore.Wanted;
import io.taskstore.WorkerId;
import io.taskstore.jdbi.Message.Hints;
import io.taskstore.jdbi.Message.Passed;
import io.taskstore.jdbi.Message.Presence;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MessageTextTest {

    private static final String ID = "00000000-0000-0000-0000-000000000001";
    private static final int CHANGES = 20_000;

    private final UUID process = UUID.randomUUID();

    private Wanted wanted(Set<String> types, Slots slots) {
        return new Wanted(new WorkerId(process), types, slots, true);
    }

    private static Passed passed(String type, String queue, int priority, int times) {
        return new Passed(new Hint(UUID.randomUUID(), type, queue, priority), times);
    }

    @Test
    void whatAProcessSaysOfItsWorkersComesThrough() {
        String odd = "aZ9._:/+@#-";
        Presence presence = new Presence(
                process,
                true,
                List.of(
                        wanted(Set.of(odd, "mail"), new Slots(7, Map.of(odd, 0, "slow", 2), false)),
                        new Wanted(new WorkerId(process), Set.of("report"), Slots.of(0), false)));

        assertThat(MessageText.read(MessageText.of(presence))).contains(presence);
        Presence farewell = new Presence(process, false, List.of());
        assertThat(MessageText.read(MessageText.of(farewell))).contains(farewell);
    }

    @Test
    void hintsComeThroughInTheirOrder() {
        List<Passed> hints = List.of(
                passed("mail", "default", 0, 1),
                passed("mail", "default", 0, 1),
                passed("mail", "default", 1, 1),
                passed("mail", "slow", -1_000, 2),
                passed("aZ9._:/+@#-", "#", 1_000, 0),
                passed("mail", "default", 0, 1));

        assertThat(MessageText.read(MessageText.ofFirst(new ArrayDeque<>(hints))))
                .contains(new Hints(hints));
    }

    @Test
    void noMessageIsLongerThanPostgresqlCarriesAndWhatHasNoRoomIsLeftForTheNext() {
        String longest = "x".repeat(100);
        List<Passed> hints = IntStream.range(0, 1_000)
                .mapToObj(i -> passed(longest, longest, i % 2, 1))
                .toList();
        Queue<Passed> left = new ArrayDeque<>(hints);
        List<Passed> read = new ArrayList<>();
        while (!left.isEmpty()) {
            String text = MessageText.ofFirst(left);
            assertThat(text.getBytes(StandardCharsets.UTF_8)).hasSizeLessThan(8_000);
            read.addAll(((Hints) MessageText.read(text).orElseThrow()).hints());
        }
        assertThat(read).isEqualTo(hints);
    }

    @Test
    void aProcessWithTooManyTypesNamesAsManyAsFit() {
        Set<String> types = IntStream.range(0, 1_000).mapToObj(i -> "type-" + i).collect(Collectors.toSet());
        String text = MessageText.of(new Presence(process, false, List.of(wanted(types, Slots.of(1)))));

        assertThat(text.length()).isLessThan(8_000);
        Presence read = (Presence) MessageText.read(text).orElseThrow();
        assertThat(read.workers().get(0).types()).hasSizeGreaterThan(500);
        assertThat(types).containsAll(read.workers().get(0).types());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "hello",
                "taskstore/1 hints",
                "taskstore/2 here " + ID + " 1",
                "taskstore/1 here",
                "taskstore/1 here " + ID,
                "taskstore/1 here me 1",
                "taskstore/1 here " + ID + " 1\n1 1 1 - ",
                "taskstore/1 here " + ID + " 1\n1 -1 1 - mail",
                "taskstore/1 here " + ID + " 1\n1 1 1 slow mail",
                "taskstore/1 here " + ID + " 1\n1 1 1 =1 mail",
                "taskstore/1 here " + ID + " 1\n1 99999999999 1 - mail",
                "taskstore/1 hints\n1 0 default mail",
                "taskstore/1 hints\n1 0 default mail ",
                "taskstore/1 hints\n1 0 default mail me",
                "taskstore/1 hints\n1 0 default mail " + ID + ",",
                "taskstore/1 hints\n1 1001 default mail " + ID,
                "taskstore/1 hints\n-1 0 default mail " + ID,
                "taskstore/1 hints\n1000 0 default mail " + ID,
                "taskstore/1 hints\n1 0 default m'ail " + ID,
                "taskstore/1 hints\n1 0 default mail " + ID + " more",
                "taskstore/1 hints\n\n"
            })
    void whatIsNoMessageIsNone(String text) {
        assertThat(MessageText.read(text)).isEmpty();
    }

    @Test
    void aTextThatIsTooLongIsNone() {
        String ids = String.join(",", java.util.Collections.nCopies(300, ID));
        assertThat(MessageText.read("taskstore/1 hints\n1 0 default mail " + ids))
                .isEmpty();
    }

    @Test
    void whateverIsDoneToAMessageReadingItThrowsNothing() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        Queue<Passed> hints = new ArrayDeque<>(List.of(passed("mail", "default", 0, 1), passed("mail", "slow", 5, 1)));
        List<String> texts = List.of(
                MessageText.ofFirst(hints),
                MessageText.of(new Presence(
                        process, true, List.of(wanted(Set.of("a", "b"), new Slots(3, Map.of("slow", 1), true))))));
        for (int i = 0; i < CHANGES; i++) {
            StringBuilder text = new StringBuilder(texts.get(random.nextInt(texts.size())));
            for (int change = random.nextInt(4); change >= 0; change--) {
                int at = random.nextInt(text.length());
                if (random.nextBoolean()) {
                    text.setCharAt(at, (char) random.nextInt(random.nextBoolean() ? 128 : 0x10000));
                } else {
                    text.delete(at, Math.min(text.length() - 1, at + random.nextInt(10)));
                }
            }
            assertThat(MessageText.read(text.toString())).as("seed %s", seed).isNotNull();
        }
    }

    @Test
    void channelsHaveNamesThatPostgresqlTakesAndEachSchemaHasItsOwn() {
        Channels ours = Channels.of("a".repeat(63), process);
        Channels others = Channels.of("a".repeat(62), UUID.randomUUID());

        assertThat(List.of(ours.all(), ours.own(), others.all(), others.own()))
                .doesNotHaveDuplicates()
                .allMatch(name -> name.matches("[a-z0-9_]{1,63}"));
        assertThat(Channels.of("a".repeat(63), UUID.randomUUID()).all()).isEqualTo(ours.all());
        assertThat(Channels.of(process)).isEqualTo(ours.own());
    }
}
