package io.taskstore;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A task as a caller asks for it, before it is stored. It is immutable: each method that takes a value answers with a
 * changed copy, so that one may serve as the template of many.
 */
public final class NewTask {

    /** What happens to a task whose unique key is held by one that has not ended. */
    public enum IfKeyTaken {
        /** The submit throws {@link DuplicateTaskException}. */
        REFUSE,
        /** The submit answers with the task that holds the key. */
        ANSWER_EXISTING
    }

    /** The queue of a task that names none. */
    public static final String DEFAULT_QUEUE = "default";

    /** Written only before the task that owns it is built. */
    private static final class Fields {
        @Nullable
        UUID id;

        @Nullable
        String title;

        @Nullable
        String description;

        Metadata metadata = Metadata.empty();
        String queue = DEFAULT_QUEUE;
        int priority;

        @Nullable
        String submittedBy;

        @Nullable
        String uniqueKey;

        IfKeyTaken ifKeyTaken = IfKeyTaken.REFUSE;

        @Nullable
        Instant runAt;

        @Nullable
        Duration timeout;

        @Nullable
        Integer maxFailures;

        @Nullable
        String note;

        Fields copy() {
            Fields copy = new Fields();
            copy.id = id;
            copy.title = title;
            copy.description = description;
            copy.metadata = metadata;
            copy.queue = queue;
            copy.priority = priority;
            copy.submittedBy = submittedBy;
            copy.uniqueKey = uniqueKey;
            copy.ifKeyTaken = ifKeyTaken;
            copy.runAt = runAt;
            copy.timeout = timeout;
            copy.maxFailures = maxFailures;
            copy.note = note;
            return copy;
        }
    }

    private final TaskType<?> type;
    private final Object payload;
    private final Fields fields;

    private NewTask(TaskType<?> type, Object payload, Fields fields) {
        this.type = type;
        this.payload = payload;
        this.fields = fields;
    }

    /**
     * {@return a task of the type with the payload, to be run as soon as a worker is free}
     *
     * @param payload an instance of the type's class; it is encoded when the task is submitted, to at most 1 MiB of JSON
     *     nested at most 200 deep
     */
    public static <T> NewTask of(TaskType<T> type, T payload) {
        Check.given("type", type);
        Check.given("payload", payload);
        if (!type.payloadClass().isInstance(payload)) {
            throw new InvalidInputException(
                    "payload",
                    "a " + type.payloadClass().getName(),
                    payload.getClass().getName());
        }
        return new NewTask(type, payload, new Fields());
    }

    /** {@return the same with an id of the caller's; a submit may be repeated with the same id and content} */
    public NewTask id(UUID id) {
        Check.given("id", id);
        return with(fields -> fields.id = id);
    }

    /** {@return the same with a title for people, 1 to 500 characters} */
    public NewTask title(String title) {
        Check.text("title", title, Check.TITLE);
        return with(fields -> fields.title = title);
    }

    /** {@return the same with a description for people, 1 to 10,000 characters} */
    public NewTask description(String description) {
        Check.text("description", description, Check.DESCRIPTION);
        return with(fields -> fields.description = description);
    }

    /** {@return the same with this metadata and none from before} */
    public NewTask metadata(Metadata metadata) {
        Check.given("metadata", metadata);
        return with(fields -> fields.metadata = metadata);
    }

    /** {@return the same with one more entry of metadata} */
    public NewTask metadata(String key, String value) {
        return metadata(metadata().with(key, value));
    }

    /** {@return the same with one more entry of metadata} */
    public NewTask metadata(String key, Number value) {
        return metadata(metadata().with(key, value));
    }

    /** {@return the same with one more entry of metadata} */
    public NewTask metadata(String key, boolean value) {
        return metadata(metadata().with(key, value));
    }

    /** {@return the same in the queue; 1 to 100 ASCII letters, digits or {@code . _ : / + @ # -}} */
    public NewTask queue(String queue) {
        Check.name("queue", queue);
        return with(fields -> fields.queue = queue);
    }

    /** {@return the same with the priority, -1,000 to 1,000; the higher runs first, and 0 is usual} */
    public NewTask priority(int priority) {
        Check.between("priority", -Check.PRIORITY, Check.PRIORITY, priority);
        return with(fields -> fields.priority = priority);
    }

    /** {@return the same with the name of who asks for it, 1 to 200 characters} */
    public NewTask submittedBy(String submittedBy) {
        Check.text("submittedBy", submittedBy, Check.PERSON);
        return with(fields -> fields.submittedBy = submittedBy);
    }

    /**
     * {@return the same with a key, 1 to 500 characters, that no other task may hold until this one has ended}; a second
     * submit is refused
     */
    public NewTask uniqueKey(String uniqueKey) {
        return uniqueKey(uniqueKey, IfKeyTaken.REFUSE);
    }

    /** {@return the same with a unique key, and what a second submit gets} */
    public NewTask uniqueKey(String uniqueKey, IfKeyTaken ifKeyTaken) {
        Check.text("uniqueKey", uniqueKey, Check.KEY);
        Check.given("ifKeyTaken", ifKeyTaken);
        return with(fields -> {
            fields.uniqueKey = uniqueKey;
            fields.ifKeyTaken = ifKeyTaken;
        });
    }

    /** {@return the same, to be run at this time or soon after, by the storage's clock; kept to the microsecond} */
    public NewTask runAt(Instant runAt) {
        Instant checked = Check.instant("runAt", runAt);
        return with(fields -> fields.runAt = checked);
    }

    /** {@return the same with a limit for each of its runs, 1 ms to 10 years, in place of its handler's} */
    public NewTask timeout(Duration timeout) {
        Duration checked = Check.limit("timeout", timeout);
        return with(fields -> fields.timeout = checked);
    }

    /** {@return the same with the number of failed runs after which it is FAILED, in place of its handler's; at least 1} */
    public NewTask maxFailures(int maxFailures) {
        Check.between("maxFailures", 1, Integer.MAX_VALUE, maxFailures);
        return with(fields -> fields.maxFailures = maxFailures);
    }

    /** {@return the same with a note for the first line of its history, 1 to 2,000 characters} */
    public NewTask note(String note) {
        Check.text("note", note, Check.NOTE);
        return with(fields -> fields.note = note);
    }

    /** {@return the kind of work} */
    public TaskType<?> type() {
        return type;
    }

    /** {@return what the handler gets} */
    public Object payload() {
        return payload;
    }

    /** {@return the caller's id; a task without one gets its id when it is submitted} */
    public Optional<UUID> id() {
        return Optional.ofNullable(fields.id);
    }

    /** {@return the title for people} */
    public Optional<String> title() {
        return Optional.ofNullable(fields.title);
    }

    /** {@return the description for people} */
    public Optional<String> description() {
        return Optional.ofNullable(fields.description);
    }

    /** {@return what the host wants to find it by} */
    public Metadata metadata() {
        return fields.metadata;
    }

    /** {@return the queue it waits in} */
    public String queue() {
        return fields.queue;
    }

    /** {@return how urgent it is; the higher runs first} */
    public int priority() {
        return fields.priority;
    }

    /** {@return who asks for it} */
    public Optional<String> submittedBy() {
        return Optional.ofNullable(fields.submittedBy);
    }

    /** {@return the key that no other task may hold until this one has ended} */
    public Optional<String> uniqueKey() {
        return Optional.ofNullable(fields.uniqueKey);
    }

    /** {@return what happens where another task holds the unique key} */
    public IfKeyTaken ifKeyTaken() {
        return fields.ifKeyTaken;
    }

    /** {@return when it is to run; empty for as soon as possible, which compares no clocks} */
    public Optional<Instant> runAt() {
        return Optional.ofNullable(fields.runAt);
    }

    /** {@return the limit for each of its runs; empty for its handler's} */
    public Optional<Duration> timeout() {
        return Optional.ofNullable(fields.timeout);
    }

    /** {@return the number of failed runs after which it is FAILED; empty for its handler's} */
    public OptionalInt maxFailures() {
        Integer limit = fields.maxFailures;
        return limit == null ? OptionalInt.empty() : OptionalInt.of(limit);
    }

    /** {@return the note for the first line of its history} */
    public Optional<String> note() {
        return Optional.ofNullable(fields.note);
    }

    private NewTask with(Consumer<Fields> change) {
        Fields copy = fields.copy();
        change.accept(copy);
        return new NewTask(type, payload, copy);
    }

    /** {@return what it is, without the payload} */
    @Override
    public String toString() {
        return "NewTask[type=" + type + ", queue=" + queue() + ", id="
                + id().map(UUID::toString).orElse("none") + "]";
    }
}
