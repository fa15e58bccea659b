package io.taskstore.jdbi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.taskstore.jdbi.Gathering.Member;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class GatheringTest {

    private static final int HELD = -1;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Integer> sizes = Collections.synchronizedList(new ArrayList<>());
    private final CountDownLatch leaderIsIn = new CountDownLatch(1);
    private final CountDownLatch go = new CountDownLatch(1);
    private final List<Thread> callers = Collections.synchronizedList(new ArrayList<>());

    @AfterEach
    void stop() throws InterruptedException {
        go.countDown();
        threads.shutdown();
        assertThat(threads.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
    }

    /** Answers with twice the input; the input HELD waits until the test lets it go. */
    private void twice(List<Member<Integer, Integer>> group) {
        sizes.add(group.size());
        for (Member<Integer, Integer> member : group) {
            if (member.input() == HELD) {
                leaderIsIn.countDown();
                awaitGo();
            }
        }
        group.forEach(member -> member.answer(2 * member.input()));
    }

    private void awaitGo() {
        try {
            assertThat(go.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private Future<Integer> submit(Gathering<Integer, Integer> gathering, int input) throws Exception {
        AtomicReference<Thread> caller = new AtomicReference<>();
        Future<Integer> answer = threads.submit(() -> {
            caller.set(Thread.currentThread());
            return gathering.submit(input);
        });
        if (input == HELD) {
            assertThat(leaderIsIn.await(20, TimeUnit.SECONDS)).isTrue();
        } else {
            Await.until("the caller waits", () -> caller.get() != null && isParked(caller.get()));
            callers.add(caller.get());
        }
        return answer;
    }

    private static boolean isParked(Thread thread) {
        return thread.getState() == Thread.State.WAITING
                && List.of(thread.getStackTrace()).toString().contains("Gathering");
    }

    @Test
    void aSecondGroupGoesBesideTheFirstOnlyWhereManyWait() throws Exception {
        Gathering<Integer, Integer> gathering = new Gathering<>(100, 2, this::twice);
        Future<Integer> held = submit(gathering, HELD);
        List<Future<Integer>> waiting = new ArrayList<>();
        for (int i = 1; i < 16; i++) {
            waiting.add(submit(gathering, i));
        }
        assertThat(sizes).containsExactly(1);
        assertThat(gathering.submit(16)).isEqualTo(32);
        assertThat(sizes).containsExactly(1, 16);
        for (int i = 1; i < 16; i++) {
            assertThat(waiting.get(i - 1).get(20, TimeUnit.SECONDS)).isEqualTo(2 * i);
        }
        go.countDown();
        assertThat(held.get(20, TimeUnit.SECONDS)).isEqualTo(2 * HELD);
    }

    @Test
    void aLoneCallerGoesAtOnceOnItsOwnThread() {
        AtomicReference<Thread> worked = new AtomicReference<>();
        Gathering<Integer, Integer> gathering = new Gathering<>(10, 1, group -> {
            worked.set(Thread.currentThread());
            twice(group);
        });
        assertThat(gathering.submit(21)).isEqualTo(42);
        assertThat(worked.get()).isSameAs(Thread.currentThread());
        assertThat(sizes).containsExactly(1);
    }

    @Test
    void whoComesMeanwhileGoesTogetherAndEachGetsItsOwnAnswer() throws Exception {
        Gathering<Integer, Integer> gathering = new Gathering<>(10, 1, this::twice);
        Future<Integer> leader = submit(gathering, HELD);
        List<Future<Integer>> others = new ArrayList<>();
        for (int i = 1; i <= 5; i++) {
            others.add(submit(gathering, i));
        }
        go.countDown();
        assertThat(leader.get(20, TimeUnit.SECONDS)).isEqualTo(2 * HELD);
        for (int i = 1; i <= 5; i++) {
            assertThat(others.get(i - 1).get(20, TimeUnit.SECONDS)).isEqualTo(2 * i);
        }
        assertThat(sizes).containsExactly(1, 5);
    }

    @Test
    void aGroupIsNeverLargerThanTheLimit() throws Exception {
        Gathering<Integer, Integer> gathering = new Gathering<>(2, 1, this::twice);
        Future<Integer> leader = submit(gathering, HELD);
        List<Future<Integer>> others = new ArrayList<>();
        for (int i = 1; i <= 5; i++) {
            others.add(submit(gathering, i));
        }
        go.countDown();
        assertThat(leader.get(20, TimeUnit.SECONDS)).isEqualTo(2 * HELD);
        for (Future<Integer> other : others) {
            other.get(20, TimeUnit.SECONDS);
        }
        assertThat(sizes).containsExactly(1, 2, 2, 1);
    }

    @Test
    void workThatThrowsFailsEveryMemberAndNobodyWaitsForEver() throws Exception {
        AtomicBoolean broken = new AtomicBoolean();
        Gathering<Integer, Integer> gathering = new Gathering<>(10, 1, group -> {
            if (broken.get()) {
                throw new IllegalArgumentException("broken");
            }
            twice(group);
        });
        Future<Integer> leader = submit(gathering, HELD);
        List<Future<Integer>> others = List.of(submit(gathering, 1), submit(gathering, 2));
        broken.set(true);
        go.countDown();
        assertThat(leader.get(20, TimeUnit.SECONDS)).isEqualTo(2 * HELD);
        for (Future<Integer> other : others) {
            assertThatThrownBy(() -> other.get(20, TimeUnit.SECONDS)).hasRootCauseMessage("broken");
        }
        broken.set(false);
        assertThat(gathering.submit(3)).isEqualTo(6);
    }

    @Test
    void aMemberThatTheWorkForgetsIsToldSo() {
        Gathering<Integer, Integer> gathering = new Gathering<>(10, 1, group -> {});
        assertThatThrownBy(() -> gathering.submit(1)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void asManyGroupsAreAtWorkAsThereAreLanes() throws Exception {
        AtomicInteger atWork = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        Gathering<Integer, Integer> gathering = new Gathering<>(1, 3, group -> {
            most.accumulateAndGet(atWork.incrementAndGet(), Math::max);
            awaitGo();
            atWork.decrementAndGet();
            group.forEach(member -> member.answer(member.input()));
        });
        List<Future<Integer>> answers = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            int input = i;
            answers.add(threads.submit(() -> gathering.submit(input)));
        }
        Await.until("three groups are at work", () -> atWork.get() == 3);
        go.countDown();
        for (int i = 0; i < 40; i++) {
            assertThat(answers.get(i).get(20, TimeUnit.SECONDS)).isEqualTo(i);
        }
        assertThat(most).hasValue(3);
    }

    @Test
    void aWaiterThatIsInterruptedGetsItsAnswerAndKeepsItsInterrupt() throws Exception {
        Gathering<Integer, Integer> gathering = new Gathering<>(10, 1, this::twice);
        Future<Integer> leader = submit(gathering, HELD);
        AtomicReference<Thread> waiter = new AtomicReference<>();
        AtomicBoolean interrupted = new AtomicBoolean();
        Future<Integer> answer = threads.submit(() -> {
            waiter.set(Thread.currentThread());
            int got = gathering.submit(4);
            interrupted.set(Thread.interrupted());
            return got;
        });
        Await.until("the caller waits", () -> waiter.get() != null && isParked(waiter.get()));
        waiter.get().interrupt();
        go.countDown();
        assertThat(leader.get(20, TimeUnit.SECONDS)).isEqualTo(2 * HELD);
        assertThat(answer.get(20, TimeUnit.SECONDS)).isEqualTo(8);
        assertThat(interrupted).isTrue();
    }

    @Test
    void noMemberIsLostHoweverManyThreadsHandOver() throws Exception {
        for (int lanes : List.of(1, 2)) {
            Gathering<Integer, Integer> gathering =
                    new Gathering<>(7, lanes, group -> group.forEach(member -> member.answer(2 * member.input())));
            List<Callable<Boolean>> calls = new ArrayList<>();
            for (int t = 0; t < 40; t++) {
                int first = t * 8_000;
                calls.add(() -> {
                    for (int i = first; i < first + 8_000; i++) {
                        if (gathering.submit(i) != 2 * i) {
                            return false;
                        }
                    }
                    return true;
                });
            }
            for (Future<Boolean> done : threads.invokeAll(calls, 60, TimeUnit.SECONDS)) {
                assertThat(done.get()).isTrue();
            }
        }
    }
}
