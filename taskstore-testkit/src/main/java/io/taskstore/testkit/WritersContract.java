package io.taskstore.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.Metadata;
import io.taskstore.Slots;
import io.taskstore.StaleTaskException;
import io.taskstore.Task;
import io.taskstore.TaskEdit;
import io.taskstore.TaskStatus;
import io.taskstore.WorkerId;
import io.taskstore.spi.ClaimRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What becomes of a task that several change at once: each version has one who made it, and none of them is lost. */
abstract class WritersContract extends PortContract {

    WritersContract(StorageContract contract) {
        super(contract);
    }

    @Test
    void ofTwoEditsOfOneVersionOneIsMade() throws Exception {
        assertOneEditIsMade(2);
    }

    @Test
    void ofEightEditsOfOneVersionOneIsMade() throws Exception {
        assertOneEditIsMade(8);
    }

    @Test
    void ofEightMovesOfOneVersionOneIsMade() throws Exception {
        Task task = create();
        List<Callable<Optional<Task>>> calls = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            TaskStatus to = i % 2 == 0 ? TaskStatus.RUNNING : TaskStatus.CANCELLED;
            calls.add(() -> unlessStale(() -> tasks().transition(task.id(), 1, to, null)));
        }

        List<Optional<Task>> answers = Together.call(calls);

        Task made = onlyOne(answers);
        assertTask(read(task.id())).isEqualTo(made);
        assertThat(made.version()).isEqualTo(2);
        assertThat(history(task.id()).changes()).hasSize(2);
    }

    @Test
    void ofAnEditAndAMoveOfOneVersionOneIsMade() throws Exception {
        for (int round = 0; round < 10; round++) {
            Task task = create();

            List<Optional<Task>> answers = Together.call(List.of(
                    () -> unlessStale(() ->
                            tasks().update(task.id(), 1, TaskEdit.nothing().title("edited"))),
                    () -> unlessStale(() -> tasks().transition(task.id(), 1, TaskStatus.CANCELLED, null))));

            assertTask(read(task.id())).isEqualTo(onlyOne(answers));
        }
    }

    @Test
    void twoWritersThatReadAgainLoseNoEdit() throws Exception {
        assertNoEditIsLost(2);
    }

    @Test
    void eightWritersThatReadAgainLoseNoEdit() throws Exception {
        assertNoEditIsLost(8);
    }

    @Test
    void aHostAndAWorkerDoNotBothRunATask() throws Exception {
        WorkerId worker = worker();
        for (int round = 0; round < 10; round++) {
            Task task = create();

            List<Boolean> runs = Together.call(List.of(
                    () -> unlessStale(() -> tasks().transition(task.id(), 1, TaskStatus.RUNNING, null))
                            .isPresent(),
                    () -> !claimed(worker, task).isEmpty()));

            assertThat(runs).containsOnlyOnce(true);
            Task running = read(task.id());
            assertThat(running.worker().isPresent()).isEqualTo(runs.get(1));
            assertThat(running.attempt()).isEqualTo(1);
        }
    }

    @Test
    void aTaskThatIsPutOffIsNotClaimedAtOnceToo() throws Exception {
        WorkerId worker = worker();
        for (int round = 0; round < 10; round++) {
            Task task = create();
            TaskEdit putOff = TaskEdit.nothing().runAt(clock.instant().plus(Duration.ofHours(1)));

            List<Boolean> done = Together.call(List.of(
                    () -> unlessStale(() -> tasks().update(task.id(), 1, putOff))
                            .isPresent(),
                    () -> !claimed(worker, task).isEmpty()));

            assertThat(done).containsOnlyOnce(true);
        }
    }

    @Test
    void anEditAndTheEndOfARunAtOnceDoNotHarmEachOther() throws Exception {
        for (int round = 0; round < 10; round++) {
            Task running = createIn(TaskStatus.RUNNING);

            List<Boolean> done = Together.call(List.of(
                    () -> unlessStale(() -> tasks().update(
                                            running.id(), 2, TaskEdit.nothing().title("edited")))
                            .isPresent(),
                    () -> complete(running).status().isPresent()));

            Task completed = read(running.id());
            assertThat(done.get(1)).isTrue();
            assertThat(completed.status()).isEqualTo(TaskStatus.COMPLETED);
            assertThat(completed.title().isPresent()).isEqualTo(done.get(0));
            assertThat(completed.version()).isEqualTo(done.get(0) ? 4 : 3);
        }
    }

    private void assertOneEditIsMade(int writers) throws Exception {
        Task task = create();
        List<Callable<Optional<Task>>> calls = new ArrayList<>();
        for (int i = 0; i < writers; i++) {
            TaskEdit edit = TaskEdit.nothing().title("writer " + i);
            calls.add(() -> unlessStale(() -> tasks().update(task.id(), 1, edit)));
        }

        List<Optional<Task>> answers = Together.call(calls);

        Task made = onlyOne(answers);
        assertThat(made.version()).isEqualTo(2);
        assertTask(read(task.id())).isEqualTo(made);
    }

    /** Each writer counts in the metadata; one that comes too late reads the task again. */
    private void assertNoEditIsLost(int writers) throws Exception {
        int edits = 10;
        Task task = create();

        List<List<Long>> versions = Together.call(writers, () -> {
            List<Long> made = new ArrayList<>();
            while (made.size() < edits && !Thread.currentThread().isInterrupted()) {
                unlessStale(() -> countOn(read(task.id()))).ifPresent(edited -> made.add(edited.version()));
            }
            return made;
        });

        Task counted = read(task.id());
        assertThat(counted.metadata().get("count")).contains(String.valueOf(writers * edits));
        assertThat(counted.version()).isEqualTo(1 + writers * edits);
        assertThat(versions.stream().flatMap(List::stream))
                .containsExactlyInAnyOrderElementsOf(
                        LongStream.rangeClosed(2, counted.version()).boxed().toList());
    }

    private Task countOn(Task seen) {
        int count = seen.metadata().get("count").map(Integer::valueOf).orElse(0);
        Metadata next = seen.metadata().with("count", count + 1);
        return tasks().update(seen.id(), seen.version(), TaskEdit.nothing().metadata(next));
    }

    private List<Task> claimed(WorkerId worker, Task task) {
        return claims().claim(ClaimRequest.due(worker, TYPES, Slots.of(1)).hinted(Set.of(task.id())))
                .tasks();
    }

    private static Task onlyOne(List<Optional<Task>> answers) {
        assertThat(answers).filteredOn(Optional::isPresent).hasSize(1);
        return answers.stream().flatMap(Optional::stream).findFirst().orElseThrow();
    }

    private static Optional<Task> unlessStale(Callable<Task> change) throws Exception {
        try {
            return Optional.of(change.call());
        } catch (StaleTaskException stale) {
            return Optional.empty();
        }
    }
}
