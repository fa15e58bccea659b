package io.taskstore.benchmarks;

import io.taskstore.Slots;
import io.taskstore.WorkerId;
import io.taskstore.WorkerProfile;
import io.taskstore.jdbi.TaskDatabase;
import io.taskstore.spi.Claim;
import io.taskstore.spi.ClaimRequest;
import io.taskstore.spi.Claimed;
import io.taskstore.spi.Settlement;
import io.taskstore.spi.TaskClaims;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What workers do, measured in this order: what one does is what the next finds. */
final class Work {

    private static final int SLOTS = 10;
    private static final int PURGED = 100;

    private final TaskDatabase database;
    private final int size;
    private final Set<String> types;
    private final Supplier<WorkerId> worker;
    private final List<List<Claim>> claims = new ArrayList<>();

    private Work(TaskDatabase database, int size) {
        this.database = database;
        this.size = size;
        this.types = Stream.concat(
                        Stream.of(SkewedTasks.COMMON, SkewedTasks.RARE),
                        IntStream.range(0, 20).mapToObj(i -> "medium" + i))
                .collect(Collectors.toSet());
        this.worker = new Alive(database.claims(), new WorkerProfile("measured", types, Set.of()));
    }

    /** A worker that lives as long as it is asked for. */
    private static final class Alive implements Supplier<WorkerId> {

        private static final long BEAT = Duration.ofSeconds(3).toNanos();

        private final TaskClaims claims;
        private final WorkerProfile profile;
        private @Nullable WorkerId worker;
        private long heard;

        Alive(TaskClaims claims, WorkerProfile profile) {
            this.claims = claims;
            this.profile = profile;
        }

        @Override
        public WorkerId get() {
            WorkerId known = worker;
            if (known == null) {
                known = claims.register(profile);
                heard = System.nanoTime();
            } else if (System.nanoTime() - heard > BEAT) {
                claims.heartbeat(known);
                heard = System.nanoTime();
            }
            worker = known;
            return known;
        }
    }

    static List<Measured> of(TaskDatabase database, int size) {
        Work work = new Work(database, size);
        return List.of(
                new Measured("history", "any", Queries.LIMIT, work::history),
                new Measured("recover", "the dead, once, then none", Queries.LIMIT, i -> work.recover()),
                new Measured("claim by hint", "mostly ended", Queries.LIMIT, work::hinted),
                new Measured("claim 10", "due", Queries.LIMIT, i -> work.claim()),
                new Measured("held", "by this worker", Queries.LIMIT, i -> work.held()),
                new Measured("settle 10 and unblock", "claimed", Queries.LIMIT, i -> work.settle()),
                new Measured("claim", "nothing due", Queries.LIMIT, i -> work.nothing()),
                new Measured("purge 100", "old", Queries.LIMIT, work::purge),
                new Measured("purge", "none", Queries.LIMIT, i -> work.purgeNothing()));
    }

    private void history(int i) {
        database.tasks().history(SkewedTasks.id(Math.floorMod(i * 7_919, size), size));
    }

    private void recover() {
        database.claims().recover();
    }

    private void hinted(int i) {
        database.claims()
                .claim(ClaimRequest.due(worker.get(), types, Slots.of(SLOTS))
                        .hinted(Set.of(SkewedTasks.id(Math.floorMod(i * 7_919, size), size))));
    }

    private void claim() {
        Claimed claimed = database.claims().claim(ClaimRequest.due(worker.get(), types, Slots.of(SLOTS)));
        claims.add(claimed.tasks().stream().map(Claim::of).toList());
    }

    private void held() {
        database.claims().held(worker.get());
    }

    private void settle() {
        // what was claimed by a worker that died meanwhile is lost, and is claimed anew
        WorkerId alive = worker.get();
        claims.removeIf(
                batch -> batch.stream().anyMatch(claim -> !claim.worker().equals(alive)));
        List<Claim> some = claims.isEmpty() ? List.of() : claims.remove(0);
        database.claims()
                .settle(some.stream()
                        .<Settlement>map(claim ->
                                new Settlement.Completed(claim, Optional.of(Duration.ofMillis(3)), Optional.empty()))
                        .toList());
    }

    private void nothing() {
        database.claims().claim(ClaimRequest.due(worker.get(), Set.of("nobody"), Slots.of(SLOTS)));
    }

    private void purge(int i) {
        database.tasks().purge(SkewedTasks.at(0.9), PURGED);
    }

    private void purgeNothing() {
        database.tasks().purge(SkewedTasks.START, PURGED);
    }
}
