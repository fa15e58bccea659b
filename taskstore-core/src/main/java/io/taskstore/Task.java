package io.taskstore;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A task as it was stored at one moment. It is an immutable snapshot: what happens to the task later does not show here.
 */
public final class Task {

    private final UUID id;
    private final String type;
    private final @Nullable String title;
    private final @Nullable String description;
    private final String payload;
    private final Metadata metadata;
    private final String queue;
    private final int priority;
    private final TaskStatus status;
    private final @Nullable String submittedBy;
    private final @Nullable UUID workflowId;
    private final @Nullable String step;
    private final @Nullable String uniqueKey;
    private final @Nullable Instant runAt;
    private final @Nullable Duration timeout;
    private final int attempt;
    private final int failures;
    private final int crashes;
    private final @Nullable Integer maxFailures;
    private final @Nullable WorkerId worker;
    private final boolean cancelRequested;
    private final @Nullable Progress progress;
    private final @Nullable String result;
    private final @Nullable TaskError error;
    private final Instant createdAt;
    private final Instant updatedAt;
    private final @Nullable Instant startedAt;
    private final @Nullable Instant completedAt;
    private final long version;

    private Task(Builder from) {
        this.id = Check.given("Task.id", from.id);
        this.type = Check.given("Task.type", from.type);
        this.title = from.title;
        this.description = from.description;
        this.payload = Check.given("Task.payload", from.payload);
        this.metadata = Check.given("Task.metadata", from.metadata);
        this.queue = Check.given("Task.queue", from.queue);
        this.priority = from.priority;
        this.status = Check.given("Task.status", from.status);
        this.submittedBy = from.submittedBy;
        this.workflowId = from.workflowId;
        this.step = from.step;
        this.uniqueKey = from.uniqueKey;
        this.runAt = from.runAt;
        this.timeout = from.timeout;
        this.attempt = Check.between("Task.attempt", 0, Integer.MAX_VALUE, from.attempt);
        this.failures = Check.between("Task.failures", 0, Integer.MAX_VALUE, from.failures);
        this.crashes = Check.between("Task.crashes", 0, Integer.MAX_VALUE, from.crashes);
        this.maxFailures = from.maxFailures;
        this.worker = from.worker;
        this.cancelRequested = from.cancelRequested;
        this.progress = from.progress;
        this.result = from.result;
        this.error = from.error;
        this.createdAt = Check.given("Task.createdAt", from.createdAt);
        this.updatedAt = Check.given("Task.updatedAt", from.updatedAt);
        this.startedAt = from.startedAt;
        this.completedAt = from.completedAt;
        this.version = Check.between("Task.version", 1, Long.MAX_VALUE, from.version);
    }

    /** {@return an empty builder, for a storage that reads a task} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return a builder with all values of this snapshot, for a storage that changes a task} */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.id = id;
        builder.type = type;
        builder.title = title;
        builder.description = description;
        builder.payload = payload;
        builder.metadata = metadata;
        builder.queue = queue;
        builder.priority = priority;
        builder.status = status;
        builder.submittedBy = submittedBy;
        builder.workflowId = workflowId;
        builder.step = step;
        builder.uniqueKey = uniqueKey;
        builder.runAt = runAt;
        builder.timeout = timeout;
        builder.attempt = attempt;
        builder.failures = failures;
        builder.crashes = crashes;
        builder.maxFailures = maxFailures;
        builder.worker = worker;
        builder.cancelRequested = cancelRequested;
        builder.progress = progress;
        builder.result = result;
        builder.error = error;
        builder.createdAt = createdAt;
        builder.updatedAt = updatedAt;
        builder.startedAt = startedAt;
        builder.completedAt = completedAt;
        builder.version = version;
        return builder;
    }

    /** {@return the id, made by the client and ordered by time unless the caller gave its own} */
    public UUID id() {
        return id;
    }

    /** {@return the name of its {@link TaskType}} */
    public String type() {
        return type;
    }

    /** {@return the title for people} */
    public Optional<String> title() {
        return Optional.ofNullable(title);
    }

    /** {@return the description for people} */
    public Optional<String> description() {
        return Optional.ofNullable(description);
    }

    /** {@return what its handler works on, as JSON} */
    public String payload() {
        return payload;
    }

    /** {@return what the host wants to find it by} */
    public Metadata metadata() {
        return metadata;
    }

    /** {@return the queue it waits in} */
    public String queue() {
        return queue;
    }

    /** {@return how urgent it is; the higher runs first} */
    public int priority() {
        return priority;
    }

    /** {@return where it stands on its way} */
    public TaskStatus status() {
        return status;
    }

    /** {@return who asked for it} */
    public Optional<String> submittedBy() {
        return Optional.ofNullable(submittedBy);
    }

    /** {@return the workflow it belongs to} */
    public Optional<UUID> workflowId() {
        return Optional.ofNullable(workflowId);
    }

    /** {@return its name within its workflow} */
    public Optional<String> step() {
        return Optional.ofNullable(step);
    }

    /** {@return the key that no other task may hold until this one has ended} */
    public Optional<String> uniqueKey() {
        return Optional.ofNullable(uniqueKey);
    }

    /**
     * {@return when it is to run or to be tried again; empty for as soon as possible} A claim and an end leave it as it is.
     */
    public Optional<Instant> runAt() {
        return Optional.ofNullable(runAt);
    }

    /** {@return the limit for each of its runs; empty for its handler's} */
    public Optional<Duration> timeout() {
        return Optional.ofNullable(timeout);
    }

    /** {@return how often it was claimed, which is the number of its current or last run; it never goes back} */
    public int attempt() {
        return attempt;
    }

    /** {@return how many of its runs failed since it was submitted or requeued} */
    public int failures() {
        return failures;
    }

    /** {@return how many of its runs took their process down since it was submitted or requeued} */
    public int crashes() {
        return crashes;
    }

    /** {@return the number of failed runs after which it is FAILED; empty for its handler's} */
    public OptionalInt maxFailures() {
        return maxFailures == null ? OptionalInt.empty() : OptionalInt.of(maxFailures);
    }

    /** {@return who runs it; empty unless it is RUNNING by a worker} */
    public Optional<WorkerId> worker() {
        return Optional.ofNullable(worker);
    }

    /** {@return whether somebody wants it cancelled while it is RUNNING; every end of the run clears it} */
    public boolean cancelRequested() {
        return cancelRequested;
    }

    /** {@return how far its current or last run has come} */
    public Optional<Progress> progress() {
        return Optional.ofNullable(progress);
    }

    /** {@return what it made, as JSON; only where it is COMPLETED} */
    public Optional<String> result() {
        return Optional.ofNullable(result);
    }

    /** {@return why its last run that ended badly did so; cleared when it completes or is requeued} */
    public Optional<TaskError> error() {
        return Optional.ofNullable(error);
    }

    /** {@return when it was stored, by the storage's clock} */
    public Instant createdAt() {
        return createdAt;
    }

    /** {@return when its version grew last} */
    public Instant updatedAt() {
        return updatedAt;
    }

    /** {@return when its current or last run was claimed} */
    public Optional<Instant> startedAt() {
        return Optional.ofNullable(startedAt);
    }

    /** {@return when it ended; empty unless its status is terminal} */
    public Optional<Instant> completedAt() {
        return Optional.ofNullable(completedAt);
    }

    /** {@return the optimistic lock: it grows with each change of status and each edit by a caller} */
    public long version() {
        return version;
    }

    /** {@return what it is, without payload, metadata and result} */
    @Override
    public String toString() {
        return "Task[id=" + id + ", type=" + type + ", queue=" + queue + ", status=" + status + ", attempt=" + attempt
                + ", version=" + version + "]";
    }

    /** Collects the values of a snapshot; a storage's tool, since every other caller gets tasks from a storage. */
    public static final class Builder {

        private @Nullable UUID id;
        private @Nullable String type;
        private @Nullable String title;
        private @Nullable String description;
        private @Nullable String payload;
        private Metadata metadata = Metadata.empty();
        private String queue = NewTask.DEFAULT_QUEUE;
        private int priority;
        private @Nullable TaskStatus status;
        private @Nullable String submittedBy;
        private @Nullable UUID workflowId;
        private @Nullable String step;
        private @Nullable String uniqueKey;
        private @Nullable Instant runAt;
        private @Nullable Duration timeout;
        private int attempt;
        private int failures;
        private int crashes;
        private @Nullable Integer maxFailures;
        private @Nullable WorkerId worker;
        private boolean cancelRequested;
        private @Nullable Progress progress;
        private @Nullable String result;
        private @Nullable TaskError error;
        private @Nullable Instant createdAt;
        private @Nullable Instant updatedAt;
        private @Nullable Instant startedAt;
        private @Nullable Instant completedAt;
        private long version = 1;

        private Builder() {}

        /** Sets the id, made by the client and ordered by time unless the caller gave its own. */
        public Builder id(UUID id) {
            this.id = id;
            return this;
        }

        /** Sets the name of its {@link TaskType}. */
        public Builder type(String type) {
            this.type = type;
            return this;
        }

        /** Sets the title for people. */
        public Builder title(@Nullable String title) {
            this.title = title;
            return this;
        }

        /** Sets the description for people. */
        public Builder description(@Nullable String description) {
            this.description = description;
            return this;
        }

        /** Sets what its handler works on, as JSON. */
        public Builder payload(String payload) {
            this.payload = payload;
            return this;
        }

        /** Sets what the host wants to find it by. */
        public Builder metadata(Metadata metadata) {
            this.metadata = metadata;
            return this;
        }

        /** Sets the queue it waits in. */
        public Builder queue(String queue) {
            this.queue = queue;
            return this;
        }

        /** Sets how urgent it is; the higher runs first. */
        public Builder priority(int priority) {
            this.priority = priority;
            return this;
        }

        /** Sets where it stands on its way. */
        public Builder status(TaskStatus status) {
            this.status = status;
            return this;
        }

        /** Sets who asked for it. */
        public Builder submittedBy(@Nullable String submittedBy) {
            this.submittedBy = submittedBy;
            return this;
        }

        /** Sets the workflow it belongs to. */
        public Builder workflowId(@Nullable UUID workflowId) {
            this.workflowId = workflowId;
            return this;
        }

        /** Sets its name within its workflow. */
        public Builder step(@Nullable String step) {
            this.step = step;
            return this;
        }

        /** Sets the key that no other task may hold until this one has ended. */
        public Builder uniqueKey(@Nullable String uniqueKey) {
            this.uniqueKey = uniqueKey;
            return this;
        }

        /** Sets when it is to run or to be tried again; empty for as soon as possible. */
        public Builder runAt(@Nullable Instant runAt) {
            this.runAt = runAt;
            return this;
        }

        /** Sets the limit for each of its runs; empty for its handler's. */
        public Builder timeout(@Nullable Duration timeout) {
            this.timeout = timeout;
            return this;
        }

        /** Sets how often it was claimed, which is the number of its current or last run; it never goes back. */
        public Builder attempt(int attempt) {
            this.attempt = attempt;
            return this;
        }

        /** Sets how many of its runs failed since it was submitted or requeued. */
        public Builder failures(int failures) {
            this.failures = failures;
            return this;
        }

        /** Sets how many of its runs took their process down since it was submitted or requeued. */
        public Builder crashes(int crashes) {
            this.crashes = crashes;
            return this;
        }

        /** Sets the number of failed runs after which it is FAILED; empty for its handler's. */
        public Builder maxFailures(@Nullable Integer maxFailures) {
            this.maxFailures = maxFailures;
            return this;
        }

        /** Sets who runs it; empty unless it is RUNNING by a worker. */
        public Builder worker(@Nullable WorkerId worker) {
            this.worker = worker;
            return this;
        }

        /** Sets whether somebody wants it cancelled while it is RUNNING. */
        public Builder cancelRequested(boolean cancelRequested) {
            this.cancelRequested = cancelRequested;
            return this;
        }

        /** Sets how far its current or last run has come. */
        public Builder progress(@Nullable Progress progress) {
            this.progress = progress;
            return this;
        }

        /** Sets what it made, as JSON; only where it is COMPLETED. */
        public Builder result(@Nullable String result) {
            this.result = result;
            return this;
        }

        /** Sets why its last run that ended badly did so; cleared when it completes or is requeued. */
        public Builder error(@Nullable TaskError error) {
            this.error = error;
            return this;
        }

        /** Sets when it was stored, by the storage's clock. */
        public Builder createdAt(Instant createdAt) {
            this.createdAt = createdAt;
            return this;
        }

        /** Sets when its version grew last. */
        public Builder updatedAt(Instant updatedAt) {
            this.updatedAt = updatedAt;
            return this;
        }

        /** Sets when its current or last run was claimed. */
        public Builder startedAt(@Nullable Instant startedAt) {
            this.startedAt = startedAt;
            return this;
        }

        /** Sets when it ended; empty unless its status is terminal. */
        public Builder completedAt(@Nullable Instant completedAt) {
            this.completedAt = completedAt;
            return this;
        }

        /** Sets the optimistic lock: it grows with each change of status and each edit by a caller. */
        public Builder version(long version) {
            this.version = version;
            return this;
        }

        /** {@return the snapshot} */
        public Task build() {
            return new Task(this);
        }
    }
}
