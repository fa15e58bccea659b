package io.taskstore.testkit;

import io.taskstore.JacksonCodec;
import io.taskstore.TaskQueue;
import io.taskstore.TaskRepository;
import io.taskstore.TaskService;
import io.taskstore.WorkflowService;
import io.taskstore.spi.Storage;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives each test a storage of its own, with a queue, a clock that the test moves, and the services of both. A test asks for
 * what it needs by parameters of the types {@link Storage}, {@link TaskRepository}, {@link TaskQueue}, {@link TaskService},
 * {@link WorkflowService} and {@link ManualClock}; so do methods that run before and after each test. All of it is closed
 * after the test. Ids of tasks are {@linkplain CountingIds counted}, so that they are the same in every run.
 *
 * <pre>{@code
 * @ExtendWith(TaskStoreExtension.class)
 * final class OrdersTest {
 *     @Test
 *     void anOrderIsCharged(TaskService tasks) { ... }
 * }
 * }</pre>
 *
 * <p>The storage is the {@linkplain ReferenceStorage reference}, in memory. For another one, register an extension over it:
 *
 * <pre>{@code
 * @RegisterExtension
 * final TaskStoreExtension store = TaskStoreExtension.over(() -> TaskDatabase.open("jdbc:sqlite::memory:"));
 * }</pre>
 */
public final class TaskStoreExtension implements ParameterResolver {

    private static final int CAPACITY = 10_000;

    private final Function<? super InstantSource, ? extends Storage> opening;

    /** Extends tests by the reference storage. */
    public TaskStoreExtension() {
        this(ReferenceStorage::new);
    }

    private TaskStoreExtension(Function<? super InstantSource, ? extends Storage> opening) {
        this.opening = Objects.requireNonNull(opening, "opening");
    }

    /** {@return an extension over storages that have a clock of their own; {@link ManualClock} does not move it} */
    public static TaskStoreExtension over(Supplier<? extends Storage> opening) {
        Objects.requireNonNull(opening, "opening");
        return new TaskStoreExtension(clock -> opening.get());
    }

    /** {@return an extension over storages that take the time from the {@link ManualClock} they are given} */
    public static TaskStoreExtension overClock(Function<? super InstantSource, ? extends Storage> opening) {
        return new TaskStoreExtension(opening);
    }

    @Override
    public ExtensionContextScope getTestInstantiationExtensionContextScope(ExtensionContext root) {
        return ExtensionContextScope.TEST_METHOD;
    }

    /** Before all tests there is nothing yet that could be handed over. */
    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return Parts.TYPES.contains(parameter.getParameter().getType())
                && context.getTestMethod().isPresent();
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext test) {
        Parts parts = test.getStore(Namespace.create(TaskStoreExtension.class, this))
                .computeIfAbsent(Parts.class, type -> Parts.open(opening), Parts.class);
        return parts.of(parameter.getParameter().getType());
    }

    /** What one test works with. JUnit closes it with the test. */
    private record Parts(
            ManualClock clock, Storage storage, TaskQueue queue, TaskService tasks, WorkflowService workflows)
            implements AutoCloseable {

        static final Set<Class<?>> TYPES = Set.of(
                ManualClock.class,
                Storage.class,
                TaskRepository.class,
                TaskQueue.class,
                TaskService.class,
                WorkflowService.class);

        static Parts open(Function<? super InstantSource, ? extends Storage> opening) {
            ManualClock clock = ManualClock.create();
            Storage storage = opening.apply(clock);
            TaskQueue queue = new ReferenceQueue(CAPACITY);
            TaskService tasks = new TaskService(storage.tasks(), queue, JacksonCodec.standard(), new CountingIds());
            return new Parts(clock, storage, queue, tasks, new WorkflowService(storage.workflows(), tasks));
        }

        Object of(Class<?> type) {
            return type == TaskRepository.class
                    ? storage.tasks()
                    : Stream.of(clock, storage, queue, tasks, workflows)
                            .filter(type::isInstance)
                            .findFirst()
                            .orElseThrow();
        }

        @Override
        public void close() {
            try {
                queue.close();
            } finally {
                storage.close();
            }
        }
    }
}
