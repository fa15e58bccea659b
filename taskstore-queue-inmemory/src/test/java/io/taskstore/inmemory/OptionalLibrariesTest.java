package io.taskstore.inmemory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskstore.NewTask;
import io.taskstore.Task;
import io.taskstore.TaskService;
import io.taskstore.TaskStatus;
import io.taskstore.TaskType;
import io.taskstore.testkit.ReferenceStorage;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.Logger;

/** The libraries that a host may bring or not. */
@Timeout(60)
final class OptionalLibrariesTest {

    /** What the module needs, and nothing else. */
    private static final List<Class<?>> NEEDED =
            List.of(Worker.class, Program.class, TaskService.class, ReferenceStorage.class, Logger.class);

    /** What JSON needs, by name: the module itself does not know of it. */
    private static final List<String> NEEDED_FOR_JSON = List.of(
            "com.fasterxml.jackson.databind.ObjectMapper",
            "com.fasterxml.jackson.core.JsonFactory",
            "com.fasterxml.jackson.annotation.JsonFormat",
            "com.fasterxml.jackson.datatype.jdk8.Jdk8Module",
            "com.fasterxml.jackson.datatype.jsr310.JavaTimeModule");

    /** Uses all of the module but what needs the others. */
    public static final class Program implements Callable<String> {

        @Override
        public String call() throws Exception {
            TaskType<String> work = TaskType.of("work", String.class);
            try (ReferenceStorage storage = new ReferenceStorage(InstantSource.system());
                    InMemoryTaskQueue queue = new InMemoryTaskQueue();
                    Worker worker = Worker.builder(storage, queue)
                            .handle(work, (payload, run) -> run.progress(1, payload))
                            .start()) {
                TaskService tasks = new TaskService(storage.tasks(), queue);
                try (MetricSampler sampler =
                        MetricSampler.start(storage, tasks, () -> List.of(worker), Duration.ofSeconds(1))) {
                    Task task = tasks.submit(NewTask.of(work, sampler.getClass().getSimpleName()));
                    Task done = tasks.await(task.id(), Duration.ofSeconds(20)).orElseThrow();
                    return done.status().name();
                }
            }
        }
    }

    @Test
    void aWorkerNeedsNeitherLogbackNorMicrometer() throws Exception {
        List<URL> urls = new ArrayList<>();
        for (Class<?> type : NEEDED) {
            urls.add(type.getProtectionDomain().getCodeSource().getLocation());
        }
        for (String name : NEEDED_FOR_JSON) {
            urls.add(Class.forName(name).getProtectionDomain().getCodeSource().getLocation());
        }
        try (URLClassLoader alone =
                new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            assertThatThrownBy(() -> alone.loadClass("ch.qos.logback.classic.Level"))
                    .isInstanceOf(ClassNotFoundException.class);
            assertThatThrownBy(() -> alone.loadClass("io.micrometer.core.instrument.MeterRegistry"))
                    .isInstanceOf(ClassNotFoundException.class);
            Callable<?> program = (Callable<?>)
                    alone.loadClass(Program.class.getName()).getConstructor().newInstance();
            assertThat(program.getClass()).isNotEqualTo(Program.class);
            assertThat(program.call()).isEqualTo(TaskStatus.COMPLETED.name());
        }
    }

    @Test
    void nothingButTheirOwnClassesKnowsOfThem() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            List<Path> others = files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> !file.endsWith("RunLogAppender.java") && !file.endsWith("MicrometerMetrics.java"))
                    .toList();
            assertThat(others).isNotEmpty();
            for (Path file : others) {
                assertThat(Files.readString(file))
                        .as(file.toString())
                        .doesNotContain("logback", "micrometer", "RunLogAppender", "MicrometerMetrics");
            }
        }
    }
}
