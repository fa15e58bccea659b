package io.taskstore.inmemory;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.Task;
import io.taskstore.TaskEvent.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class EventsTest {

    private final List<Kind> heard = new ArrayList<>();
    private final Events events = new Events(
            List.of(event -> heard.add(event.kind())), new Complaints(System::nanoTime), new Tally(), () -> {});
    private final Task task =
            RunsOperations.run(1, "narrow", new RunsOperations.Nobody()).task();

    private void add(Kind kind) {
        events.add(kind, task, Optional.empty(), Optional.empty());
        events.tellAll();
    }

    @Test
    void anEndIsToldBeforeTheStartOfTheNextRunThoughThatBeganFirst() {
        add(Kind.STARTED);
        events.hold(List.of(task.id()));
        add(Kind.STARTED);
        assertThat(heard).containsExactly(Kind.STARTED);
        add(Kind.RETRIED);
        events.release(List.of(task.id()));
        events.tellAll();
        assertThat(heard).containsExactly(Kind.STARTED, Kind.RETRIED, Kind.STARTED);
        add(Kind.STARTED);
        assertThat(heard).endsWith(Kind.STARTED, Kind.STARTED);
    }
}
