package io.taskstore.jdbi;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.Page;
import io.taskstore.PageRequest;
import io.taskstore.Task;
import io.taskstore.TaskFilter;
import io.taskstore.TaskOrder;
import io.taskstore.TaskRepository;
import io.taskstore.TaskStatus;
import io.taskstore.TimeRange;
import io.taskstore.testkit.Fixtures;
import io.taskstore.testkit.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Lists by what happened to tasks, where so many are in the range that another way leads to them. */
final class ManyTasksTest {

    private static final int MANY = 5_200;
    private static final int PAGE = 1_000;

    @Test
    void onSqliteNoneIsLeftOutWhateverHappenedToItWhen() {
        ManualClock clock = ManualClock.create();
        try (TaskDatabase database = Databases.inMemory(clock)) {
            noneIsLeftOut(database.tasks(), clock);
        }
    }

    @Test
    void onPostgresNoneIsLeftOutWhateverHappenedToItWhen() {
        ManualClock clock = ManualClock.create();
        try (TaskDatabase database = Databases.postgres(TestPostgres.schema(), clock)) {
            noneIsLeftOut(database.tasks(), clock);
        }
    }

    private static void noneIsLeftOut(TaskRepository tasks, ManualClock clock) {
        List<UUID> wanted = new ArrayList<>();
        for (Duration later : List.of(Duration.ofMillis(1), Duration.ofSeconds(30), Duration.ofSeconds(570))) {
            wanted.addAll(create(tasks, 30).subList(10, 20));
            clock.advance(later);
        }
        Instant since = clock.instant();
        wanted.forEach(id -> cancel(tasks, id));
        wanted.addAll(create(tasks, MANY));
        Instant to = clock.instant().plusMillis(1);
        clock.advance(Duration.ofMinutes(20));
        List<UUID> odd = create(tasks, 30);
        clock.set(since);
        odd.subList(10, 20).forEach(id -> cancel(tasks, id));
        wanted.addAll(odd.subList(10, 20));

        TaskFilter filter = TaskFilter.all().updated(TimeRange.between(since, to));
        assertThat(ids(tasks, filter, TaskOrder.OLDEST_FIRST)).isEqualTo(wanted);
        assertThat(ids(tasks, filter, TaskOrder.NEWEST_FIRST)).isEqualTo(reversed(wanted));
    }

    private static List<UUID> create(TaskRepository tasks, int number) {
        return tasks.createAll(Fixtures.drafts(number)).stream()
                .map(created -> created.task().id())
                .toList();
    }

    private static void cancel(TaskRepository tasks, UUID id) {
        tasks.transition(id, tasks.find(id).orElseThrow().version(), TaskStatus.CANCELLED, null);
    }

    private static List<UUID> reversed(List<UUID> ids) {
        List<UUID> reversed = new ArrayList<>(ids);
        Collections.reverse(reversed);
        return reversed;
    }

    /** Page by page, so that each page lies elsewhere. */
    private static List<UUID> ids(TaskRepository tasks, TaskFilter filter, TaskOrder order) {
        List<UUID> ids = new ArrayList<>();
        PageRequest first = PageRequest.first(PAGE).order(order);
        Page page = tasks.list(filter, first);
        while (true) {
            page.tasks().stream().map(Task::id).forEach(ids::add);
            if (page.next().isEmpty()) {
                return ids;
            }
            page = tasks.list(filter, first.after(page.next().get()));
        }
    }
}
