package io.taskstore.jdbi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskstore.StorageUnavailableException;
import io.taskstore.testkit.Fixtures;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class MemoryOpeningTest {

    private static final String URL = "jdbc:sqlite::memory:";

    @ParameterizedTest
    @ValueSource(strings = {"jdbc:sqlite::memory:", "jdbc:sqlite:", "jdbc:sqlite:file::memory:"})
    void aDatabaseInMemoryIsNobodyElses(String url) {
        try (TaskDatabase one = TaskDatabase.open(url);
                TaskDatabase other = TaskDatabase.open(url)) {
            UUID id = one.tasks().create(Fixtures.draft(), null).task().id();
            assertThat(one.tasks().find(id)).isPresent();
            assertThat(other.tasks().find(id)).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void itAlwaysHasTheSchemaOfThisLibrary(Migration migration) {
        try (TaskDatabase database =
                TaskDatabase.builder(URL).migration(migration).open()) {
            assertThat(database.tasks().find(UUID.randomUUID())).isEmpty();
        }
    }

    @Test
    void openingAndClosingIsAMatterOfMilliseconds() {
        List<Duration> took = new ArrayList<>();
        for (int i = 0; i < 15; i++) {
            long start = System.nanoTime();
            TaskDatabase.open(URL).close();
            took.add(Duration.ofNanos(System.nanoTime() - start));
        }
        took.sort(null);
        assertThat(took.get(took.size() / 2)).isLessThan(Duration.ofMillis(100));
    }

    @Test
    void severalMayBeOpenedAtOnce() throws Exception {
        List<Boolean> found = Threads.together(5, () -> {
            try (TaskDatabase database = TaskDatabase.open(URL)) {
                UUID id = database.tasks().create(Fixtures.draft(), null).task().id();
                return database.tasks().find(id).isPresent();
            }
        });
        assertThat(found).containsOnly(true);
    }

    @Test
    void afterTheCloseEachCallIsRefused() {
        TaskDatabase database = TaskDatabase.open(URL);
        database.close();
        database.close();
        assertThatThrownBy(() -> database.tasks().find(UUID.randomUUID()))
                .isInstanceOf(StorageUnavailableException.class)
                .hasMessage("find failed: the storage is closed; open another one");
    }
}
