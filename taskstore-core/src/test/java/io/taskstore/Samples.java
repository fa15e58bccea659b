package io.taskstore;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** Values that several tests begin from. */
final class Samples {

    static final Instant NINE = Instant.parse("2026-03-02T09:00:00Z");
    static final UUID ID = UUID.fromString("019cadb3-c680-7c4a-8a1b-2f60d1c0ffee");
    static final UUID OTHER_ID = UUID.fromString("019cadb3-c680-7c4b-9d2c-4f0b6e1d2a33");
    static final WorkerId WORKER = WorkerId.parse("019cadb3-0000-7000-8000-00005f3a9c21");
    static final WorkerId OTHER_WORKER = WorkerId.parse("019cadb3-0000-7000-8000-0000b07d4e18");
    static final TaskType<String> MAIL = TaskType.of("mail", String.class);

    private Samples() {}

    /** {@return a PENDING task that was stored at nine} */
    static Task.Builder task() {
        return Task.builder()
                .id(ID)
                .type("mail")
                .payload("\"hello\"")
                .status(TaskStatus.PENDING)
                .createdAt(NINE)
                .updatedAt(NINE);
    }

    static NewTask newTask() {
        return NewTask.of(MAIL, "hello");
    }

    /** {@return the change that begins a history at nine} */
    static StatusChange submitted() {
        return new StatusChange(
                1,
                Optional.empty(),
                TaskStatus.PENDING,
                NINE,
                Optional.empty(),
                0,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /** {@return a change from the status the one before led to, so long after it, without worker, note, error and run} */
    static StatusChange then(StatusChange before, TaskStatus to, Duration later) {
        int attempt = before.attempt() + (to == TaskStatus.RUNNING ? 1 : 0);
        return new StatusChange(
                before.seq() + 1,
                Optional.of(before.to()),
                to,
                before.at().plus(later),
                Optional.empty(),
                attempt,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    static StatusChange by(StatusChange change, WorkerId worker) {
        return new StatusChange(
                change.seq(),
                change.from(),
                change.to(),
                change.at(),
                Optional.of(worker),
                change.attempt(),
                change.note(),
                change.error(),
                change.ran());
    }

    static StatusChange noted(StatusChange change, String note) {
        return new StatusChange(
                change.seq(),
                change.from(),
                change.to(),
                change.at(),
                change.worker(),
                change.attempt(),
                Optional.of(note),
                change.error(),
                change.ran());
    }

    static StatusChange failed(StatusChange change, TaskError error) {
        return new StatusChange(
                change.seq(),
                change.from(),
                change.to(),
                change.at(),
                change.worker(),
                change.attempt(),
                change.note(),
                Optional.of(error),
                change.ran());
    }

    static StatusChange ran(StatusChange change, Duration ran) {
        return new StatusChange(
                change.seq(),
                change.from(),
                change.to(),
                change.at(),
                change.worker(),
                change.attempt(),
                change.note(),
                change.error(),
                Optional.of(ran));
    }
}
