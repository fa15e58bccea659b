package io.taskstore.jdbi;

import io.taskstore.jdbi.Deed.Scene;
import io.taskstore.jdbi.Deed.Stage;
import io.taskstore.testkit.ManualClock;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What {@link InterleavingTest} shows on PostgreSQL, of claims, and of the death of a worker and the sweep, on a SQLite file. Writers
 * take turns there: while one is held in its transaction the others come up behind it, and between two transactions of a call
 * they do all they want.
 */
final class SqliteInterleavingTest {

    private static final Set<Thread.State> WAITING = Set.of(Thread.State.WAITING, Thread.State.TIMED_WAITING);

    @TempDir
    Path folder;

    private final FailingJdbc holding = new FailingJdbc();

    @Test
    void aClaimThatCommitsAfterItsWorkerDiedIsTakenFromItInWhateverOrderWithTheSweep() throws Exception {
        List<Deed> single = List.of(Deed.CLAIM_AND_DIE, Deed.DIE, Deed.RECOVER);
        List<Deed> chain = List.of(Deed.SETTLE_AND_CLAIM, Deed.DIE, Deed.RECOVER);
        int orders = onAFile((database, serial) -> {
            int sum = 0;
            for (List<Deed> deeds : OneAfterTheOther.orders(single)) {
                sum += eachOrder(database, serial, Stage.PENDING, deeds);
            }
            for (List<Deed> deeds : OneAfterTheOther.orders(chain)) {
                sum += eachOrder(database, serial, Stage.IN_A_CHAIN, deeds);
            }
            return sum;
        });
        System.out.printf("interleavings of a claim, a death and a sweep on SQLite: %d orders%n", orders);
    }

    @Test
    void aClaimThatLooksBesideOthersTakesNothingThatChangedMeanwhile() throws Exception {
        int orders = onAFile((database, serial) -> {
            int sum = 0;
            for (Deed other : Deed.BESIDE_A_CLAIM) {
                for (List<Deed> deeds : OneAfterTheOther.orders(List.of(Deed.CLAIM_MANY, other))) {
                    sum += eachOrder(database, serial, Stage.PENDING, deeds);
                }
            }
            return sum;
        });
        System.out.printf("interleavings of a claim of many on SQLite: %d orders%n", orders);
    }

    /** Tries orders of deeds on a database. */
    private interface Trial {
        int on(TaskDatabase database, OneAfterTheOther serial) throws Exception;
    }

    private int onAFile(Trial trial) throws Exception {
        String url = "jdbc:sqlite:" + folder.resolve("tasks.db");
        try (TaskDatabase database = TaskDatabase.builder(url)
                        .clock(ManualClock.create())
                        .durability(Durability.NORMAL)
                        .tap(holding::wrap)
                        .open();
                Connection beside = DriverManager.getConnection(url)) {
            SqliteWriter.execute(beside, "PRAGMA synchronous = OFF");
            return trial.on(database, new OneAfterTheOther(database, beside));
        }
    }

    private int eachOrder(TaskDatabase database, OneAfterTheOther serial, Stage stage, List<Deed> deeds)
            throws Exception {
        int orders = 0;
        Scene scene = serial.scene(stage);
        while (interleave(database, deeds, orders + 1, scene)) {
            orders++;
            serial.check(deeds + ", the first held before call " + orders, stage, deeds, scene);
            scene = serial.scene(stage);
        }
        return orders;
    }

    /** {@return whether the first had that many calls} The others come one after the other while it is held. */
    private boolean interleave(TaskDatabase database, List<Deed> deeds, int before, Scene scene) throws Exception {
        List<FutureTask<?>> others = new ArrayList<>();
        AtomicInteger calls = new AtomicInteger();
        holding.beforeEach(call -> {
            calls.set(call);
            if (call == before) {
                deeds.stream().skip(1).forEach(deed -> others.add(begin(() -> deed.on(database, scene))));
            }
        });
        deeds.get(0).on(database, scene);
        holding.disarm();
        for (FutureTask<?> other : others) {
            other.get(20, TimeUnit.SECONDS);
        }
        return calls.get() >= before;
    }

    /** Returns when it is done, or waits. */
    private static FutureTask<?> begin(Runnable work) {
        FutureTask<?> task = new FutureTask<>(work, null);
        Thread thread = new Thread(task, "another session");
        thread.start();
        try {
            Await.until("another session is done or waits", () -> task.isDone() || WAITING.contains(thread.getState()));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        return task;
    }
}
