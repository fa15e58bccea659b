package io.taskstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class RunScopeTest {

    private final TaskRun run = new IdleRun();
    private final TaskRun inner = new IdleRun();

    @Test
    void aThreadBelongsToARunWhileItWorksForIt() throws Exception {
        assertThat(RunScope.current()).isEmpty();

        assertThat(RunScope.call(run, RunScope::current)).containsSame(run);

        assertThat(RunScope.current()).isEmpty();
    }

    @Test
    void aRunWithinARunGivesTheThreadBackToTheOuterOne() throws Exception {
        Optional<TaskRun> after = RunScope.call(run, () -> {
            assertThat(RunScope.call(inner, RunScope::current)).containsSame(inner);
            return RunScope.current();
        });

        assertThat(after).containsSame(run);
    }

    @Test
    void whatTheBodyThrowsComesOutAndTheThreadIsFreeAgain() {
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> RunScope.call(run, () -> {
                    throw new IOException("broken");
                }));
        assertThat(RunScope.current()).isEmpty();
    }

    @Test
    void otherThreadsDoNotBelongToTheRun() throws Exception {
        Optional<TaskRun> elsewhere = RunScope.call(
                run, () -> CompletableFuture.supplyAsync(RunScope::current).get(30, TimeUnit.SECONDS));

        assertThat(elsewhere).isEmpty();
    }

    private static final class IdleRun implements TaskRun {
        @Override
        public Task task() {
            return Samples.task().build();
        }

        @Override
        public boolean shouldStop() {
            return false;
        }

        @Override
        public void progress(int percent, String text) {}

        @Override
        public void log(LogLevel level, String message) {}

        @Override
        public Task taskOf(String step) {
            throw new UnsupportedOperationException();
        }

        @Override
        public <R> R resultOf(String step, Class<R> type) {
            throw new UnsupportedOperationException();
        }
    }
}
