package io.taskstore;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.lang.reflect.Array;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Proxy;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Makes values for any parameter of the public API by its generic type: good ones, which lead deep into the code, and
 * hostile ones. What the doors let through comes back as part of later values.
 */
public final class HostileValues {

    private static final int KEPT = 24;
    private static final int LONGEST_KEPT = 1_000;
    private static final int TRIES = 100;
    private static final int DEEPEST = 4;

    private final Random random;
    private final HostileAtoms atoms;
    private final Map<Class<?>, List<Door>> makers = new HashMap<>();
    private final Map<Class<?>, List<Object>> kept = new HashMap<>();
    private final Map<Class<?>, Supplier<Object>> recipes = new HashMap<>(Map.ofEntries(
            Map.entry(Task.class, this::task),
            Map.entry(Task.Builder.class, () -> task().toBuilder()),
            Map.entry(TaskType.class, () -> TaskType.of("email", String.class)),
            Map.entry(NewWorkflow.class, this::workflow),
            Map.entry(StatusChange.class, this::change),
            Map.entry(StatusHistory.class, () -> StatusHistory.of(uuid(), chain())),
            Map.entry(TaskRepository.class, () -> port(TaskRepository.class)),
            Map.entry(WorkflowRepository.class, () -> port(WorkflowRepository.class)),
            Map.entry(RandomGenerator.class, () -> new Random(1)),
            Map.entry(InstantSource.class, () -> InstantSource.fixed(Instant.EPOCH)),
            Map.entry(ObjectMapper.class, ObjectMapper::new)));

    /** The value made last, so that the next one can fit to it. */
    private NewWorkflow lastWorkflow = NewWorkflow.of("none");

    private List<StatusChange> lastChain = List.of();
    private int lastChange;
    private long thrown;

    public HostileValues(Random random, List<Door> doors) {
        this.random = random;
        this.atoms = new HostileAtoms(random);
        for (Door door : doors) {
            for (Class<?> made = door.makes(); !door.needsReceiver() && made != null; made = sealedParent(made)) {
                makers.computeIfAbsent(made, type -> new ArrayList<>()).add(door);
            }
        }
    }

    /** {@return a port of which nobody asks more than who it is} */
    private static Object port(Class<?> type) {
        return Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> switch (method.getName()) {
                    case "toString" -> type.getSimpleName();
                    case "hashCode" -> System.identityHashCode(self);
                    case "equals" -> self == arguments[0];
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    /** Makes good values of the type in this way from now on. */
    public void make(Class<?> type, Supplier<Object> recipe) {
        recipes.put(type, recipe);
    }

    /** {@return arguments} All good, one hostile, or several hostile, so that the code behind the first check is reached too. */
    public @Nullable Object[] arguments(Door door) {
        @Nullable Object[] arguments = new Object[door.takes().size()];
        int kind = random.nextInt(6);
        int chosen = random.nextInt(Math.max(1, arguments.length));
        for (int i = 0; i < arguments.length; i++) {
            boolean hostile = kind > 0 && (i == chosen || (kind > 3 && random.nextBoolean()));
            thrown += hostile ? 1 : 0;
            arguments[i] = hostile
                    ? hostile(door.takes().get(i), door.isSecret(i))
                    : good(door.takes().get(i), door.isSecret(i));
        }
        return arguments;
    }

    /** {@return how many of the arguments so far were hostile} */
    public long thrown() {
        return thrown;
    }

    /** Remembers what a door let through, unless it would let what is made of it grow without end. */
    public void keep(Class<?> type, Object value) {
        if (value.toString().length() > LONGEST_KEPT) {
            return;
        }
        List<Object> values = kept.computeIfAbsent(type, key -> new ArrayList<>());
        if (values.size() < KEPT) {
            values.add(value);
        } else {
            values.set(random.nextInt(KEPT), value);
        }
    }

    public Object good(Type type, boolean secret) {
        return good(type, secret, 0);
    }

    @Nullable
    Object hostile(Type type, boolean secret) {
        return random.nextInt(8) == 0 && !(type instanceof Class<?> raw && raw.isPrimitive())
                ? null
                : hostile(type, secret, 0);
    }

    private Object good(Type type, boolean secret, int depth) {
        if (type instanceof ParameterizedType generic) {
            Type[] inner = generic.getActualTypeArguments();
            Class<?> raw = (Class<?>) generic.getRawType();
            if (raw == Optional.class) {
                return random.nextBoolean() ? Optional.empty() : optional(inner[0], secret, depth);
            } else if (raw == Map.class) {
                return map(inner[0], inner[1], random.nextInt(3), depth);
            } else if (raw == Class.class) {
                return atoms.goodClass(inner[0]);
            } else if (Iterable.class.isAssignableFrom(raw) && raw != Page.class) {
                return collection(raw, members(inner[0], secret, depth));
            }
            return ours(raw, depth);
        } else if (type instanceof GenericArrayType array) {
            return array(array.getGenericComponentType(), members(array.getGenericComponentType(), secret, depth));
        } else if (type instanceof WildcardType || type instanceof TypeVariable<?>) {
            return atoms.good(Object.class, secret);
        }
        Class<?> raw = (Class<?>) type;
        if (raw.isArray()) {
            return array(raw.getComponentType(), members(raw.getComponentType(), secret, depth));
        }
        return HostileAtoms.knows(raw) && !recipes.containsKey(raw) ? atoms.good(raw, secret) : ours(raw, depth);
    }

    private @Nullable Object hostile(Type type, boolean secret, int depth) {
        if (type instanceof ParameterizedType generic) {
            Type[] inner = generic.getActualTypeArguments();
            Class<?> raw = (Class<?>) generic.getRawType();
            if (raw == Optional.class) {
                return Optional.ofNullable(hostile(inner[0], secret, depth + 1));
            } else if (raw == Map.class) {
                return hostileMap(inner[0], inner[1], depth);
            } else if (raw == Class.class) {
                return atoms.hostile(Class.class, secret);
            } else if (Iterable.class.isAssignableFrom(raw) && raw != Page.class) {
                return collection(raw, hostileMembers(inner[0], secret, depth));
            }
            return maybeOurs(raw, depth);
        } else if (type instanceof GenericArrayType array) {
            Type component = array.getGenericComponentType();
            return array(component, hostileMembers(component, secret, depth));
        } else if (type instanceof WildcardType || type instanceof TypeVariable<?>) {
            return atoms.hostile(Object.class, secret);
        }
        Class<?> raw = (Class<?>) type;
        if (raw.isArray()) {
            return array(raw.getComponentType(), hostileMembers(raw.getComponentType(), secret, depth));
        }
        return HostileAtoms.knows(raw) ? atoms.hostile(raw, secret) : maybeOurs(raw, depth);
    }

    private Object optional(Type inner, boolean secret, int depth) {
        if (inner == StatusChange.class && lastChange + 1 < lastChain.size()) {
            return Optional.of(lastChain.get(lastChange + 1));
        }
        return Optional.of(good(inner, secret, depth + 1));
    }

    private List<Object> members(Type inner, boolean secret, int depth) {
        if (inner == StatusChange.class) {
            return List.copyOf(chain());
        } else if (inner == TaskDraft.class) {
            return lastWorkflow.steps().stream()
                    .<Object>map(step -> new TaskDraft(uuid(), step.task(), "{}"))
                    .toList();
        }
        return IntStream.range(0, depth >= DEEPEST ? 0 : 1 + random.nextInt(3))
                .mapToObj(i -> good(inner, secret, depth + 1))
                .toList();
    }

    /** Members may be null, hostile, very many, or missing. */
    private List<@Nullable Object> hostileMembers(Type inner, boolean secret, int depth) {
        List<@Nullable Object> members = new ArrayList<>(members(inner, secret, depth));
        switch (random.nextInt(5)) {
            case 0 -> members.clear();
            case 1 -> members.add(random.nextInt(members.size() + 1), null);
            case 2 -> members.add(hostile(inner, secret, depth + 1));
            case 3 -> members.addAll(Collections.nCopies(1 + random.nextInt(3), good(inner, secret, depth + 1)));
            default -> {
                int many = random.nextInt(4) == 0 ? 1_001 : 30;
                members.addAll(Collections.nCopies(many, good(inner, secret, depth + 1)));
            }
        }
        return members;
    }

    private Map<Object, Object> map(Type key, Type value, int size, int depth) {
        Map<Object, Object> map = new LinkedHashMap<>();
        IntStream.range(0, size).forEach(i -> map.put(good(key, false, depth + 1), good(value, false, depth + 1)));
        return Collections.unmodifiableMap(map);
    }

    private Map<@Nullable Object, @Nullable Object> hostileMap(Type key, Type value, int depth) {
        Map<@Nullable Object, @Nullable Object> map = new HashMap<>(map(key, value, 2, depth));
        switch (random.nextInt(5)) {
            case 0 -> map.put(null, good(value, false, depth + 1));
            case 1 -> map.put(good(key, false, depth + 1), null);
            case 2 -> map.put(hostile(key, false, depth + 1), null);
            case 3 -> map.put(hostile(key, false, depth + 1), good(value, false, depth + 1));
            default -> map.put(hostile(key, false, depth + 1), hostile(value, false, depth + 1));
        }
        return map;
    }

    private Object collection(Class<?> raw, List<? extends @Nullable Object> members) {
        boolean mutable = random.nextBoolean() || members.stream().anyMatch(Objects::isNull);
        if (raw == Set.class) {
            return mutable ? new LinkedHashSet<>(members) : Set.copyOf(members);
        }
        return mutable ? new ArrayList<>(members) : List.copyOf(members);
    }

    private static Object array(Type component, List<? extends @Nullable Object> members) {
        Class<?> raw = (Class<?>) (component instanceof ParameterizedType generic ? generic.getRawType() : component);
        Object array = Array.newInstance(raw, members.size());
        for (int i = 0; i < members.size(); i++) {
            Array.set(array, i, members.get(i));
        }
        return array;
    }

    private @Nullable Object maybeOurs(Class<?> type, int depth) {
        return random.nextInt(3) == 0 ? null : ours(type, depth);
    }

    /** {@return one that was let through before, or a new one} */
    private Object ours(Class<?> type, int depth) {
        List<Object> known = kept.getOrDefault(type, List.of());
        if (type.isEnum()) {
            return type.getEnumConstants()[random.nextInt(type.getEnumConstants().length)];
        } else if (!known.isEmpty() && (depth >= DEEPEST || random.nextBoolean())) {
            return noted(known.get(random.nextInt(known.size())));
        } else if (recipes.containsKey(type)) {
            return noted(recipes.get(type).get());
        }
        List<Door> ways = makers.getOrDefault(type, List.of());
        for (int i = 0; i < TRIES && !ways.isEmpty(); i++) {
            Door door = ways.get(random.nextInt(ways.size()));
            Object[] arguments = IntStream.range(0, door.takes().size())
                    .mapToObj(p -> good(door.takes().get(p), door.isSecret(p), depth + 1))
                    .toArray();
            try {
                Object made = door.enter(null, arguments);
                keep(type, made);
                return made;
            } catch (TaskStoreException e) {
                // these good values do not go together; others will
            } catch (Throwable e) {
                throw new AssertionError(door + " threw at good values", e);
            }
        }
        throw new AssertionError("no good " + type.getName() + " from " + ways);
    }

    private Object noted(Object value) {
        lastWorkflow = value instanceof NewWorkflow workflow ? workflow : lastWorkflow;
        return value;
    }

    private Task task() {
        Instant now = atoms.instant();
        return Task.builder()
                .id(uuid())
                .type("email")
                .title("Hello")
                .payload(atoms.json())
                .metadata((Metadata) ours(Metadata.class, DEEPEST))
                .status((TaskStatus) ours(TaskStatus.class, 0))
                .worker(random.nextBoolean() ? new WorkerId(uuid()) : null)
                .attempt(random.nextInt(3))
                .createdAt(now)
                .updatedAt(now)
                .completedAt(random.nextBoolean() ? now : null)
                .build();
    }

    private NewWorkflow workflow() {
        NewTask task = NewTask.of(TaskType.of("email", String.class), HostileAtoms.SECRET);
        NewWorkflow flow = NewWorkflow.of("order-17").task("charge", task);
        return random.nextBoolean() ? flow : flow.task("pack", task).after("charge");
    }

    private StatusChange change() {
        lastChain = chain();
        lastChange = random.nextInt(lastChain.size());
        return lastChain.get(lastChange);
    }

    /** {@return the changes of a task's life, each legal after the one before} */
    private List<StatusChange> chain() {
        List<StatusChange> chain = new ArrayList<>();
        Optional<TaskStatus> from = Optional.empty();
        TaskStatus to = TaskStatus.PENDING;
        int attempt = 0;
        int length = 1 + random.nextInt(8);
        for (int seq = 1; seq <= length; seq++) {
            attempt += to == TaskStatus.RUNNING ? 1 : 0;
            Optional<String> note = Optional.ofNullable((String) hostile(String.class, false));
            Optional<Duration> ran = random.nextBoolean() ? Optional.empty() : Optional.of(Duration.ofMillis(5));
            chain.add(new StatusChange(
                    seq, from, to, atoms.instant(), Optional.empty(), attempt, note, Optional.empty(), ran));
            List<TaskStatus> next = List.copyOf(to.successors());
            if (next.isEmpty()) {
                break;
            }
            from = Optional.of(to);
            to = next.get(random.nextInt(next.size()));
        }
        return chain;
    }

    private UUID uuid() {
        return new UUID(random.nextLong(), random.nextLong());
    }

    private static @Nullable Class<?> sealedParent(Class<?> type) {
        return Arrays.stream(type.getInterfaces())
                .filter(Class::isSealed)
                .findFirst()
                .orElse(null);
    }
}
