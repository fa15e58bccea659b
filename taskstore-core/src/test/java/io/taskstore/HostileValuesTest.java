package io.taskstore;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Throws hostile values at every public factory, constructor and method of a value: what comes out can be used, or it is
 * an exception of ours that names the field. The doors are found by reflection, so that a new one is tested the day it
 * is written. A failure names the seed; {@code -Dtaskstore.seed=…} throws the same values again.
 */
final class HostileValuesTest {

    private static final int CALLS_OF_EACH = Integer.getInteger("taskstore.hostile.calls", 560);
    private static final int TRIES = 200;

    private final long seed = Long.getLong("taskstore.seed", new Random().nextLong());
    private final Random random = new Random(seed);
    private final List<Door> doors = Door.all();
    private final Set<Class<?>> types = Set.copyOf(Door.valueTypes());
    private final HostileValues values = new HostileValues(random, doors);
    private final Map<Door, AssertionError> problems = new LinkedHashMap<>();
    private final Map<Class<?>, List<Method>> questions = new HashMap<>();

    @Test
    void everyDoorIsFound() {
        assertThat(Door.publicTypes()).hasSizeGreaterThanOrEqualTo(100).contains(TaskRepository.class);
        assertThat(types)
                .hasSizeGreaterThanOrEqualTo(70)
                .contains(
                        NewTask.class,
                        Task.Builder.class,
                        Outcome.Retry.class,
                        TaskStatus.class,
                        Reports.Durations.class)
                .doesNotContain(TaskService.class, TaskRepository.class, InvalidInputException.class, Check.class);
        assertThat(doors)
                .hasSizeGreaterThanOrEqualTo(200)
                .extracting(Door::toString)
                .contains(
                        "NewTask.of(TaskType, Object)",
                        "NewTask.uniqueKey(String, IfKeyTaken)",
                        "NewWorkflow.after(String[])",
                        "NewWorkflow.Step(String, NewTask, Map)",
                        "TaskFilter.metadata(String, Number)",
                        "TaskEdit.payload(String)",
                        "Task.Builder.build()",
                        "Metadata.parse(String)",
                        "RetryPolicy.delayFor(Task, RandomGenerator)",
                        "PageRequest(int, TaskOrder, Optional, long)",
                        "Slots.free(String)",
                        "StatusHistory.timeInEachStatus(Instant)",
                        "TaskStatus.canBecome(TaskStatus)",
                        "Outcome.retryIn(Duration, String)",
                        "Claim.of(Task)",
                        "ClaimRequest.hinted(Set)",
                        "Settlement.Completed(Claim, Optional, Optional)");
    }

    @Test
    void onlyExceptionsOfOursComeOut() {
        Map<Door, Integer> passed = new LinkedHashMap<>();
        Map<Door, Integer> refused = new LinkedHashMap<>();
        for (int i = 0; i < CALLS_OF_EACH; i++) {
            for (Door door : doors) {
                (passes(door) ? passed : refused).merge(door, 1, Integer::sum);
            }
        }
        failIfAny("gave way");
        assertThat(values.thrown()).as("hostile values").isGreaterThanOrEqualTo(100_000);
        assertThat(doors).as("with seed " + seed).allSatisfy(door -> {
            assertThat(passed.getOrDefault(door, 0)).as("values let in").isPositive();
            assertThat(passed.getOrDefault(door, 0) + refused.getOrDefault(door, 0))
                    .as("calls")
                    .isGreaterThanOrEqualTo(500);
        });
    }

    @Test
    void aNullIsRefusedWhereverItIsNotMarked() {
        int refused = 0;
        for (Door door : doors) {
            for (int i = 0; i < door.takes().size(); i++) {
                if (door.refusesNull(i)) {
                    String message = messageAboutNull(door, i);
                    assertThat(message)
                            .as("%s, argument %d, seed %d", door, i, seed)
                            .endsWith(" must be given, but was null");
                    refused++;
                }
            }
        }
        assertThat(refused).isGreaterThanOrEqualTo(200);
    }

    @Test
    void whateverIsDecodedOnlyExceptionsOfOursComeOutAndNoneQuotesIt() {
        for (Class<?> type : HostileAtoms.CLASSES) {
            for (String json : HostileAtoms.JSON) {
                try {
                    assertThat(JacksonCodec.standard().decode(json, type)).isNotNull();
                } catch (PayloadException e) {
                    Refusals.verify(e);
                    assertThat(e).hasNoCause();
                }
            }
        }
    }

    private boolean passes(Door door) {
        Object receiver = door.needsReceiver() ? values.good(door.owner(), false) : null;
        @Nullable Object[] arguments = values.arguments(door);
        try {
            Object made = door.enter(receiver, arguments);
            if (made != null && types.contains(made.getClass())) {
                assertUsable(made);
                values.keep(door.makes(), made);
            }
            return true;
        } catch (TaskStoreException e) {
            try {
                Refusals.verify(e);
            } catch (AssertionError wrong) {
                problem(door, arguments, wrong);
            }
        } catch (Throwable wrong) {
            problem(door, arguments, wrong);
        }
        return false;
    }

    private @Nullable Object[] good(Door door) {
        return IntStream.range(0, door.takes().size())
                .mapToObj(i -> values.good(door.takes().get(i), door.isSecret(i)))
                .toArray();
    }

    /** Some good values do not go together, which another check than the one for null finds first. */
    private String messageAboutNull(Door door, int i) {
        String message = "";
        for (int t = 0; t < TRIES && !message.endsWith("but was null"); t++) {
            Object receiver = door.needsReceiver() ? values.good(door.owner(), false) : null;
            @Nullable Object[] arguments = good(door);
            arguments[i] = null;
            try {
                message = "took the null: " + door.enter(receiver, arguments);
            } catch (Throwable e) {
                message = String.valueOf(e.getMessage());
            }
        }
        return message;
    }

    private void assertUsable(Object made) throws Throwable {
        Object nothing = null;
        assertThat(made.equals(made)).isTrue();
        assertThat(made.equals(nothing)).isFalse();
        assertThat(made.equals(new Object())).isFalse();
        assertThat(made.hashCode()).isEqualTo(made.hashCode());
        assertThat(made.toString()).doesNotContain(HostileAtoms.SECRET);
        for (Method question : questions.computeIfAbsent(made.getClass(), HostileValuesTest::questions)) {
            if (answer(question, made) == null) {
                throw new AssertionError(question + " answered null");
            }
        }
        if (made instanceof Situation situation) {
            assertThat(Explanation.of(situation)).isNotBlank();
        }
    }

    /** {@return all that can be asked without an argument, but for a builder's end, which is a door} */
    private static List<Method> questions(Class<?> type) {
        return Arrays.stream(type.getMethods())
                .filter(method -> method.getParameterCount() == 0 && !Modifier.isStatic(method.getModifiers()))
                .filter(method -> method.getDeclaringClass() != Object.class
                        && !method.getName().equals("build"))
                .toList();
    }

    private static @Nullable Object answer(Method method, Object made) throws IllegalAccessException {
        try {
            return method.invoke(made);
        } catch (InvocationTargetException e) {
            throw new AssertionError(method + " threw", e.getCause());
        }
    }

    private void problem(Door door, @Nullable Object[] arguments, Throwable wrong) {
        String given = Arrays.stream(arguments)
                .map(HostileValuesTest::described)
                .toList()
                .toString();
        problems.putIfAbsent(door, new AssertionError(door + " with " + given, wrong));
    }

    /** Not by its own text, which may be what is wrong with it. */
    private static String described(@Nullable Object argument) {
        if (argument == null) {
            return "null";
        }
        String text = argument instanceof String || argument instanceof Enum ? argument.toString() : "";
        return argument.getClass().getSimpleName() + " " + Text.printable(Text.clean(text, 100));
    }

    private void failIfAny(String how) {
        if (!problems.isEmpty()) {
            AssertionError all =
                    new AssertionError(problems.keySet() + " " + how + "; repeat it with -Dtaskstore.seed=" + seed);
            problems.values().forEach(all::addSuppressed);
            throw all;
        }
    }
}
