package io.taskstore.testkit;

import io.taskstore.Task;
import io.taskstore.TaskRepository;
import io.taskstore.WorkerId;
import io.taskstore.spi.Claim;
import io.taskstore.spi.Storage;
import java.time.Instant;
import java.util.function.Consumer;

/**
 * One of the two storages that are compared.
 *
 * @param storage the storage
 * @param killer how a worker of it dies
 * @param clock its clock; both sides have one, and both are moved alike
 * @param memory what earlier calls learned
 */
record ModelSide(Storage storage, Consumer<WorkerId> killer, ManualClock clock, ModelMemory memory) {

    /** What the clock shows when a sequence begins. */
    static final Instant START = Instant.parse("2026-01-15T09:00:00Z");

    TaskRepository tasks() {
        return storage.tasks();
    }

    WorkerId worker(int back) {
        return memory.worker(back);
    }

    Claim claim(int back) {
        return memory.claim(back);
    }

    /** {@return the version the task has; 1 if there is no such task} */
    long version(int task) {
        return tasks().find(ModelIds.task(task)).map(Task::version).orElse(1L);
    }

    static ModelSide reference(ModelMemory memory) {
        ManualClock clock = ManualClock.at(START);
        ReferenceStorage storage = new ReferenceStorage(clock, memory::nextWorker);
        return new ModelSide(storage, storage::kill, clock, memory);
    }
}
