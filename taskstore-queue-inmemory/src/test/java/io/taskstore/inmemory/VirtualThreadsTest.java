package io.taskstore.inmemory;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.NewTask;
import io.taskstore.TaskFilter;
import io.taskstore.TaskService;
import io.taskstore.TaskStatus;
import io.taskstore.TaskType;
import io.taskstore.testkit.ReferenceStorage;
import java.lang.reflect.Method;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * As many handlers wait at once as there are threads for. On a JDK with virtual threads these are ten thousand; on an older one a
 * few hundred platform threads, so that the test is never skipped.
 */
@Timeout(120)
final class VirtualThreadsTest {

    private static final TaskType<String> WORK = TaskType.of("work", String.class);
    private static final int VIRTUAL = 10_000;
    private static final int PLATFORM = 500;
    private static final int FIRST_WITH_VIRTUAL = 21;

    @Test
    void allHandlersWaitAtOnceAndAllComplete() throws Exception {
        boolean virtual = Runtime.version().feature() >= FIRST_WITH_VIRTUAL;
        int number = virtual ? VIRTUAL : PLATFORM;
        CountDownLatch waiting = new CountDownLatch(number);
        try (ReferenceStorage storage = new ReferenceStorage(InstantSource.system());
                InMemoryTaskQueue queue = new InMemoryTaskQueue();
                Worker worker = Worker.builder(storage, queue)
                        .threads(virtual ? virtualThreads() : Thread::new)
                        .concurrency(number)
                        .handle(WORK, (payload, run) -> {
                            waiting.countDown();
                            waiting.await();
                        })
                        .build()) {
            TaskService tasks = new TaskService(storage.tasks(), queue);
            List<NewTask> all = new ArrayList<>();
            for (int i = 0; i < number; i++) {
                all.add(NewTask.of(WORK, "x"));
            }
            for (int i = 0; i < number; i += PLATFORM) {
                assertThat(tasks.submitAll(all.subList(i, i + PLATFORM))).hasSize(PLATFORM);
            }
            worker.start();
            assertThat(waiting.await(60, TimeUnit.SECONDS)).isTrue();
            TaskFilter completed = TaskFilter.all().status(TaskStatus.COMPLETED);
            Await.until(
                    "all have completed",
                    () -> tasks.count(completed, Long.MAX_VALUE).value() == number);
        }
    }

    /** {@return the factory of virtual threads, which does not exist for Java 17} */
    private static ThreadFactory virtualThreads() throws ReflectiveOperationException {
        Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
        Method factory = Class.forName("java.lang.Thread$Builder").getMethod("factory");
        return (ThreadFactory) factory.invoke(builder);
    }
}
