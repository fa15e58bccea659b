package io.taskstore;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

final class TaskIdsTest {

    private static final Instant NINE = Instant.parse("2026-03-02T09:00:00.123456Z");

    private final SetClock clock = new SetClock();

    @Test
    void anIdIsAUuidOfVersionSevenWithTheMillisecondInFront() {
        TaskIds ids = ids(1);
        for (int i = 0; i < 1_000; i++) {
            clock.now = NINE.plusMillis(i);
            UUID id = ids.get();

            assertThat(id.version()).isEqualTo(7);
            assertThat(id.variant()).isEqualTo(2);
            assertThat(id.getMostSignificantBits() >>> 16).isEqualTo(clock.now.toEpochMilli());
        }
    }

    @Test
    void idsOfAFrozenClockIncreaseAsTextAlsoWhenTheMillisecondIsFull() {
        List<UUID> made = make(ids(2), 10_000);

        assertThatTheyIncrease(made);
        long milliseconds = made.stream()
                .map(id -> id.getMostSignificantBits() >>> 16)
                .distinct()
                .count();
        assertThat(milliseconds).as("milliseconds that 10,000 ids spread over").isBetween(3L, 4L);
    }

    @Test
    void aMillisecondHasRoomForAsManyIdsAsTheUpperHalfOfTheCounter() {
        for (long seed = 0; seed < 50; seed++) {
            assertThat(make(ids(seed), 2_049))
                    .as("seed %d", seed)
                    .allSatisfy(
                            id -> assertThat(id.getMostSignificantBits() >>> 16).isEqualTo(NINE.toEpochMilli()));
        }
    }

    @Test
    void idsIncreaseWhenTheClockIsSetBack() {
        TaskIds ids = ids(3);
        List<UUID> made = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            clock.now = NINE.minusSeconds(i);
            made.add(ids.get());
        }

        assertThatTheyIncrease(made);
    }

    @Test
    void idsIncreaseUnderAClockThatJumpsAtRandom() {
        for (long seed = 0; seed < 50; seed++) {
            Random random = new Random(seed);
            TaskIds ids = ids(seed);
            List<UUID> made = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                clock.now = NINE.plusMillis(random.nextInt(20) - 10);
                made.add(ids.get());
            }
            assertThatTheyIncrease(made);
        }
    }

    @Test
    void aClockBeforeTheEpochGivesIdsToo() {
        clock.now = Instant.parse("0001-01-01T00:00:00Z");

        assertThat(ids(4).get().getMostSignificantBits() >>> 16).isZero();
    }

    @Test
    void theSameClockAndSeedGiveTheSameIds() {
        assertThat(make(ids(5), 100)).isEqualTo(make(ids(5), 100)).isNotEqualTo(make(ids(6), 100));
    }

    @Test
    void sourcesThatBeginAtTheSameMomentDoNotMeet() {
        Set<UUID> made = new HashSet<>();
        for (long seed = 0; seed < 100; seed++) {
            made.addAll(make(ids(seed), 100));
        }

        assertThat(made).hasSize(100 * 100);
    }

    @Test
    @Timeout(60)
    void threadsAtOnceGetDifferentIdsInIncreasingOrder() throws Exception {
        TaskIds ids = TaskIds.standard();

        List<List<UUID>> made = atOnce(4, () -> make(ids, 20_000));

        Set<Long> places = new HashSet<>();
        for (List<UUID> ofOneThread : made) {
            assertThatTheyIncrease(ofOneThread);
            ofOneThread.forEach(id -> places.add(id.getMostSignificantBits()));
        }
        assertThat(places)
                .as("milliseconds and counters, without what is random")
                .hasSize(4 * 20_000);
    }

    @Test
    @Timeout(60)
    void theRandomNumbersNeedNotBeThreadSafe() throws Exception {
        HeldRandom random = new HeldRandom();
        TaskIds ids = new TaskIds(clock, random);
        Thread first = new Thread(ids::get);
        Thread second = new Thread(ids::get);

        first.start();
        random.used.await();
        second.start();
        while (second.getState() != Thread.State.BLOCKED && random.users.get() < 2) {
            Thread.onSpinWait();
        }

        assertThat(random.users).as("threads that use it at once").hasValue(1);
        random.free.countDown();
        first.join();
        second.join();
    }

    private static <T> List<T> atOnce(int threads, Callable<T> job) throws Exception {
        CyclicBarrier start = new CyclicBarrier(threads);
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            Callable<T> together = () -> {
                start.await(30, TimeUnit.SECONDS);
                return job.call();
            };
            List<T> results = new ArrayList<>();
            for (Future<T> result : pool.invokeAll(Collections.nCopies(threads, together))) {
                results.add(result.get());
            }
            return results;
        } finally {
            pool.shutdownNow();
        }
    }

    private TaskIds ids(long seed) {
        return new TaskIds(clock, new Random(seed));
    }

    private static List<UUID> make(TaskIds ids, int count) {
        List<UUID> made = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            made.add(ids.get());
        }
        return made;
    }

    private static void assertThatTheyIncrease(List<UUID> ids) {
        String before = "";
        for (UUID id : ids) {
            assertThat(id.toString()).isGreaterThan(before);
            before = id.toString();
        }
    }

    private static final class SetClock implements InstantSource {
        private Instant now = NINE;

        @Override
        public Instant instant() {
            return now;
        }
    }

    /** Keeps whoever asks until it is free. */
    private static final class HeldRandom implements RandomGenerator {
        private final AtomicInteger users = new AtomicInteger();
        private final CountDownLatch used = new CountDownLatch(1);
        private final CountDownLatch free = new CountDownLatch(1);

        @Override
        public long nextLong() {
            users.incrementAndGet();
            used.countDown();
            try {
                free.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return 0;
        }
    }
}
