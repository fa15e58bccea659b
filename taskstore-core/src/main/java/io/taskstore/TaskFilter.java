package io.taskstore;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Which tasks a call is about: those that meet every condition named here. A condition with several values is met by any
 * of them. It is immutable: each method that takes a value answers with a changed copy, in which that condition replaces
 * the one from before.
 */
public final class TaskFilter {

    private static final int MOST_VALUES = 1_000;
    private static final int MOST_METADATA = 20;
    private static final TaskFilter ALL = new TaskFilter(new Fields());

    /** Written only before the filter that owns it is built. */
    private static final class Fields {
        Set<UUID> ids = Set.of();
        Set<TaskStatus> statuses = Set.of();
        Set<String> types = Set.of();
        Set<String> queues = Set.of();
        Set<String> submitters = Set.of();
        Set<UUID> workflowIds = Set.of();

        @Nullable
        String step;

        @Nullable
        String uniqueKey;

        @Nullable
        String titlePrefix;

        SortedMap<String, String> metadata = Collections.emptySortedMap();
        TimeRange created = TimeRange.always();
        TimeRange updated = TimeRange.always();
        TimeRange completed = TimeRange.always();

        Fields copy() {
            Fields copy = new Fields();
            copy.ids = ids;
            copy.statuses = statuses;
            copy.types = types;
            copy.queues = queues;
            copy.submitters = submitters;
            copy.workflowIds = workflowIds;
            copy.step = step;
            copy.uniqueKey = uniqueKey;
            copy.titlePrefix = titlePrefix;
            copy.metadata = metadata;
            copy.created = created;
            copy.updated = updated;
            copy.completed = completed;
            return copy;
        }
    }

    private final Fields fields;

    private TaskFilter(Fields fields) {
        this.fields = fields;
    }

    /** {@return the filter that every task passes} */
    public static TaskFilter all() {
        return ALL;
    }

    /** {@return the same for tasks with one of these ids; 1 to 1,000} */
    public TaskFilter id(UUID... ids) {
        return ids(Arrays.asList(Check.given("ids", ids)));
    }

    /** {@return the same for tasks with one of these ids; 1 to 1,000} */
    public TaskFilter ids(Collection<UUID> ids) {
        Set<UUID> values = values("ids", ids);
        return with(fields -> fields.ids = values);
    }

    /** {@return the same for tasks in one of these statuses} */
    public TaskFilter status(TaskStatus... statuses) {
        Set<TaskStatus> values = values("status", Arrays.asList(Check.given("status", statuses)));
        return with(fields -> fields.statuses = values);
    }

    /** {@return the same for tasks of one of these types} */
    public TaskFilter type(TaskType<?>... types) {
        return type(values("type", Arrays.asList(Check.given("type", types))).stream()
                .map(TaskType::name)
                .toArray(String[]::new));
    }

    /** {@return the same for tasks of a type with one of these names} */
    public TaskFilter type(String... names) {
        Set<String> values = names("type", names);
        return with(fields -> fields.types = values);
    }

    /** {@return the same for tasks in one of these queues} */
    public TaskFilter queue(String... queues) {
        Set<String> values = names("queue", queues);
        return with(fields -> fields.queues = values);
    }

    /** {@return the same for tasks submitted by one of these} */
    public TaskFilter submittedBy(String... submitters) {
        Set<String> values = values("submittedBy", Arrays.asList(Check.given("submittedBy", submitters)));
        values.forEach(value -> Check.text("submittedBy", value, Check.PERSON));
        return with(fields -> fields.submitters = values);
    }

    /** {@return the same for tasks of one of these workflows} */
    public TaskFilter workflow(UUID... workflowIds) {
        Set<UUID> values = values("workflow", Arrays.asList(Check.given("workflow", workflowIds)));
        return with(fields -> fields.workflowIds = values);
    }

    /** {@return the same for tasks with this name within their workflow} */
    public TaskFilter step(String step) {
        Check.name("step", step);
        return with(fields -> fields.step = step);
    }

    /** {@return the same for tasks that were submitted with this unique key, whether they hold it still or have ended} */
    public TaskFilter uniqueKey(String uniqueKey) {
        Check.text("uniqueKey", uniqueKey, Check.KEY);
        return with(fields -> fields.uniqueKey = uniqueKey);
    }

    /** {@return the same for tasks whose title begins with exactly these characters} */
    public TaskFilter titlePrefix(String prefix) {
        Check.text("titlePrefix", prefix, Check.TITLE);
        return with(fields -> fields.titlePrefix = prefix);
    }

    /**
     * {@return the same for tasks with this entry of metadata, beside the other entries asked for} A filter asks for at most
     * 20 entries.
     *
     * @param value at most 500 characters
     */
    public TaskFilter metadata(String key, String value) {
        Check.words("metadata." + Check.text("metadata key", key, Check.NAME), value, Check.KEY);
        return comparable(key, Metadata.comparable(value));
    }

    /** {@return the same for tasks with this entry of metadata, one of at most 20; 1 and 1.0 are equal} */
    public TaskFilter metadata(String key, Number value) {
        Check.text("metadata key", key, Check.NAME);
        BigDecimal number = Metadata.decimal("metadata." + key, value);
        return comparable(key, Check.words("metadata." + key, Metadata.comparable(number), Check.KEY));
    }

    /** {@return the same for tasks with this entry of metadata, one of at most 20} */
    public TaskFilter metadata(String key, boolean value) {
        Check.text("metadata key", key, Check.NAME);
        return comparable(key, Metadata.comparable(value));
    }

    /** {@return the same for tasks stored within the range} */
    public TaskFilter created(TimeRange range) {
        Check.given("created", range);
        return with(fields -> fields.created = range);
    }

    /** {@return the same for tasks whose version grew last within the range} */
    public TaskFilter updated(TimeRange range) {
        Check.given("updated", range);
        return with(fields -> fields.updated = range);
    }

    /** {@return the same for tasks that ended within the range; with an open range, whether they ended or not} */
    public TaskFilter completed(TimeRange range) {
        Check.given("completed", range);
        return with(fields -> fields.completed = range);
    }

    /** {@return the ids; empty for any} */
    public Set<UUID> ids() {
        return fields.ids;
    }

    /** {@return the statuses; empty for any} */
    public Set<TaskStatus> statuses() {
        return fields.statuses;
    }

    /** {@return the names of the types; empty for any} */
    public Set<String> types() {
        return fields.types;
    }

    /** {@return the queues; empty for any} */
    public Set<String> queues() {
        return fields.queues;
    }

    /** {@return the submitters; empty for any, and for none} */
    public Set<String> submitters() {
        return fields.submitters;
    }

    /** {@return the workflows; empty for any, and for none} */
    public Set<UUID> workflowIds() {
        return fields.workflowIds;
    }

    /** {@return the name within the workflow} */
    public Optional<String> step() {
        return Optional.ofNullable(fields.step);
    }

    /** {@return the unique key} */
    public Optional<String> uniqueKey() {
        return Optional.ofNullable(fields.uniqueKey);
    }

    /** {@return the beginning of the title} */
    public Optional<String> titlePrefix() {
        return Optional.ofNullable(fields.titlePrefix);
    }

    /** {@return the entries of metadata, each value in the form of {@link Metadata#scalars()}} */
    public SortedMap<String, String> metadata() {
        return fields.metadata;
    }

    /** {@return when it was stored} */
    public TimeRange created() {
        return fields.created;
    }

    /** {@return when its version grew last} */
    public TimeRange updated() {
        return fields.updated;
    }

    /** {@return when it ended} */
    public TimeRange completed() {
        return fields.completed;
    }

    /** {@return whether the task passes; what a storage answers in its own way means the same} */
    public boolean matches(Task task) {
        Check.given("task", task);
        return any(fields.ids, task.id())
                && any(fields.statuses, task.status())
                && any(fields.types, task.type())
                && any(fields.queues, task.queue())
                && any(fields.submitters, task.submittedBy().orElse(null))
                && any(fields.workflowIds, task.workflowId().orElse(null))
                && (fields.step == null
                        || task.step().filter(fields.step::equals).isPresent())
                && (fields.uniqueKey == null
                        || task.uniqueKey().filter(fields.uniqueKey::equals).isPresent())
                && (fields.titlePrefix == null || task.title().orElse("").startsWith(fields.titlePrefix))
                && (fields.metadata.isEmpty()
                        || task.metadata().scalars().entrySet().containsAll(fields.metadata.entrySet()))
                && fields.created.contains(task.createdAt())
                && fields.updated.contains(task.updatedAt())
                && (fields.completed.equals(TimeRange.always())
                        || task.completedAt().filter(fields.completed::contains).isPresent());
    }

    private static <T> boolean any(Set<T> wanted, @Nullable T value) {
        return wanted.isEmpty() || (value != null && wanted.contains(value));
    }

    private TaskFilter comparable(String key, String value) {
        SortedMap<String, String> metadata = new TreeMap<>(fields.metadata);
        metadata.put(key, value);
        Check.between("metadata.size", 0, MOST_METADATA, metadata.size());
        return with(fields -> fields.metadata = Collections.unmodifiableSortedMap(metadata));
    }

    private TaskFilter with(Consumer<Fields> change) {
        Fields copy = fields.copy();
        change.accept(copy);
        return new TaskFilter(copy);
    }

    private static Set<String> names(String field, String... names) {
        Set<String> values = values(field, Arrays.asList(Check.given(field, names)));
        values.forEach(name -> Check.name(field, name));
        return values;
    }

    /** An empty list is refused: read as "any" it would turn a cancel of nothing into a cancel of all. */
    private static <T> Set<T> values(String field, Collection<? extends T> values) {
        Set<T> set = new LinkedHashSet<>(Check.<T>list(field, values, MOST_VALUES));
        if (set.isEmpty()) {
            throw InvalidInputException.unquoted(field, "at least one value", "but has none");
        }
        return Collections.unmodifiableSet(set);
    }

    /** {@return the conditions, without the values of metadata} */
    @Override
    public String toString() {
        List<String> conditions = new ArrayList<>();
        add(conditions, "ids", fields.ids);
        add(conditions, "status", fields.statuses);
        add(conditions, "type", fields.types);
        add(conditions, "queue", fields.queues);
        add(conditions, "submittedBy", fields.submitters);
        add(conditions, "workflow", fields.workflowIds);
        step().ifPresent(step -> conditions.add("step=" + step));
        uniqueKey().ifPresent(key -> conditions.add("uniqueKey=" + key));
        titlePrefix().ifPresent(prefix -> conditions.add("titlePrefix=" + prefix));
        add(conditions, "metadata", fields.metadata.keySet());
        add(conditions, "created", fields.created);
        add(conditions, "updated", fields.updated);
        add(conditions, "completed", fields.completed);
        return "TaskFilter[" + String.join(", ", conditions) + "]";
    }

    private static void add(List<String> conditions, String name, Set<?> values) {
        if (!values.isEmpty()) {
            conditions.add(name + "=" + values);
        }
    }

    private static void add(List<String> conditions, String name, TimeRange range) {
        if (!range.equals(TimeRange.always())) {
            conditions.add(name + "=" + range);
        }
    }
}
