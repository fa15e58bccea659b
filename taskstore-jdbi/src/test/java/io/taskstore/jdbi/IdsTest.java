package io.taskstore.jdbi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class IdsTest {

    @Test
    void theirOrderIsThatOfTheirTexts() {
        Random random = new Random(1);
        List<UUID> ids = Stream.concat(
                        Stream.generate(() -> new UUID(random.nextLong(), random.nextLong()))
                                .limit(1_000),
                        Stream.of(new UUID(-1, 1), new UUID(-1, -1), new UUID(1, -1), new UUID(1, 1), new UUID(0, 0)))
                .toList();
        assertThat(ids.stream().sorted(Ids.BY_TEXT))
                .containsExactlyElementsOf(ids.stream()
                        .sorted(Comparator.comparing(UUID::toString))
                        .toList());
    }
}
