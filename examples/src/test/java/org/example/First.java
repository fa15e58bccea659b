package org.example;

import io.taskstore.NewTask;
import io.taskstore.Task;
import io.taskstore.TaskType;
import io.taskstore.embedded.TaskStore;
import java.time.Duration;

public final class First {

    record Email(String to, String subject) {}

    private static final TaskType<Email> EMAIL = TaskType.of("email", Email.class);

    public static void main(String[] arguments) throws InterruptedException {
        try (TaskStore store = TaskStore.open()) {
            store.worker()
                    .handle(EMAIL, (email, run) -> System.out.println("to " + email.to() + ": " + email.subject()))
                    .start();

            Task task = store.tasks().submit(NewTask.of(EMAIL, new Email("ada@example.org", "Hello")));
            store.tasks().await(task.id(), Duration.ofSeconds(10));
            System.out.println(store.tasks().history(task.id()).orElseThrow());
        }
    }
}
