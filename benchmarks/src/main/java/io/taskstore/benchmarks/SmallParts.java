package io.taskstore.benchmarks;

import io.taskstore.Hint;
import io.taskstore.JacksonCodec;
import io.taskstore.PayloadCodec;
import io.taskstore.Polled;
import io.taskstore.Slots;
import io.taskstore.TaskIds;
import io.taskstore.Wanted;
import io.taskstore.WorkerId;
import io.taskstore.inmemory.InMemoryTaskQueue;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What the parts cost that every task passes, in nanoseconds: {@code benchmarks/jmh SmallParts}. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class SmallParts {

    /** A payload as hosts have them. */
    public record Mail(String to, String subject, List<String> lines, int priority) {}

    private static final Mail MAIL = new Mail("ada@example.org", "Hello", List.of("one line", "another", "a third"), 3);
    private static final String TYPE = "mail";

    private final PayloadCodec codec = JacksonCodec.standard();
    private final String json = codec.encode(MAIL);
    private final TaskIds ids = TaskIds.standard();
    private final InMemoryTaskQueue queue = new InMemoryTaskQueue();
    private final Wanted wanted = new Wanted(new WorkerId(UUID.randomUUID()), Set.of(TYPE), Slots.of(1), true);

    /** A new id. */
    @Benchmark
    public UUID id() {
        return ids.get();
    }

    /** A payload to JSON. */
    @Benchmark
    public String encode() {
        return codec.encode(MAIL);
    }

    /** A payload from JSON. */
    @Benchmark
    public Mail decode() {
        return codec.decode(json, Mail.class);
    }

    /** A hint through the queue, in one thread. */
    @Benchmark
    public Polled hint() throws InterruptedException {
        Hint hint = new Hint(ids.get(), TYPE, "default", 0);
        queue.offer(hint);
        Polled polled = queue.poll(wanted, Duration.ZERO);
        polled.hints().forEach(queue::handled);
        return polled;
    }

    /** Closes the queue. */
    @TearDown
    public void close() {
        queue.close();
    }
}
