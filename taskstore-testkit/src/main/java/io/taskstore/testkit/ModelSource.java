package io.taskstore.testkit;

import io.taskstore.WorkerId;
import io.taskstore.spi.Storage;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Where the storages under test come from: a new one for each sequence, or one that is emptied before each. */
interface ModelSource extends AutoCloseable {

    /** {@return what the body answers, given an empty storage whose clock shows {@link ModelSide#START}} */
    <R> R with(ModelMemory memory, Function<ModelSide, R> body);

    @Override
    void close();

    /** Opens a new storage for each sequence. */
    record Fresh<S extends Storage>(Function<InstantSource, S> open, BiConsumer<S, WorkerId> kill)
            implements ModelSource {
        @Override
        public <R> R with(ModelMemory memory, Function<ModelSide, R> body) {
            ManualClock clock = ManualClock.at(ModelSide.START);
            try (S storage = open.apply(clock)) {
                return body.apply(new ModelSide(storage, worker -> kill.accept(storage, worker), clock, memory));
            }
        }

        @Override
        public void close() {}
    }

    /** Opens one storage when it is needed first. It is used by one thread. */
    final class Emptied<S extends Storage> implements ModelSource {
        private final Fresh<S> source;
        private final Runnable empty;
        private final ManualClock clock = ManualClock.at(ModelSide.START);
        private @Nullable S opened;

        Emptied(Fresh<S> source, Runnable empty) {
            this.source = source;
            this.empty = empty;
        }

        @Override
        public <R> R with(ModelMemory memory, Function<ModelSide, R> body) {
            clock.set(ModelSide.START);
            S storage = storage();
            empty.run();
            return body.apply(new ModelSide(storage, worker -> source.kill().accept(storage, worker), clock, memory));
        }

        private S storage() {
            S storage = opened;
            if (storage == null) {
                storage = source.open().apply(clock);
                opened = storage;
            }
            return storage;
        }

        @Override
        public void close() {
            Optional.ofNullable(opened).ifPresent(Storage::close);
        }
    }
}
