package io.taskstore.crash;

import io.taskstore.Created;
import io.taskstore.Cursor;
import io.taskstore.DecidingHandler;
import io.taskstore.Door;
import io.taskstore.HostileAtoms;
import io.taskstore.HostileValues;
import io.taskstore.InvalidInputException;
import io.taskstore.Joined;
import io.taskstore.LogEntry;
import io.taskstore.MetricRepository;
import io.taskstore.Outcome;
import io.taskstore.OutcomeUnknownException;
import io.taskstore.Page;
import io.taskstore.PayloadCodec;
import io.taskstore.QueueRepository;
import io.taskstore.Refusals;
import io.taskstore.Reports;
import io.taskstore.StorageBusyException;
import io.taskstore.StorageFailedException;
import io.taskstore.StorageFullException;
import io.taskstore.StorageUnavailableException;
import io.taskstore.Task;
import io.taskstore.TaskEdit;
import io.taskstore.TaskHandler;
import io.taskstore.TaskListener;
import io.taskstore.TaskQueue;
import io.taskstore.TaskRepository;
import io.taskstore.TaskRun;
import io.taskstore.TaskService;
import io.taskstore.TaskStoreException;
import io.taskstore.TaskType;
import io.taskstore.WorkerId;
import io.taskstore.WorkerProfile;
import io.taskstore.Workflow;
import io.taskstore.WorkflowRepository;
import io.taskstore.WorkflowService;
import io.taskstore.inmemory.InMemoryTaskQueue;
import io.taskstore.inmemory.MetricSampler;
import io.taskstore.inmemory.Retention;
import io.taskstore.inmemory.Worker;
import io.taskstore.inmemory.WorkerBuilder;
import io.taskstore.jdbi.TaskDatabase;
import io.taskstore.jdbi.TaskDatabaseBuilder;
import io.taskstore.spi.Claim;
import io.taskstore.spi.Claimed;
import io.taskstore.spi.RunLog;
import io.taskstore.spi.SettledAndClaimed;
import io.taskstore.spi.Storage;
import io.taskstore.spi.TaskClaims;
import io.taskstore.testkit.Fixtures;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadFactory;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Calls what serves callers, workers and hosts on one database, with good and hostile arguments, and looks at what comes out. */
final class HostileCalls {

    /** What waits as long as it is told to, which need not be long here. */
    private static final Set<String> WAITING = Set.of("await", "poll");

    private static final Duration A_MOMENT = Duration.ofMillis(1);
    private static final Duration AN_HOUR = Duration.ofHours(1);
    private static final Duration A_DAY = Duration.ofDays(1);
    private static final int KNOWN = 60;

    /** What no argument is a reason for. */
    private static final List<Class<?>> FAULTS = List.of(
            StorageBusyException.class,
            StorageFailedException.class,
            StorageFullException.class,
            StorageUnavailableException.class,
            OutcomeUnknownException.class);

    private final Random random;
    private final HostileValues values;
    private final List<Door> valueDoors = Door.all();
    private final Map<Class<?>, Supplier<?>> receivers = new LinkedHashMap<>();
    private final List<Door> doors;
    private final List<UUID> ids = new ArrayList<>();
    private final Map<Door, AssertionError> problems = new LinkedHashMap<>();
    private final Map<Door, Integer> passed = new LinkedHashMap<>();
    private final Map<Door, Integer> refused = new LinkedHashMap<>();
    private int next;

    /** What the code of a host throws, and gets back. */
    private static final class OfTheHost extends RuntimeException {}

    HostileCalls(
            TaskDatabase database,
            TaskQueue queue,
            Supplier<TaskDatabaseBuilder> builders,
            Map<String, String> leftOut,
            Random random) {
        this.random = random;
        this.values = new HostileValues(random, valueDoors);
        receive(database, queue, builders);
        recipes(database);
        doors = receivers.keySet().stream()
                .flatMap(HostileCalls::doors)
                .filter(door -> !leftOut.containsKey(door.toString()))
                .sorted(Comparator.comparing(Door::toString))
                .toList();
    }

    private void receive(TaskDatabase database, TaskQueue queue, Supplier<TaskDatabaseBuilder> builders) {
        TaskService tasks = new TaskService(database.tasks(), queue);
        TaskService moody = new TaskService(database.tasks(), queue, new MoodyCodec(), this::moodyId);
        receivers.put(TaskService.class, () -> random.nextInt(4) == 0 ? moody : tasks);
        receivers.put(WorkflowService.class, () -> new WorkflowService(database.workflows(), tasks));
        receivers.put(TaskRepository.class, database::tasks);
        receivers.put(WorkflowRepository.class, database::workflows);
        receivers.put(QueueRepository.class, database::queues);
        receivers.put(MetricRepository.class, database::metrics);
        receivers.put(Reports.class, database::reports);
        receivers.put(TaskClaims.class, database::claims);
        receivers.put(RunLog.class, database::runLog);
        receivers.put(Storage.class, () -> database);
        receivers.put(TaskDatabase.class, () -> database);
        receivers.put(TaskDatabaseBuilder.class, sometimesNew(builders));
        receivers.put(TaskQueue.class, () -> random.nextBoolean() ? queue : new InMemoryTaskQueue());
        receivers.put(InMemoryTaskQueue.class, InMemoryTaskQueue::new);
        receivers.put(WorkerBuilder.class, sometimesNew(() -> Worker.builder(database, queue)));
        receivers.put(
                Worker.class,
                () -> Worker.builder(database, queue)
                        .handle(TaskType.of("mail", String.class), (payload, run) -> {})
                        .build());
        receivers.put(Retention.class, () -> Retention.ofMetrics(database, A_DAY));
        receivers.put(MetricSampler.class, () -> MetricSampler.start(database, tasks, List::of, AN_HOUR));
    }

    /** {@return the same for some calls, so that settings come together} */
    private <T> Supplier<T> sometimesNew(Supplier<T> making) {
        List<T> now = new ArrayList<>(List.of(making.get()));
        return () -> {
            if (random.nextInt(20) == 0) {
                now.set(0, making.get());
            }
            return now.get(0);
        };
    }

    private void recipes(TaskDatabase database) {
        values.make(UUID.class, this::id);
        values.make(TaskType.class, () -> TaskType.of(random.nextBoolean() ? "mail" : "a", String.class));
        values.make(TaskEdit.class, () -> TaskEdit.nothing().title("edited"));
        for (Class<?> port : List.of(TaskRepository.class, WorkflowRepository.class, Storage.class)) {
            values.make(port, () -> receivers.get(port).get());
        }
        values.make(TaskService.class, () -> receivers.get(TaskService.class).get());
        values.make(Joined.class, () -> new Joined(database.tasks(), database.workflows()));
        values.make(TaskQueue.class, InMemoryTaskQueue::new);
        values.make(PayloadCodec.class, MoodyCodec::new);
        values.make(TaskRun.class, () -> run(claimed(database)));
        // most versions are small
        values.make(long.class, () -> 1L + random.nextInt(3));
        values.make(UnaryOperator.class, () ->
                (UnaryOperator<Object>) edit -> moody(values.good(TaskEdit.class, false)));
        values.make(Supplier.class, () -> (Supplier<Object>) () -> moody(List.of()));
        values.make(Runnable.class, () -> (Runnable) () -> moody(""));
        values.make(Consumer.class, () -> (Consumer<Object>) heard -> {});
        values.make(Function.class, () -> (Function<Object, Object>) given -> moody(""));
        values.make(TaskHandler.class, () -> (TaskHandler<Object>) (payload, run) -> moody(""));
        values.make(DecidingHandler.class, () -> (DecidingHandler<Object>) (payload, run) -> Outcome.completed());
        values.make(TaskListener.class, () -> (TaskListener) event -> {});
        values.make(ThreadFactory.class, () -> (ThreadFactory) Thread::new);
        Class<?> rows = Arrays.stream(TaskDatabase.class.getMethods())
                .filter(method -> method.getName().equals("complete"))
                .map(method -> method.getParameterTypes()[method.getParameterCount() - 1])
                .findFirst()
                .orElseThrow();
        values.make(rows, () -> proxy(rows, () -> moody("")));
    }

    private UUID id() {
        return ids.isEmpty() || random.nextInt(4) == 0
                ? new UUID(random.nextLong(), random.nextLong())
                : ids.get(random.nextInt(ids.size()));
    }

    private @Nullable UUID moodyId() {
        return moody(id());
    }

    /** {@return the answer, or null, or nothing at all} */
    private <T> @Nullable T moody(T answer) {
        return switch (random.nextInt(6)) {
            case 0 -> null;
            case 1 -> throw new OfTheHost();
            default -> answer;
        };
    }

    private static Task claimed(TaskDatabase database) {
        WorkerId worker = database.claims().register(new WorkerProfile("hostile", Set.of("work"), Set.of()));
        return database.tasks().create(Fixtures.draft(), worker).task();
    }

    private static TaskRun run(Task task) {
        return (TaskRun) proxy(TaskRun.class, () -> task);
    }

    private static Object proxy(Class<?> type, Supplier<@Nullable Object> answer) {
        return Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> switch (method.getName()) {
                    case "toString" -> type.getSimpleName();
                    case "hashCode" -> System.identityHashCode(self);
                    case "equals" -> self == arguments[0];
                    default -> answer.get();
                });
    }

    /** A codec of the host's, of which anything may be expected. */
    private final class MoodyCodec implements PayloadCodec {
        @Override
        public @Nullable String encode(Object value) {
            return moody(HostileAtoms.JSON.get(random.nextInt(HostileAtoms.JSON.size())));
        }

        @Override
        public <T> @Nullable T decode(String json, Class<T> type) {
            return moody(null);
        }
    }

    private static Stream<Door> doors(Class<?> type) {
        Stream<Method> methods = Arrays.stream(type.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers()) && !method.isSynthetic())
                .filter(method -> !method.getName().equals("toString"));
        return Stream.concat(Arrays.stream(type.getConstructors()).map(Door::new), methods.map(Door::new));
    }

    List<Door> doors() {
        return doors;
    }

    Set<Class<?>> types() {
        return receivers.keySet();
    }

    void call(int times) {
        for (int i = 0; i < times; i++) {
            makeOneMore();
            Door door = doors.get(next++ % doors.size());
            enter(door, door.needsReceiver() ? receivers.get(door.owner()).get() : null);
        }
    }

    void call(Joined joined, TaskQueue queue) {
        TaskService tasks = new TaskService(joined.tasks(), queue);
        Map<Class<?>, Object> served = Map.of(
                TaskService.class,
                tasks,
                WorkflowService.class,
                new WorkflowService(joined.workflows(), tasks),
                TaskRepository.class,
                joined.tasks(),
                WorkflowRepository.class,
                joined.workflows());
        List<Door> some = doors.stream()
                .filter(door -> door.needsReceiver() && served.containsKey(door.owner()))
                .toList();
        makeOneMore();
        Door door = some.get(random.nextInt(some.size()));
        enter(door, served.get(door.owner()));
    }

    /** {@return what became of a null for each argument that may be none, where it was not refused as what it is} */
    List<String> nullsThatPass() {
        List<String> wrong = new ArrayList<>();
        for (Door door : doors) {
            for (int i = 0; i < door.takes().size(); i++) {
                // a builder of databases collects first, and looks at the end
                if (door.refusesNull(i) && door.owner() != TaskDatabaseBuilder.class) {
                    String answer = answerToNull(door, i);
                    if (!answer.endsWith(" must be given, but was null")) {
                        wrong.add(door + ", argument " + i + ": " + answer);
                    }
                }
            }
        }
        return wrong;
    }

    private String answerToNull(Door door, int i) {
        @Nullable
        Object[] arguments =
                door.takes().stream().map(type -> values.good(type, false)).toArray();
        arguments[i] = null;
        try {
            Object answer = door.enter(
                    door.needsReceiver() ? receivers.get(door.owner()).get() : null, arguments);
            return "took it: " + answer;
        } catch (Throwable e) {
            return e instanceof InvalidInputException ? String.valueOf(e.getMessage()) : e.toString();
        }
    }

    /** Lets hostile arguments into values, as far as they come, so that what is called later gets those. */
    private void makeOneMore() {
        Door door = valueDoors.get(random.nextInt(valueDoors.size()));
        try {
            Object made =
                    door.enter(door.needsReceiver() ? values.good(door.owner(), false) : null, values.arguments(door));
            if (made != null && door.makes().isInstance(made) && !door.makes().isInterface()) {
                values.keep(door.makes(), made);
            }
        } catch (Throwable e) {
            // another test is about these
        }
    }

    private void enter(Door door, @Nullable Object receiver) {
        @Nullable Object[] arguments = values.arguments(door);
        for (int i = 0; i < arguments.length; i++) {
            if (WAITING.contains(door.name())
                    && arguments[i] instanceof Duration time
                    && time.compareTo(A_MOMENT) > 0) {
                arguments[i] = A_MOMENT;
            }
        }
        try {
            Object answer = door.enter(receiver, arguments);
            if (answer == null && door.makes() != void.class && door.makes() != Object.class) {
                throw new AssertionError("it answered null");
            }
            passed.merge(door, 1, Integer::sum);
            harvest(answer, receiver);
        } catch (OfTheHost e) {
            passed.merge(door, 1, Integer::sum);
        } catch (TaskStoreException e) {
            refused.merge(door, 1, Integer::sum);
            verify(door, arguments, e);
        } catch (Throwable wrong) {
            problem(door, arguments, wrong);
        }
    }

    private void verify(Door door, @Nullable Object[] arguments, TaskStoreException e) {
        boolean opens = door.name().equals("open");
        try {
            if (!opens && FAULTS.contains(e.getClass())) {
                throw new AssertionError("it is no fault of the storage", e);
            }
            Refusals.verify(e);
        } catch (AssertionError wrong) {
            wrong.addSuppressed(e);
            problem(door, arguments, wrong);
        }
    }

    /** Remembers what the database knows, for calls to come, and closes what was opened. */
    private void harvest(@Nullable Object answer, @Nullable Object receiver) throws Exception {
        if (answer instanceof Optional<?> optional) {
            harvest(optional.orElse(null), receiver);
        } else if (answer instanceof Collection<?> all) {
            for (Object one : all.stream().limit(KNOWN).toList()) {
                harvest(one, receiver);
            }
        } else if (answer instanceof Page page) {
            harvest(page.tasks(), receiver);
            page.next().ifPresent(next -> values.keep(Cursor.class, next));
        } else if (answer instanceof Claimed claimed) {
            harvest(claimed.tasks(), receiver);
        } else if (answer instanceof SettledAndClaimed settled) {
            harvest(settled.claimed(), receiver);
        } else if (answer instanceof Created created) {
            harvest(created.task(), receiver);
        } else if (answer instanceof Task task) {
            know(task.id());
            values.keep(Task.class, task);
            task.worker().ifPresent(worker -> values.keep(Claim.class, Claim.of(task)));
        } else if (answer instanceof Workflow workflow) {
            know(workflow.id());
        } else if (answer instanceof WorkerId worker) {
            values.keep(WorkerId.class, worker);
        } else if (answer instanceof LogEntry line) {
            values.keep(LogEntry.class, line);
        } else if (answer instanceof AutoCloseable opened && opened != receiver) {
            opened.close();
        }
    }

    private void know(UUID id) {
        if (ids.size() < KNOWN) {
            ids.add(id);
        } else {
            ids.set(random.nextInt(KNOWN), id);
        }
    }

    private void problem(Door door, @Nullable Object[] arguments, Throwable wrong) {
        String given = Arrays.stream(arguments)
                .map(argument ->
                        argument == null ? "null" : argument.getClass().getSimpleName() + " " + shown(argument))
                .toList()
                .toString();
        problems.putIfAbsent(door, new AssertionError(door + " with " + given, wrong));
    }

    private static String shown(Object argument) {
        String text = argument.toString().replaceAll("[^ -~]", "?");
        return text.length() > 200 ? text.substring(0, 200) + "..." : text;
    }

    void failIfAny(long seed) {
        if (!problems.isEmpty()) {
            AssertionError all =
                    new AssertionError(problems.keySet() + " gave way; repeat it with -Dtaskstore.seed=" + seed);
            problems.values().forEach(all::addSuppressed);
            throw all;
        }
    }

    int passed() {
        return passed.values().stream().mapToInt(Integer::intValue).sum();
    }

    int refused() {
        return refused.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** {@return what let nothing through, whatever it was given} */
    List<Door> closed() {
        return doors.stream().filter(door -> !passed.containsKey(door)).toList();
    }
}
