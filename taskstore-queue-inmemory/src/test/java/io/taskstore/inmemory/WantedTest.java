package io.taskstore.inmemory;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.TaskQueue;
import io.taskstore.TaskType;
import io.taskstore.Wanted;
import io.taskstore.jdbi.TaskDatabase;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a worker says that it could start. */
@Timeout(60)
final class WantedTest {

    private final List<Wanted> wanted = new CopyOnWriteArrayList<>();

    private TaskQueue queue() {
        TaskQueue queue = new InMemoryTaskQueue();
        return (TaskQueue) Proxy.newProxyInstance(
                TaskQueue.class.getClassLoader(), new Class<?>[] {TaskQueue.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("poll")) {
                        wanted.add((Wanted) arguments[0]);
                    }
                    try {
                        return method.invoke(queue, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    /** Otherwise hints of all queues would be kept for it as soon as it has no room. */
    @Test
    void aWorkerThatPausesStillSaysWhichQueuesItServes() throws Exception {
        try (TaskDatabase database = TaskDatabase.open("jdbc:sqlite::memory:");
                TaskQueue queue = queue();
                Worker worker = Worker.builder(database, queue)
                        .queues("mail")
                        .handle(TaskType.of("work", String.class), (payload, run) -> {})
                        .start()) {
            worker.pause();

            Await.until(
                    "it has paused",
                    () -> wanted.stream().anyMatch(each -> each.slots().total() == 0));
        }
        assertThat(wanted).allSatisfy(each -> {
            assertThat(each.slots().otherQueues()).isFalse();
            assertThat(each.slots().perQueue()).containsOnlyKeys("mail");
        });
    }
}
