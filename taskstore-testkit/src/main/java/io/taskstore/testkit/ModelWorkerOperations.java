package io.taskstore.testkit;

import io.taskstore.LogEntry;
import io.taskstore.LogLevel;
import io.taskstore.Progress;
import io.taskstore.Task;
import io.taskstore.WorkerId;
import io.taskstore.WorkerProfile;
import io.taskstore.spi.Claim;
import io.taskstore.spi.ClaimRequest;
import io.taskstore.spi.Claimed;
import io.taskstore.spi.Held;
import io.taskstore.spi.Recovered;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What workers do, and what happens to them; settlements are in {@link ModelSettle}. */
final class ModelWorkerOperations {

    private static final String DONE = "done";

    private ModelWorkerOperations() {}

    record Register(WorkerProfile profile) implements ModelOperation {
        @Override
        public Object on(ModelSide side) {
            WorkerId worker = side.storage().claims().register(profile);
            side.memory().registering(worker);
            return worker;
        }

        @Override
        public String toString() {
            return "register a worker for " + profile.types() + " of queues " + profile.queues();
        }
    }

    record Kill(int worker) implements ModelOperation {
        @Override
        public Object on(ModelSide side) {
            side.killer().accept(side.worker(worker));
            return DONE;
        }

        @Override
        public String toString() {
            return "kill worker -" + worker;
        }
    }

    record Retire(int worker) implements ModelOperation {
        @Override
        public Object on(ModelSide side) {
            return sorted(side.storage().claims().retire(side.worker(worker)));
        }

        @Override
        public List<String> outcomes(Object answer) {
            return outcomesOf(answer);
        }

        @Override
        public String toString() {
            return "retire worker -" + worker;
        }
    }

    record Heartbeat(int worker) implements ModelOperation {
        @Override
        public Object on(ModelSide side) {
            return side.storage().claims().heartbeat(side.worker(worker)).alive();
        }

        @Override
        public List<String> outcomes(Object answer) {
            return List.of(answer.equals(true) ? "alive" : "dead");
        }

        @Override
        public String toString() {
            return "heartbeat of worker -" + worker;
        }
    }

    /** The request names worker {@link ModelIds#NOBODY}, in whose place the real one is put. */
    record Take(int worker, ClaimRequest request) implements ModelOperation {
        @Override
        public Object on(ModelSide side) {
            ClaimRequest real = new ClaimRequest(
                    side.worker(worker),
                    request.types(),
                    request.slots(),
                    request.ids(),
                    request.oldestFirst(),
                    request.suspect());
            return ModelNeutral.claimed(side.storage().claims().claim(real));
        }

        /** Where the slots are used up, a storage need not look whether more is due: there may be. */
        @Override
        public Object tolerated(Object expected, Object actual) {
            if (expected instanceof Claimed right && actual instanceof Claimed given) {
                boolean mayBeMore =
                        given.more() && !right.more() && request.ids().isEmpty() && isFull(given);
                return mayBeMore ? new Claimed(given.tasks(), right.more(), right.dueIn()) : given;
            }
            return actual;
        }

        private boolean isFull(Claimed claimed) {
            Map<String, Long> taken =
                    claimed.tasks().stream().collect(Collectors.groupingBy(Task::queue, Collectors.counting()));
            return claimed.tasks().size() == request.slots().total()
                    || request.slots().perQueue().keySet().stream()
                            .anyMatch(queue -> taken.getOrDefault(queue, 0L)
                                    >= request.slots().free(queue));
        }

        @Override
        public List<String> outcomes(Object answer) {
            Claimed claimed = (Claimed) answer;
            String how = request.ids().isPresent() ? "hinted" : request.oldestFirst() ? "oldest first" : "due";
            boolean suspect = claimed.tasks().stream().anyMatch(task -> task.crashes() > 0);
            return List.of(
                    claimed.tasks().isEmpty() ? how + ", none" : how,
                    suspect ? "suspect" : "innocent",
                    claimed.more() ? "more" : claimed.dueIn().isPresent() ? "next due known" : "no more");
        }

        @Override
        public String toString() {
            return "claim for worker -" + worker + " " + request.types() + ", " + request.slots()
                    + request.ids().map(ids -> ", only " + ids).orElse("")
                    + (request.oldestFirst() ? ", oldest first" : "") + (request.suspect() ? ", with a suspect" : "");
        }
    }

    record Recover() implements ModelOperation {
        @Override
        public Object on(ModelSide side) {
            return sorted(side.storage().claims().recover());
        }

        @Override
        public List<String> outcomes(Object answer) {
            return outcomesOf(answer);
        }

        @Override
        public String toString() {
            return "recover";
        }
    }

    record AskHeld(int worker) implements ModelOperation {
        @Override
        public Object on(ModelSide side) {
            return Set.copyOf(side.storage().claims().held(side.worker(worker)));
        }

        @Override
        public List<String> outcomes(Object answer) {
            return ((Set<?>) answer)
                    .stream()
                            .map(held -> ((Held) held).cancelRequested() ? "to be cancelled" : "held")
                            .toList();
        }

        @Override
        public String toString() {
            return "what worker -" + worker + " holds";
        }
    }

    record ReportProgress(List<Integer> claims, int percent) implements ModelOperation {
        @Override
        public Object on(ModelSide side) {
            Map<Claim, Progress> progress = new HashMap<>();
            claims.forEach(back -> progress.put(side.claim(back), new Progress(percent + back % 10, "so far")));
            return side.storage().runLog().progress(progress);
        }

        @Override
        public List<String> outcomes(Object answer) {
            return List.of(((Set<?>) answer).isEmpty() ? "all held" : "some lost");
        }

        @Override
        public String toString() {
            return "progress " + percent + " % of claims -" + claims;
        }
    }

    record LogLines(int claim, int first, int number, LogLevel level) implements ModelOperation {
        @Override
        public Object on(ModelSide side) {
            Claim run = side.claim(claim);
            Instant now = side.clock().instant();
            side.storage()
                    .runLog()
                    .append(IntStream.range(first, first + number)
                            .mapToObj(line -> new LogEntry(
                                    run.taskId(), run.attempt(), line, now, level, level + " line " + line))
                            .toList());
            return DONE;
        }

        @Override
        public String toString() {
            return "log " + number + " " + level + " lines from line " + first + ", claim -" + claim;
        }
    }

    record Pause(String queue) implements ModelOperation {
        @Override
        public Object on(ModelSide side) {
            side.storage().queues().pause(queue);
            return DONE;
        }

        @Override
        public String toString() {
            return "pause queue " + queue;
        }
    }

    record Resume(String queue) implements ModelOperation {
        @Override
        public Object on(ModelSide side) {
            side.storage().queues().resume(queue);
            return DONE;
        }

        @Override
        public String toString() {
            return "resume queue " + queue;
        }
    }

    record Advance(Duration time) implements ModelOperation {
        @Override
        public Object on(ModelSide side) {
            side.clock().advance(time);
            return DONE;
        }

        @Override
        public String toString() {
            return "let " + time + " pass";
        }
    }

    private static List<Taken> sorted(List<Recovered> recovered) {
        return Taken.of(recovered).stream()
                .sorted(Comparator.comparing(one -> one.claim().taskId(), State.AS_TEXT))
                .toList();
    }

    private static List<String> outcomesOf(Object answer) {
        return ((List<?>) answer)
                .stream().map(one -> ((Taken) one).status().name()).toList();
    }
}
