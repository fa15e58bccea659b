package io.taskstore.testkit;

import static io.taskstore.TaskStatus.COMPLETED;
import static io.taskstore.TaskStatus.FAILED;
import static io.taskstore.TaskStatus.PENDING;
import static io.taskstore.TaskStatus.RUNNING;
import static io.taskstore.testkit.Fixtures.newTask;
import static io.taskstore.testkit.TaskStoreAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskstore.InvalidInputException;
import io.taskstore.LogLevel;
import io.taskstore.Page;
import io.taskstore.PageRequest;
import io.taskstore.RunScope;
import io.taskstore.StorageUnavailableException;
import io.taskstore.Task;
import io.taskstore.TaskFilter;
import io.taskstore.TaskNotFoundException;
import io.taskstore.TaskRepository.News;
import io.taskstore.TaskRun;
import io.taskstore.TaskService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@link TaskService#await}: woken at once by what ends in this process, by a query for all by what ends in others. */
@Timeout(60)
final class AwaitTest {

    private static final Duration LONG = Duration.ofHours(1);
    private static final Duration POLL = Duration.ofMillis(250);

    private final Stage stage = new Stage();
    private final WatchedTasks repository = new WatchedTasks();
    private final TaskService tasks = Stage.service(repository, stage.queue);

    /** A repository that counts what waiting costs, and can lose one of the two ways in which an end is known. */
    private final class WatchedTasks extends DelegatingTasks {

        /** The ids of each query on behalf of all; those for one id go the other way. */
        final List<Set<UUID>> polls = new CopyOnWriteArrayList<>();

        final AtomicInteger reads = new AtomicInteger();
        final AtomicInteger subscriptions = new AtomicInteger();
        final AtomicBoolean failing = new AtomicBoolean();
        /** As if all that ends did so in another process. */
        volatile boolean deaf;
        /** As if polling never found an end. */
        volatile boolean blind;

        WatchedTasks() {
            super(stage.storage.tasks());
        }

        @Override
        public Optional<Task> find(UUID id) {
            Optional<Task> found = super.find(id);
            reads.incrementAndGet();
            return found;
        }

        @Override
        public Page list(TaskFilter filter, PageRequest request) {
            polls.add(filter.ids());
            if (failing.compareAndSet(true, false)) {
                throw new StorageUnavailableException("gone for a moment", null);
            }
            return blind ? Page.of(request, List.of()) : super.list(filter, request);
        }

        @Override
        public Subscription onNews(Consumer<News> listener) {
            subscriptions.incrementAndGet();
            Subscription subscription = super.onNews(news -> {
                if (!deaf) {
                    listener.accept(news);
                }
            });
            return () -> {
                subscription.close();
                subscriptions.decrementAndGet();
            };
        }
    }

    /** {@return a call that waits for the task, and has looked at it already} */
    private AsyncCall<Optional<Task>> waiting(UUID id) {
        int before = repository.reads.get();
        AsyncCall<Optional<Task>> call = AsyncCall.start(() -> tasks.await(id, LONG));
        Patience.until("it has looked at the task", () -> repository.reads.get() > before);
        return call.awaitWaiting();
    }

    private void awaitPolls(int more) {
        int before = repository.polls.size();
        Patience.until(more + " polls", () -> repository.polls.size() >= before + more);
    }

    @Test
    void aTaskThatHasEndedIsAnsweredAtOnce() throws InterruptedException {
        for (var end : List.of(COMPLETED, FAILED)) {
            Task ended = stage.taskIn(end);

            assertThat(tasks.await(ended.id(), Duration.ZERO).orElseThrow())
                    .usingRecursiveComparison()
                    .isEqualTo(ended);
        }
        assertThat(repository.subscriptions).hasValue(0);
    }

    @Test
    void anEndInThisProcessIsKnownWithoutAnyPoll() throws InterruptedException {
        repository.blind = true;
        UUID id = stage.submit().id();
        AsyncCall<Optional<Task>> call = waiting(id);

        stage.complete(id);

        assertThat(call.answer().orElseThrow()).hasStatus(COMPLETED);
        assertThat(repository.subscriptions).hasValue(0);
    }

    @Test
    void theEndOfAnotherTaskWakesNobody() throws InterruptedException {
        repository.blind = true;
        UUID id = stage.submit().id();
        UUID other = stage.submit().id();
        AsyncCall<Optional<Task>> call = waiting(id);
        int reads = repository.reads.get();

        stage.complete(other);
        awaitPolls(1);

        assertThat(call.isOver()).isFalse();
        assertThat(repository.reads).hasValue(reads);
        stage.complete(id);
        assertThat(call.answer()).isPresent();
    }

    @Test
    void anEndInAnotherProcessIsFoundByPolling() throws InterruptedException {
        repository.deaf = true;
        UUID id = stage.submit().id();
        AsyncCall<Optional<Task>> call = waiting(id);

        stage.fail(id);

        assertThat(call.answer().orElseThrow()).hasStatus(FAILED).hasErrorOfKind("Broken");
    }

    /** Between the subscription and the first look nothing can be lost. */
    @Test
    void anEndWhileTheCallBeginsIsNotMissed() throws InterruptedException {
        repository.blind = true;
        UUID id = stage.submit().id();
        TaskService service = Stage.service(
                new DelegatingTasks(repository) {
                    private boolean ended;

                    @Override
                    public Optional<Task> find(UUID wanted) {
                        Optional<Task> found = super.find(wanted);
                        if (!ended) {
                            ended = true;
                            stage.complete(id);
                        }
                        return found;
                    }
                },
                stage.queue);

        assertThat(service.await(id, LONG).orElseThrow()).hasStatus(COMPLETED);
    }

    @Test
    void manyCallersOfOneTaskAreAllAnswered() throws InterruptedException {
        repository.blind = true;
        UUID id = stage.submit().id();
        List<AsyncCall<Optional<Task>>> calls =
                Stream.generate(() -> waiting(id)).limit(10).toList();

        stage.complete(id);

        for (AsyncCall<Optional<Task>> call : calls) {
            assertThat(call.answer().orElseThrow()).hasStatus(COMPLETED);
        }
        assertThat(repository.subscriptions).hasValue(0);
    }

    /** In a time of n polls and a bit there are no more queries than n and a bit, and each of them asks for all. */
    @Test
    void manyWaitingCallersCostOneQueryForEachPoll() throws InterruptedException {
        repository.deaf = true;
        List<UUID> ids = Stream.generate(() -> stage.submit().id()).limit(20).toList();
        List<AsyncCall<Optional<Task>>> calls = new ArrayList<>();
        ids.forEach(id -> calls.add(waiting(id)));
        int reads = repository.reads.get();

        repository.polls.clear();
        long start = System.nanoTime();
        awaitPolls(6);
        List<Set<UUID>> polls = List.copyOf(repository.polls);
        long most = (System.nanoTime() - start) / POLL.toNanos() + 3;

        assertThat(polls.size()).isLessThanOrEqualTo((int) most);
        assertThat(polls.subList(1, polls.size())).allMatch(asked -> asked.equals(Set.copyOf(ids)));
        assertThat(repository.reads).as("no caller looks for itself").hasValue(reads);

        ids.subList(0, 10).forEach(stage::complete);
        for (AsyncCall<Optional<Task>> call : calls.subList(0, 10)) {
            assertThat(call.answer().orElseThrow()).hasStatus(COMPLETED);
        }
        assertThat(calls.subList(10, 20)).noneMatch(AsyncCall::isOver);
        ids.subList(10, 20).forEach(stage::complete);
        for (AsyncCall<Optional<Task>> call : calls) {
            assertThat(call.answer().orElseThrow()).hasStatus(COMPLETED);
        }
    }

    @Test
    void whoHasItsAnswerIsNotPolledForAnyMore() throws InterruptedException {
        UUID done = stage.submit().id();
        UUID open = stage.submit().id();
        AsyncCall<Optional<Task>> first = waiting(done);
        AsyncCall<Optional<Task>> second = waiting(open);
        stage.complete(done);
        first.answer();

        awaitPolls(2);

        assertThat(repository.polls.get(repository.polls.size() - 1)).containsExactly(open);
        assertThat(repository.subscriptions).hasValue(1);
        stage.complete(open);
        assertThat(second.answer()).isPresent();
    }

    @Test
    void aTaskThatDoesNotEndInTimeIsAnsweredWithNothing() throws InterruptedException {
        UUID id = stage.submit().id();
        Duration timeout = Duration.ofMillis(30);
        long start = System.nanoTime();

        assertThat(tasks.await(id, timeout)).isEmpty();

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(timeout);
        assertThat(tasks.await(id, Duration.ZERO)).isEmpty();
        assertThat(repository.subscriptions).hasValue(0);
    }

    /** One of many tries is enough to tell, for any single one may be kept from the processor. */
    @Test
    void aTimeoutShorterThanAPollIsNotRoundedUp() throws InterruptedException {
        UUID id = stage.submit().id();
        long shortest = Long.MAX_VALUE;
        for (int i = 0; i < 10; i++) {
            long start = System.nanoTime();
            tasks.await(id, Duration.ofMillis(20));
            shortest = Math.min(shortest, System.nanoTime() - start);
        }

        assertThat(Duration.ofNanos(shortest)).isLessThan(Duration.ofMillis(100));
    }

    @Test
    void aTimeoutLongerThanAPollIsWaitedFor() throws InterruptedException {
        UUID id = stage.submit().id();
        Duration timeout = Duration.ofMillis(300);
        long start = System.nanoTime();

        assertThat(tasks.await(id, timeout)).isEmpty();

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(timeout);
        assertThat(repository.polls).isNotEmpty();
    }

    @Test
    void aTimeoutOutOfRangeIsRefused() {
        UUID id = stage.submit().id();

        assertThatThrownBy(() -> tasks.await(id, Duration.ofMillis(-1))).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> tasks.await(id, Duration.ofDays(4_000))).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> tasks.await(id, null)).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> tasks.await(null, LONG)).isInstanceOf(InvalidInputException.class);
        assertThat(repository.subscriptions).hasValue(0);
    }

    @Test
    void theLongestTimeoutIsWaitedFor() throws InterruptedException {
        UUID id = stage.submit().id();
        AsyncCall<Optional<Task>> call = AsyncCall.start(() -> tasks.await(id, Duration.ofDays(3_660)));
        Patience.until("it has looked at the task", () -> repository.reads.get() > 0);
        assertThat(call.awaitWaiting().isOver()).isFalse();

        stage.complete(id);

        assertThat(call.answer()).isPresent();
    }

    @Test
    void anInterruptEndsTheWait() {
        AsyncCall<Optional<Task>> call = waiting(stage.submit().id());

        call.interrupt();

        assertThat(call.wasInterrupted()).isTrue();
        assertThat(repository.subscriptions).hasValue(0);
    }

    @Test
    void aThreadThatWasInterruptedBeforeHearsOfItWhateverTheTaskIsIn() {
        UUID id = stage.taskIn(COMPLETED).id();

        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> tasks.await(id, LONG)).isInstanceOf(InterruptedException.class);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    /** Whoever polls for all may stop at any moment; another one goes on. */
    @Test
    void pollingGoesOnWhenTheOneWhoPollsIsInterrupted() throws InterruptedException {
        repository.deaf = true;
        UUID id = stage.submit().id();
        List<AsyncCall<Optional<Task>>> calls =
                Stream.generate(() -> waiting(id)).limit(4).collect(Collectors.toCollection(ArrayList::new));
        for (int i = 0; i < 3; i++) {
            awaitPolls(1);
            calls.get(i).interrupt();
            assertThat(calls.get(i).wasInterrupted()).isTrue();
        }

        stage.complete(id);

        assertThat(calls.get(3).answer()).isPresent();
    }

    @Test
    void aTaskThatDoesNotExistIsNotWaitedFor() {
        assertThatThrownBy(() -> tasks.await(CountingIds.number(99), LONG))
                .isInstanceOfSatisfying(
                        TaskNotFoundException.class,
                        missing -> assertThat(missing.id()).isEqualTo(CountingIds.number(99)));
        assertThat(repository.subscriptions).hasValue(0);
    }

    @Test
    void aTaskThatIsDeletedMeanwhileEndsTheWait() {
        UUID id = stage.submit().id();
        AsyncCall<Optional<Task>> call = waiting(id);

        tasks.delete(id);

        assertThat(call.failure()).isInstanceOf(TaskNotFoundException.class);
        assertThat(repository.subscriptions).hasValue(0);
    }

    /** The word of the end comes when the task lives again already. */
    @Test
    void aTaskThatIsRequeuedMeanwhileIsWaitedForUntilItsNextEnd() throws InterruptedException {
        UUID id = stage.submit().id();
        List<Consumer<News>> listeners = new CopyOnWriteArrayList<>();
        AtomicInteger reads = new AtomicInteger();
        TaskService service = Stage.service(
                new DelegatingTasks(stage.storage.tasks()) {
                    @Override
                    public Subscription onNews(Consumer<News> listener) {
                        listeners.add(listener);
                        return () -> listeners.remove(listener);
                    }

                    @Override
                    public Optional<Task> find(UUID wanted) {
                        Optional<Task> found = super.find(wanted);
                        reads.incrementAndGet();
                        return found;
                    }
                },
                stage.queue);
        AsyncCall<Optional<Task>> call = AsyncCall.start(() -> service.await(id, LONG));
        Patience.until("it has looked at the task", () -> reads.get() == 1);
        stage.fail(id);
        stage.tasks.requeue(id, null);
        int before = reads.get();
        listeners.forEach(listener -> listener.accept(new News(Set.of(id), List.of())));
        Patience.until("it has looked again", () -> reads.get() > before || call.isOver());
        assertThat(call.awaitWaiting().isOver()).isFalse();

        stage.complete(id);
        listeners.forEach(listener -> listener.accept(new News(Set.of(id), List.of())));

        assertThat(call.answer().orElseThrow()).hasStatus(COMPLETED).hasAttempt(2);
    }

    @Test
    void aPollThatFailsIsNoNewsForAnybody() throws InterruptedException {
        repository.deaf = true;
        UUID id = stage.submit().id();
        List<AsyncCall<Optional<Task>>> calls =
                Stream.generate(() -> waiting(id)).limit(3).toList();

        repository.failing.set(true);
        Patience.until("a poll has failed", () -> !repository.failing.get());
        stage.complete(id);

        for (AsyncCall<Optional<Task>> call : calls) {
            assertThat(call.answer().orElseThrow()).hasStatus(COMPLETED);
        }
        assertThat(repository.subscriptions).hasValue(0);
    }

    @Test
    void aHandlerMayNotWaitForItCouldWaitForItsOwnSlot() throws Exception {
        Task running = stage.taskIn(RUNNING);
        UUID other = stage.taskIn(COMPLETED).id();

        assertThatThrownBy(() -> RunScope.call(new Run(running), () -> tasks.await(other, LONG)))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining(running.id().toString());

        assertThat(tasks.await(other, LONG)).as("after the handler").isPresent();
        assertThat(stage.tasks.submit(newTask())).hasStatus(PENDING);
        assertThat(repository.subscriptions).hasValue(0);
    }

    /** A run as its handler sees it, of which a test needs the task only. */
    private record Run(Task task) implements TaskRun {

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
            throw new InvalidInputException("step", "the name of a task", step);
        }

        @Override
        public <R> R resultOf(String step, Class<R> type) {
            throw new InvalidInputException("step", "the name of a task", step);
        }
    }
}
