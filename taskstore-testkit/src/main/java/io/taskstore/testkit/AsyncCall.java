package io.taskstore.testkit;

import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A call that may wait, in a thread of its own. */
final class AsyncCall<T> {

    private static final Set<Thread.State> WAITING = EnumSet.of(Thread.State.WAITING, Thread.State.TIMED_WAITING);

    private final CompletableFuture<T> answer = new CompletableFuture<>();
    private final Thread thread;

    private AsyncCall(Callable<T> body) {
        this.thread = new Thread(() -> run(body), "a call that may wait");
        thread.setDaemon(true);
    }

    /** {@return a call that has begun} */
    static <T> AsyncCall<T> start(Callable<T> body) {
        AsyncCall<T> call = new AsyncCall<>(body);
        call.thread.start();
        return call;
    }

    private void run(Callable<T> body) {
        try {
            answer.complete(body.call());
        } catch (Throwable e) {
            answer.completeExceptionally(e);
        }
    }

    /** Waits until the thread waits, which is the last that can be seen of a call from outside. */
    AsyncCall<T> awaitWaiting() {
        Patience.until("the call waits", () -> answer.isDone() || WAITING.contains(thread.getState()));
        return this;
    }

    void interrupt() {
        thread.interrupt();
    }

    boolean isOver() {
        return answer.isDone();
    }

    /** {@return the answer, which must come soon} */
    T answer() throws InterruptedException {
        try {
            return answer.get(Patience.LIMIT.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw new AssertionError("the call failed", e.getCause());
        } catch (TimeoutException e) {
            throw new AssertionError("the call is still waiting", e);
        }
    }

    /** {@return what the call, which must end soon, threw; null if it answered} */
    @Nullable
    Throwable failure() {
        Patience.until("the call ends", answer::isDone);
        return answer.<@Nullable Throwable>handle((value, thrown) -> thrown).join();
    }

    /** {@return whether the call, which must end soon, ended because of an interrupt} */
    boolean wasInterrupted() {
        return failure() instanceof InterruptedException;
    }

    /** Waits until its thread has ended. */
    void join() {
        Patience.until("the thread of the call ends", () -> !thread.isAlive());
    }
}
