package io.taskstore.inmemory;

import io.taskstore.Task;
import io.taskstore.TaskEvent;
import io.taskstore.TaskQueue;
import io.taskstore.TaskRepository.News;
import io.taskstore.TaskRun;
import io.taskstore.TaskStatus;
import io.taskstore.WorkerId;
import io.taskstore.inmemory.Settings.Limits;
import io.taskstore.spi.ClaimRequest;
import io.taskstore.spi.Recovered;
import io.taskstore.spi.Storage;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;

/** The parts of a worker, each with one job, and what each tells the others. It has no threads of its own. */
final class Crew {

    private final Settings settings;
    private final Storage storage;
    private final TaskQueue queue;
    private final Runs runs;
    private final Events events;
    private final Journal journal;
    private final Settler settler;
    private final Dispatcher dispatcher;
    private final Membership membership;
    private final Loop loop;
    private final Sweeper sweeper;
    private final Suspects suspects;
    private final Tally tally = new Tally();
    private final Calls calls;

    /**
     * Puts them together.
     *
     * @param threads runs handlers
     * @param calls has others take their next steps now
     */
    Crew(Settings settings, Storage storage, TaskQueue queue, Threads threads, Calls calls) {
        this.settings = settings;
        this.storage = storage;
        this.queue = queue;
        this.calls = calls;
        Complaints complaints = new Complaints(settings.host().nanos());
        Limits limits = settings.limits();
        Pace pace = new Pace(limits.concurrency());
        suspects = new Suspects(settings.host().platform().suspects(), this::suspectIsOver);
        runs = new Runs(limits, new Bell(), settings.host().platform()::condition);
        events = new Events(settings.listeners(), complaints, tally, calls::tell);
        journal = new Journal(storage.runLog(), complaints, settings.host().nanos(), calls::settle);
        settler = new Settler(storage.claims(), runs, journal, events, new Due(complaints));
        dispatcher = new Dispatcher(
                settings,
                storage,
                new Dispatcher.Parts(runs, settler, journal, events, tally, pace, suspects, this::suspectIsOver),
                threads.handlers(),
                threads.watchdog());
        membership = new Membership(
                storage.claims(), settings.profile(), settings.host().nanos(), this::died);
        loop = new Loop(
                storage.claims(),
                queue,
                settings.types(),
                new Loop.Parts(membership, runs, dispatcher, pace, suspects, calls::sweep),
                new Loop.Timing(settings.host().nanos(), settings.poll()));
        sweeper = new Sweeper(storage.claims(), queue, membership, runs, new Hands());
    }

    /** What runs handlers, and what looks at their time. */
    record Threads(Executor handlers, Watchdog watchdog) {}

    /** Has each part take its next step now. */
    interface Calls {
        void settle();

        void sweep();

        void beat();

        void tell();

        /** {@return calls that nobody hears, where one thread takes all steps} */
        static Calls none() {
            return new Calls() {
                @Override
                public void settle() {}

                @Override
                public void sweep() {}

                @Override
                public void beat() {}

                @Override
                public void tell() {}
            };
        }
    }

    /** There is room again. */
    private final class Bell implements Runs.Bell {
        @Override
        public void room() {
            loop.nudge();
        }

        @Override
        public void roomInQueue() {
            loop.look();
        }
    }

    /** What the sweeper needs of the others. */
    private final class Hands implements Sweeper.Hands {
        @Override
        public Sweeper.Rounds rounds() {
            return new Sweeper.Rounds(loop.rounds(), settler.rounds());
        }

        @Override
        public void settle() {
            calls.settle();
        }

        @Override
        public void cancel(Run run) {
            dispatcher.cancel(run);
        }

        @Override
        public void withdrawOverdue(long readySince) {
            dispatcher.withdrawOverdue(readySince);
        }

        @Override
        public void recovered(int tasks) {
            tally.recovered(tasks);
            loop.look();
        }

        @Override
        public void look() {
            loop.look();
        }
    }

    private void suspectIsOver() {
        loop.suspectIsOver();
    }

    /** What comes of ends. */
    private final class Due implements Settler.Calls {

        private final Complaints complaints;

        Due(Complaints complaints) {
            this.complaints = complaints;
        }

        @Override
        public void settle() {
            calls.settle();
        }

        @Override
        public void recorded(int ends) {
            tally.committed(ends);
        }

        @Override
        public void dueIn(Duration delay) {
            loop.dueIn(delay);
        }

        @Override
        public boolean isCalm() {
            return loop.isCalm();
        }

        @Override
        public Optional<ClaimRequest> wanted(Map<String, Integer> over) {
            return membership.worker().map(worker -> ClaimRequest.due(worker, settings.types(), runs.placesOf(over)));
        }

        @Override
        public void start(WorkerId worker, List<Task> claimed) {
            try {
                loop.start(worker, claimed);
            } catch (RuntimeException e) {
                // they are given back; the ends with which they were claimed are recorded all the same
                complaints.about("starting what goes on", e);
            }
        }
    }

    /** What is over already goes on to be recorded: whether the claim still holds is for the storage to say. */
    private void died(WorkerId worker) {
        runs.of(worker).forEach(dispatcher::lose);
        loop.leave(worker);
        calls.sweep();
        calls.beat();
    }

    /** Looks for what a commit of this process made due, other than what is new. */
    void onNews(News news) {
        boolean mine = news.claimable().stream()
                .anyMatch(hint -> settings.types().contains(hint.type())
                        && settings.profile().serves(hint.queue()));
        if (mine) {
            loop.look();
        }
    }

    /** {@return whether the run is one of this worker's} */
    boolean owns(TaskRun run) {
        return run instanceof Run own
                && runs.of(own.claim()).filter(own::equals).isPresent();
    }

    Runs runs() {
        return runs;
    }

    Events events() {
        return events;
    }

    Settler settler() {
        return settler;
    }

    Tally tally() {
        return tally;
    }

    Journal journal() {
        return journal;
    }

    Membership membership() {
        return membership;
    }

    Loop loop() {
        return loop;
    }

    Duration beat() {
        try {
            return membership.beat();
        } finally {
            loop.leaveTheDead();
        }
    }

    Duration sweep() {
        return sweeper.sweep(settings.host().nanos(), settings.poll());
    }

    /** Makes the worker known, and frees what those left behind that died before. */
    void report() {
        do {
            // a worker that was not heard of since it ran last has died, and registers anew
            membership.beat();
        } while (membership.worker().isEmpty());
        sweeper.recover();
    }

    /** Ends the poll that is waiting, if any, and gives back what was handed over and not taken. */
    void leaveQueue() {
        loop.leaveTheDead();
        membership
                .worker()
                .ifPresent(worker -> queue.leave(worker)
                        .forEach(task -> dispatcher.giveBack(task, "its worker was closed before it began")));
    }

    /** Gives back what has not begun, and whatever an answer to a claim brings from now on. */
    void withdrawAll() {
        dispatcher.close();
    }

    void stopAll() {
        runs.all().forEach(run -> run.stop(Run.Stop.CLOSE));
    }

    /** Ends the life of the worker, which gives back all that it still holds. */
    void retire() {
        membership.close().ifPresent(worker -> {
            for (Recovered recovered : storage.claims().retire(worker)) {
                Task task = recovered.task();
                boolean cancelled = task.status() == TaskStatus.CANCELLED;
                TaskEvent.Kind kind = cancelled ? TaskEvent.Kind.CANCELLED : TaskEvent.Kind.RELEASED;
                events.add(kind, task, Optional.empty(), Optional.empty());
            }
        });
    }

    /** Runs what is due on this thread, handlers too. {@return how many runs there were} */
    int runDue() {
        report();
        int ran = 0;
        List<Task> claimed;
        do {
            WorkerId worker = membership.worker().orElseThrow();
            ClaimRequest request = ClaimRequest.due(worker, settings.types(), runs.slots(0, 0));
            claimed = claimWithSuspect(request);
            dispatcher.start(claimed);
            settler.settleAll();
            events.tellAll();
            ran += claimed.size();
        } while (!claimed.isEmpty());
        return ran;
    }

    private List<Task> claimWithSuspect(ClaimRequest request) {
        if (!suspects.mayAsk()) {
            return storage.claims().claim(request).tasks();
        }
        List<Task> taken = List.of();
        try {
            taken = storage.claims().claim(request.withSuspect()).tasks();
            return taken;
        } finally {
            suspects.asked(taken);
        }
    }
}
