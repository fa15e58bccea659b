package io.taskstore;

import static io.taskstore.Samples.ID;
import static io.taskstore.Samples.MAIL;
import static io.taskstore.Samples.NINE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

final class NewTaskTest {

    /** Every method that takes a value, each with one that differs from the default. */
    private static final Map<String, UnaryOperator<NewTask>> CHANGES = Map.ofEntries(
            Map.entry("id", task -> task.id(ID)),
            Map.entry("title", task -> task.title("Welcome")),
            Map.entry("description", task -> task.description("Says hello")),
            Map.entry("metadata", task -> task.metadata("tenant", "acme")),
            Map.entry("queue", task -> task.queue("post")),
            Map.entry("priority", task -> task.priority(5)),
            Map.entry("submittedBy", task -> task.submittedBy("Ada")),
            Map.entry("uniqueKey", task -> task.uniqueKey("k")),
            Map.entry("ifKeyTaken", task -> task.uniqueKey("k", NewTask.IfKeyTaken.ANSWER_EXISTING)),
            Map.entry("runAt", task -> task.runAt(NINE)),
            Map.entry("timeout", task -> task.timeout(Duration.ofSeconds(1))),
            Map.entry("maxFailures", task -> task.maxFailures(3)),
            Map.entry("note", task -> task.note("signed up")));

    @Test
    void aTaskThatNamesOnlyTypeAndPayloadHasTheDefaults() {
        NewTask task = NewTask.of(MAIL, "hello");

        assertThat(task.type()).isEqualTo(MAIL);
        assertThat(task.payload()).isEqualTo("hello");
        assertThat(task.queue()).isEqualTo("default");
        assertThat(task.priority()).isZero();
        assertThat(task.metadata().isEmpty()).isTrue();
        assertThat(task.ifKeyTaken()).isEqualTo(NewTask.IfKeyTaken.REFUSE);
        assertThat(List.of(
                        task.id(),
                        task.title(),
                        task.description(),
                        task.submittedBy(),
                        task.uniqueKey(),
                        task.runAt(),
                        task.timeout(),
                        task.note()))
                .allMatch(value -> value.isEmpty());
        assertThat(task.maxFailures()).isEmpty();
    }

    @Test
    void eachValueIsReadAsItWasGiven() {
        NewTask task = all();

        assertThat(task.id()).contains(ID);
        assertThat(task.title()).contains("Welcome");
        assertThat(task.description()).contains("Says hello");
        assertThat(task.metadata().json()).isEqualTo("{\"tenant\":\"acme\"}");
        assertThat(task.queue()).isEqualTo("post");
        assertThat(task.priority()).isEqualTo(5);
        assertThat(task.submittedBy()).contains("Ada");
        assertThat(task.uniqueKey()).contains("k");
        assertThat(task.ifKeyTaken()).isEqualTo(NewTask.IfKeyTaken.ANSWER_EXISTING);
        assertThat(task.runAt()).contains(NINE);
        assertThat(task.timeout()).contains(Duration.ofSeconds(1));
        assertThat(task.maxFailures()).hasValue(3);
        assertThat(task.note()).contains("signed up");
    }

    @TestFactory
    List<DynamicTest> eachChangeLeavesTheOriginalAlone() {
        List<DynamicTest> tests = new ArrayList<>();
        CHANGES.forEach((name, change) -> tests.add(DynamicTest.dynamicTest(name, () -> {
            NewTask original = Samples.newTask();
            Map<String, Object> before = fields(original);

            NewTask changed = change.apply(original);

            assertThat(fields(original)).isEqualTo(before);
            assertThat(fields(changed)).isNotEqualTo(before);
        })));
        return tests;
    }

    @TestFactory
    List<DynamicTest> eachChangeKeepsWhatWasThereBefore() {
        List<DynamicTest> tests = new ArrayList<>();
        CHANGES.forEach((name, change) -> tests.add(DynamicTest.dynamicTest(
                name,
                () -> assertThat(fields(change.apply(all()).uniqueKey("k", NewTask.IfKeyTaken.ANSWER_EXISTING)))
                        .isEqualTo(fields(all())))));
        return tests;
    }

    @Test
    void everyFieldIsTriedHere() {
        assertThat(CHANGES.keySet()).isEqualTo(fields(Samples.newTask()).keySet());
    }

    @Test
    void oneMayServeAsTheTemplateOfMany() {
        NewTask template = NewTask.of(MAIL, "hello").queue("post").metadata("tenant", "acme");

        NewTask ada = template.title("for Ada").metadata("user", 1);
        NewTask grace = template.title("for Grace").metadata("user", 2);

        assertThat(template.title()).isEmpty();
        assertThat(template.metadata().json()).isEqualTo("{\"tenant\":\"acme\"}");
        assertThat(ada.metadata().json()).isEqualTo("{\"tenant\":\"acme\",\"user\":1}");
        assertThat(grace.metadata().json()).isEqualTo("{\"tenant\":\"acme\",\"user\":2}");
        assertThat(grace.queue()).isEqualTo("post");
    }

    @Test
    void metadataAsAWholeReplacesTheEntriesFromBefore() {
        NewTask task = Samples.newTask().metadata("a", true).metadata(Metadata.parse("{\"b\": 1}"));

        assertThat(task.metadata().json()).isEqualTo("{\"b\": 1}");
    }

    @Test
    void aUniqueKeyNamedAgainWithoutAnOptionIsRefusedAgain() {
        NewTask task = Samples.newTask()
                .uniqueKey("k", NewTask.IfKeyTaken.ANSWER_EXISTING)
                .uniqueKey("k");

        assertThat(task.ifKeyTaken()).isEqualTo(NewTask.IfKeyTaken.REFUSE);
    }

    @Test
    void timesAreKeptToTheMicrosecond() {
        NewTask task = Samples.newTask()
                .runAt(Instant.parse("2026-03-02T09:00:00.123456789Z"))
                .timeout(Duration.ofNanos(1_000_999));

        assertThat(task.runAt()).contains(Instant.parse("2026-03-02T09:00:00.123456Z"));
        assertThat(task.timeout()).contains(Duration.ofMillis(1));
    }

    @Test
    @SuppressWarnings({"unchecked", "rawtypes"})
    void aPayloadOfAnotherClassIsRefusedWithoutBeingQuoted() {
        assertThatExceptionOfType(InvalidInputException.class)
                .isThrownBy(() -> NewTask.of((TaskType) TaskType.of("count", Integer.class), "s3cr3t"))
                .withMessage("payload must be a java.lang.Integer, but was \"java.lang.String\"");
    }

    @Test
    void itsStringShowsNoPayload() {
        assertThat(NewTask.of(MAIL, "s3cr3t").metadata("k", "s3cr3t"))
                .hasToString("NewTask[type=mail, queue=default, id=none]");
    }

    private static NewTask all() {
        NewTask task = Samples.newTask();
        for (UnaryOperator<NewTask> change : CHANGES.values()) {
            task = change.apply(task);
        }
        return task.uniqueKey("k", NewTask.IfKeyTaken.ANSWER_EXISTING);
    }

    private static Map<String, Object> fields(NewTask task) {
        Map<String, Object> values = new HashMap<>();
        try {
            Field holder = NewTask.class.getDeclaredField("fields");
            holder.setAccessible(true);
            for (Field field : holder.getType().getDeclaredFields()) {
                if (!field.isSynthetic() && !Modifier.isStatic(field.getModifiers())) {
                    field.setAccessible(true);
                    values.put(field.getName(), field.get(holder.get(task)));
                }
            }
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("the fields of NewTask are not where this test looks for them", e);
        }
        return values;
    }
}
