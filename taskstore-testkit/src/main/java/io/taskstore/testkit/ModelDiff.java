package io.taskstore.testkit;

import io.taskstore.Task;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where two values differ, down to the parts that do. Tasks and records are taken apart by their accessors, so that a field
 * that is added to them is compared from then on.
 */
final class ModelDiff {

    private static final int MOST_LINES = 12;
    private static final int LONGEST = 400;
    private static final Set<String> NO_PARTS_OF_A_TASK = Set.of("toBuilder", "toString", "hashCode");

    private static final ClassValue<List<Method>> PARTS = new ClassValue<>() {
        @Override
        protected List<Method> computeValue(Class<?> type) {
            List<Method> parts = (type == Task.class ? partsOfTask() : partsOfRecord(type)).toList();
            parts.forEach(AccessibleObject::trySetAccessible); // saves a check with each call
            return parts;
        }
    };

    private final List<String> lines = new ArrayList<>();

    private ModelDiff() {}

    /** {@return one line for each part that differs; at most a dozen, none if nothing does} */
    static List<String> between(String what, Object expected, Object actual) {
        ModelDiff diff = new ModelDiff();
        diff.compare(what, expected, actual);
        return List.copyOf(diff.lines);
    }

    private void compare(String path, Object expected, Object actual) {
        if (lines.size() >= MOST_LINES || isSame(expected, actual)) {
            return;
        }
        List<Method> parts = PARTS.get(expected.getClass());
        if (expected instanceof Optional<?> one && actual instanceof Optional<?> other && one.isPresent()) {
            compareOptional(path, one.get(), other);
        } else if (expected instanceof List<?> one && actual instanceof List<?> other && one.size() == other.size()) {
            for (int i = 0; i < one.size(); i++) {
                compare(path + "[" + i + "]", one.get(i), other.get(i));
            }
        } else if (expected instanceof Map<?, ?> one && actual instanceof Map<?, ?> other) {
            compareMaps(path, one, other);
        } else if (!parts.isEmpty() && expected.getClass() == actual.getClass()) {
            for (Method part : parts) {
                compare(path + "." + part.getName(), read(part, expected), read(part, actual));
            }
        } else {
            tell(path, show(expected), show(actual));
        }
    }

    /** {@return whether nothing differs} Nearly always so, and therefore found out without making paths. */
    private static boolean isSame(@Nullable Object expected, @Nullable Object actual) {
        if (expected == null || actual == null) {
            return expected == actual;
        } else if (expected.equals(actual)) {
            return true;
        } else if (expected instanceof Optional<?> one && actual instanceof Optional<?> other) {
            return one.isPresent() && other.isPresent() && isSame(one.get(), other.get());
        } else if (expected instanceof List<?> one && actual instanceof List<?> other) {
            return isSameList(one, other);
        } else if (expected instanceof Map<?, ?> one && actual instanceof Map<?, ?> other) {
            return isSameMap(one, other);
        }
        List<Method> parts = PARTS.get(expected.getClass());
        boolean same = !parts.isEmpty() && expected.getClass() == actual.getClass();
        for (int i = 0; same && i < parts.size(); i++) {
            same = isSame(read(parts.get(i), expected), read(parts.get(i), actual));
        }
        return same;
    }

    private static boolean isSameList(List<?> expected, List<?> actual) {
        boolean same = expected.size() == actual.size();
        for (int i = 0; same && i < expected.size(); i++) {
            same = isSame(expected.get(i), actual.get(i));
        }
        return same;
    }

    private static boolean isSameMap(Map<?, ?> expected, Map<?, ?> actual) {
        boolean same = expected.size() == actual.size();
        for (Map.Entry<?, ?> entry : expected.entrySet()) {
            same = same && isSame(entry.getValue(), actual.get(entry.getKey()));
        }
        return same;
    }

    private void compareOptional(String path, Object expected, Optional<?> actual) {
        if (actual.isPresent()) {
            compare(path, expected, actual.get());
        } else {
            tell(path, show(expected), "empty");
        }
    }

    private void compareMaps(String path, Map<?, ?> expected, Map<?, ?> actual) {
        Set<Object> keys = new LinkedHashSet<>(expected.keySet());
        keys.addAll(actual.keySet());
        for (Object key : keys) {
            Object one = expected.get(key);
            Object other = actual.get(key);
            if (one != null && other != null) {
                compare(path + "[" + key + "]", one, other);
            } else {
                tell(path + "[" + key + "]", one == null ? "none" : show(one), other == null ? "none" : show(other));
            }
        }
    }

    private void tell(String path, String expected, String actual) {
        lines.add(path + ": expected " + expected + " but was " + actual);
    }

    private static String show(Object value) {
        String text = value instanceof CharSequence ? "\"" + value + '"' : value.toString();
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
    }

    private static Object read(Method part, Object whole) {
        try {
            return part.invoke(whole);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException(part + " cannot be read", e);
        }
    }

    private static Stream<Method> partsOfTask() {
        return Arrays.stream(Task.class.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers()) && !Modifier.isStatic(method.getModifiers()))
                .filter(method -> method.getParameterCount() == 0 && !NO_PARTS_OF_A_TASK.contains(method.getName()))
                .sorted(Comparator.comparing(Method::getName));
    }

    private static Stream<Method> partsOfRecord(Class<?> type) {
        return type.isRecord()
                ? Arrays.stream(type.getRecordComponents()).map(RecordComponent::getAccessor)
                : Stream.empty();
    }
}
