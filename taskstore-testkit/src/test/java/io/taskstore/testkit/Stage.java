package io.taskstore.testkit;

import static io.taskstore.testkit.Fixtures.OTHER_WORK;
import static io.taskstore.testkit.Fixtures.WORK;

import io.taskstore.Created;
import io.taskstore.Hint;
import io.taskstore.JacksonCodec;
import io.taskstore.NewTask;
import io.taskstore.Polled;
import io.taskstore.Slots;
import io.taskstore.Task;
import io.taskstore.TaskDraft;
import io.taskstore.TaskError;
import io.taskstore.TaskQueue;
import io.taskstore.TaskRepository;
import io.taskstore.TaskService;
import io.taskstore.TaskStatus;
import io.taskstore.Wanted;
import io.taskstore.WorkerId;
import io.taskstore.WorkerProfile;
import io.taskstore.spi.Claim;
import io.taskstore.spi.ClaimRequest;
import io.taskstore.spi.Settlement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * What the tests of the services play on: the reference storage and the reference queue, a journal of what the service asks
 * of both, and the steps of a worker. Tasks have the ids 1, 2, 3 …, by which the journal calls them.
 */
final class Stage {

    static final Set<String> TYPES = Set.of(WORK.name(), OTHER_WORK.name());

    final ManualClock clock = ManualClock.create();
    final ReferenceStorage storage = new ReferenceStorage(clock);
    final ReferenceQueue queue = new ReferenceQueue(100);
    final List<String> journal = new CopyOnWriteArrayList<>();
    final TaskRepository repository = new JournaledTasks(storage.tasks());
    final TaskQueue journaledQueue = new JournaledQueue(queue);
    final TaskService tasks = service(repository, journaledQueue);

    static TaskService service(TaskRepository repository, TaskQueue queue) {
        return new TaskService(repository, queue, JacksonCodec.standard(), new CountingIds());
    }

    /** Writes down what is stored. */
    private final class JournaledTasks extends DelegatingTasks {

        JournaledTasks(TaskRepository delegate) {
            super(delegate);
        }

        @Override
        public Created create(TaskDraft draft, @Nullable WorkerId claimFor) {
            Created created = super.create(draft, claimFor);
            journal.add("create " + number(draft.id()) + " " + created.how());
            return created;
        }

        @Override
        public List<Created> createAll(List<TaskDraft> drafts) {
            List<Created> created = super.createAll(drafts);
            journal.add(
                    "create " + drafts.stream().map(draft -> number(draft.id())).toList());
            return created;
        }
    }

    /** Writes down what the queue is told. */
    private final class JournaledQueue extends DelegatingQueue {

        JournaledQueue(TaskQueue delegate) {
            super(delegate);
        }

        @Override
        public Optional<Reservation> reserve(Hint hint) {
            Optional<Reservation> slot = super.reserve(hint);
            journal.add("reserve " + number(hint.id()) + (slot.isPresent() ? "" : " in vain"));
            return slot.map(JournaledSlot::new);
        }

        @Override
        public boolean offer(Hint hint) {
            boolean taken = super.offer(hint);
            journal.add("hint " + number(hint.id()) + (taken ? "" : " refused"));
            return taken;
        }

        @Override
        public void cancelRequested(Set<UUID> ids) {
            super.cancelRequested(ids);
            journal.add("cancel " + ids.stream().map(Stage::number).sorted().toList());
        }

        @Override
        public void wake() {
            super.wake();
            journal.add("wake");
        }
    }

    /** Writes down how a reservation ends. */
    private final class JournaledSlot extends DelegatingQueue.Slot {

        JournaledSlot(TaskQueue.Reservation delegate) {
            super(delegate);
        }

        @Override
        public boolean deliver(Task claimed) {
            boolean delivered = super.deliver(claimed);
            journal.add("deliver " + number(claimed.id()));
            return delivered;
        }

        @Override
        public void release() {
            super.release();
            journal.add("release");
        }
    }

    /** {@return the number of a counted id} */
    static long number(UUID id) {
        return id.getLeastSignificantBits() & Long.MAX_VALUE;
    }

    WorkerId worker() {
        return storage.claims().register(new WorkerProfile("a worker", TYPES, Set.of()));
    }

    static Wanted wanted(WorkerId worker, int slots) {
        return new Wanted(worker, TYPES, Slots.of(slots), true);
    }

    /** {@return the poll of a worker that is idle: it waits, is caught up, and has one free slot} */
    AsyncCall<Polled> idle(WorkerId worker) {
        return idle(worker, 1);
    }

    AsyncCall<Polled> idle(WorkerId worker, int slots) {
        AsyncCall<Polled> poll = AsyncCall.start(() -> queue.poll(wanted(worker, slots), Duration.ofHours(1)));
        Hint probe = new Hint(UUID.randomUUID(), WORK.name(), NewTask.DEFAULT_QUEUE, 0);
        Patience.until("the poll waits", () -> poll.isOver() || canReserve(probe));
        return poll;
    }

    private boolean canReserve(Hint probe) {
        Optional<TaskQueue.Reservation> slot = queue.reserve(probe);
        slot.ifPresent(TaskQueue.Reservation::release);
        return slot.isPresent();
    }

    Task submit() {
        return tasks.submit(Fixtures.newTask());
    }

    Task read(UUID id) {
        return storage.tasks().find(id).orElseThrow();
    }

    /** {@return the task, claimed by the worker} */
    Task claim(WorkerId worker, UUID id) {
        return storage.claims()
                .claim(ClaimRequest.due(worker, TYPES, Slots.of(1)).hinted(Set.of(id)))
                .tasks()
                .get(0);
    }

    void complete(Task running, @Nullable String result) {
        storage.claims()
                .settle(List.of(
                        new Settlement.Completed(Claim.of(running), Optional.empty(), Optional.ofNullable(result))));
    }

    void complete(UUID id) {
        complete(claim(worker(), id), null);
    }

    void fail(UUID id) {
        Task running = claim(worker(), id);
        storage.claims()
                .settle(List.of(new Settlement.Failed(
                        Claim.of(running), Optional.empty(), new TaskError("Broken", "it broke"))));
    }

    /** {@return a new task, brought into the status; journal and hints begin after it} */
    Task taskIn(TaskStatus status) {
        return bring(submit(), status);
    }

    Task bring(Task task, TaskStatus status) {
        switch (status) {
            case PENDING -> {}
            case RUNNING -> claim(worker(), task.id());
            case COMPLETED -> complete(task.id());
            case FAILED -> fail(task.id());
            case CANCELLED -> tasks.cancel(task.id(), null);
            case WAITING -> throw new IllegalArgumentException("only a workflow has WAITING tasks");
        }
        forgetHints();
        journal.clear();
        return read(task.id());
    }

    private void forgetHints() {
        WorkerId anyone = worker();
        try {
            queue.poll(wanted(anyone, Integer.MAX_VALUE), Duration.ZERO).hints().forEach(queue::handled);
        } catch (InterruptedException e) {
            throw new IllegalStateException("a test was interrupted", e);
        }
        queue.leave(anyone);
    }
}
