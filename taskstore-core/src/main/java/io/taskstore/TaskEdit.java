package io.taskstore;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a caller wants changed on a stored task; what it does not name stays. It is immutable: each method that takes a
 * value answers with a changed copy.
 *
 * <p>Title, description and metadata may change in any status. What decides how the task runs may change unless the task
 * is RUNNING or COMPLETED.
 */
public final class TaskEdit {

    private static final TaskEdit NOTHING = new TaskEdit(new Fields());

    /** Written only before the edit that owns it is built. */
    private static final class Fields {
        @Nullable
        String title;

        @Nullable
        String description;

        @Nullable
        Metadata metadata;

        @Nullable
        String queue;

        @Nullable
        Integer priority;

        @Nullable
        Instant runAt;

        @Nullable
        Duration timeout;

        @Nullable
        Integer maxFailures;

        @Nullable
        String payload;

        Fields copy() {
            Fields copy = new Fields();
            copy.title = title;
            copy.description = description;
            copy.metadata = metadata;
            copy.queue = queue;
            copy.priority = priority;
            copy.runAt = runAt;
            copy.timeout = timeout;
            copy.maxFailures = maxFailures;
            copy.payload = payload;
            return copy;
        }
    }

    private final Fields fields;

    private TaskEdit(Fields fields) {
        this.fields = fields;
    }

    /** {@return the edit that changes nothing yet} */
    public static TaskEdit nothing() {
        return NOTHING;
    }

    /** {@return the same with another title, 1 to 500 characters} */
    public TaskEdit title(String title) {
        Check.text("title", title, Check.TITLE);
        return with(fields -> fields.title = title);
    }

    /** {@return the same with another description, 1 to 10,000 characters} */
    public TaskEdit description(String description) {
        Check.text("description", description, Check.DESCRIPTION);
        return with(fields -> fields.description = description);
    }

    /** {@return the same with this metadata in place of the stored} */
    public TaskEdit metadata(Metadata metadata) {
        Check.given("metadata", metadata);
        return with(fields -> fields.metadata = metadata);
    }

    /** {@return the same with another queue} */
    public TaskEdit queue(String queue) {
        Check.name("queue", queue);
        return with(fields -> fields.queue = queue);
    }

    /** {@return the same with another priority, -1,000 to 1,000} */
    public TaskEdit priority(int priority) {
        Check.between("priority", -Check.PRIORITY, Check.PRIORITY, priority);
        return with(fields -> fields.priority = priority);
    }

    /** {@return the same with another time to run at} */
    public TaskEdit runAt(Instant runAt) {
        Instant checked = Check.instant("runAt", runAt);
        return with(fields -> fields.runAt = checked);
    }

    /** {@return the same with another limit for each run} */
    public TaskEdit timeout(Duration timeout) {
        Duration checked = Check.limit("timeout", timeout);
        return with(fields -> fields.timeout = checked);
    }

    /** {@return the same with another number of failed runs after which the task is FAILED; at least 1} */
    public TaskEdit maxFailures(int maxFailures) {
        Check.between("maxFailures", 1, Integer.MAX_VALUE, maxFailures);
        return with(fields -> fields.maxFailures = maxFailures);
    }

    /** {@return the same with another payload, as JSON of at most 1 MiB, nested at most 200 deep} */
    public TaskEdit payload(String payload) {
        Json.check("payload", payload, Json.LARGEST);
        return with(fields -> fields.payload = payload);
    }

    /** {@return the new title} */
    public Optional<String> title() {
        return Optional.ofNullable(fields.title);
    }

    /** {@return the new description} */
    public Optional<String> description() {
        return Optional.ofNullable(fields.description);
    }

    /** {@return the new metadata} */
    public Optional<Metadata> metadata() {
        return Optional.ofNullable(fields.metadata);
    }

    /** {@return the new queue} */
    public Optional<String> queue() {
        return Optional.ofNullable(fields.queue);
    }

    /** {@return the new priority} */
    public OptionalInt priority() {
        return optional(fields.priority);
    }

    /** {@return the new time to run at} */
    public Optional<Instant> runAt() {
        return Optional.ofNullable(fields.runAt);
    }

    /** {@return the new limit for each run} */
    public Optional<Duration> timeout() {
        return Optional.ofNullable(fields.timeout);
    }

    /** {@return the new number of failed runs after which the task is FAILED} */
    public OptionalInt maxFailures() {
        return optional(fields.maxFailures);
    }

    /** {@return the new payload} */
    public Optional<String> payload() {
        return Optional.ofNullable(fields.payload);
    }

    /** {@return whether a task in the status may be changed in this way} */
    public boolean isAllowedIn(TaskStatus status) {
        Check.given("status", status);
        boolean decidesHowItRuns = fields.queue != null
                || fields.priority != null
                || fields.runAt != null
                || fields.timeout != null
                || fields.maxFailures != null
                || fields.payload != null;
        return !decidesHowItRuns || (status != TaskStatus.RUNNING && status != TaskStatus.COMPLETED);
    }

    private TaskEdit with(Consumer<Fields> change) {
        Fields copy = fields.copy();
        change.accept(copy);
        return new TaskEdit(copy);
    }

    private static OptionalInt optional(@Nullable Integer value) {
        return value == null ? OptionalInt.empty() : OptionalInt.of(value);
    }
}
