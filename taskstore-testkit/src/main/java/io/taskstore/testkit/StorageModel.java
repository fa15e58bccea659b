package io.taskstore.testkit;

import io.taskstore.WorkerId;
import io.taskstore.spi.Storage;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * A test that does random sequences of calls on a storage and on the {@link ReferenceStorage}, and compares every answer,
 * every exception, and now and then all that can be read. It covers what the storage promises for calls that come one after
 * the other; what happens when they meet is for other tests.
 *
 * <pre>{@code
 * @Test
 * void doesWhatTheReferenceDoes() {
 *     StorageModel.of(MyStorage::new, MyStorage::loseHeartbeatOf).check();
 * }
 * }</pre>
 *
 * <p>A sequence that fails is made shorter and told with its seed, which alone brings it back. The system property
 * {@code taskstore.model.seed} is taken where the code does not say otherwise; {@code taskstore.model.sequences} goes before
 * what the code says, so that a test that is short in a build can be run for long by command. Without any seed one half of the
 * sequences is the same in every run, and the other is new.
 *
 * <p>It is immutable: each method that takes a value answers with a changed copy.
 */
public final class StorageModel {

    private static final String SEED_PROPERTY = "taskstore.model.seed";
    private static final String SEQUENCES_PROPERTY = "taskstore.model.sequences";
    private static final int SEQUENCES = 2_000;
    private static final int LENGTH = 60;
    private static final long USUAL_SEED = 1;
    private static final int SEEDS = 1_000_000_000;

    private final Supplier<ModelSource> source;
    private final Settings settings;

    private record Settings(int sequences, int length, OptionalLong seed) {}

    private StorageModel(Supplier<ModelSource> source, Settings settings) {
        this.source = source;
        this.settings = settings;
    }

    /**
     * {@return a test of storages that are opened anew, and closed, for each sequence}
     *
     * @param open opens an empty storage that takes its time from the clock
     * @param kill lets a worker die as with its process: when it returns, the worker is not alive
     */
    public static <S extends Storage> StorageModel of(Function<InstantSource, S> open, BiConsumer<S, WorkerId> kill) {
        return new StorageModel(() -> new ModelSource.Fresh<>(open, kill), defaults());
    }

    /**
     * {@return a test of one storage that is emptied before each sequence}
     *
     * @param open opens the storage; its clock is set back with each sequence
     * @param kill lets a worker die as with its process: when it returns, the worker is not alive
     * @param empty deletes whatever is stored, workers and paused queues too
     */
    public static <S extends Storage> StorageModel of(
            Function<InstantSource, S> open, BiConsumer<S, WorkerId> kill, Runnable empty) {
        return new StorageModel(
                () -> new ModelSource.Emptied<>(new ModelSource.Fresh<>(open, kill), empty), defaults());
    }

    private static Settings defaults() {
        Long seed = Long.getLong(SEED_PROPERTY);
        return new Settings(
                Integer.getInteger(SEQUENCES_PROPERTY, SEQUENCES),
                LENGTH,
                seed == null ? OptionalLong.empty() : OptionalLong.of(seed));
    }

    /** {@return the same with so many sequences, in place of 2,000, unless the system property says how many} */
    public StorageModel sequences(int sequences) {
        int number = Integer.getInteger(SEQUENCES_PROPERTY, sequences);
        return new StorageModel(source, new Settings(number, settings.length(), settings.seed()));
    }

    /** {@return the same with so many operations in each sequence, in place of 60} */
    public StorageModel length(int length) {
        return new StorageModel(source, new Settings(settings.sequences(), length, settings.seed()));
    }

    /** {@return the same with sequences that begin at this seed, the next at the next} */
    public StorageModel seed(long seed) {
        return new StorageModel(source, new Settings(settings.sequences(), settings.length(), OptionalLong.of(seed)));
    }

    /**
     * Runs the sequences.
     *
     * @throws AssertionError for the first that the storage does not do as the reference does; it tells the seed, the
     *     shortest sequence of operations that was found to fail, and what differs
     */
    public void check() {
        run(new ModelCoverage()).ifPresent(finding -> {
            AssertionError error = new AssertionError(finding.message());
            finding.failure().cause().ifPresent(error::initCause);
            throw error;
        });
    }

    /**
     * A failure, made as short as possible.
     *
     * @param failure the failure
     * @param message all about it
     */
    record Finding(ModelFailure failure, String message) {}

    /** {@return the first failure} */
    Optional<Finding> run(ModelCoverage coverage) {
        try (ModelSource opened = source.get()) {
            ModelRun run = new ModelRun(opened, coverage);
            long fresh = RandomGenerator.getDefault().nextInt(SEEDS);
            for (int i = 0; i < settings.sequences(); i++) {
                long seed = seed(i, fresh);
                List<ModelOperation> operations = ModelSequence.draw(seed, settings.length());
                Optional<ModelFailure> failure = run.run(operations, ModelRun.USUALLY);
                if (failure.isPresent()) {
                    ModelFailure shortest = ModelShrink.shrink(run, failure.get());
                    return Optional.of(new Finding(shortest, message(seed, i, operations.size(), shortest)));
                }
            }
            return Optional.empty();
        }
    }

    private long seed(int sequence, long fresh) {
        if (settings.seed().isPresent()) {
            return settings.seed().getAsLong() + sequence;
        }
        int half = (settings.sequences() + 1) / 2;
        return sequence < half ? USUAL_SEED + sequence : fresh + sequence - half;
    }

    private String message(long seed, int sequence, int length, ModelFailure failure) {
        String first = "seed " + seed + ", sequence " + (sequence + 1) + " of " + settings.sequences()
                + ": the storage does not do as the reference does.\n";
        String again = "To run this sequence alone: -D" + SEED_PROPERTY + "=" + seed + " -D" + SEQUENCES_PROPERTY + "=1"
                + (length == LENGTH ? "" : " and length(" + length + ")") + "\n";
        String kept = failure.operations().size() + " of its " + length + " operations are enough"
                + " (worker -0 and claim -0 are the latest by then, -1 the one before, going round):\n";
        return first + again + kept + failure.tell();
    }
}
