package io.taskstore.inmemory;

import io.taskstore.TaskQueue;
import io.taskstore.TaskRepository.Subscription;
import io.taskstore.spi.Storage;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Future;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The threads of a worker that was started, and the order in which they end. */
final class Engine {

    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);
    private static final Duration SHORTEST = Duration.ofMillis(1);

    /** How long handlers have to end that are interrupted by the closing. */
    private static final Duration GRACE = Duration.ofMillis(300);

    private static final Duration LEAVING = Duration.ofMillis(10);

    /** How long it is tried to record what is left, also after the closing has returned. */
    private static final Duration RECORDING = Duration.ofMinutes(1);

    /** How long closing may take beyond its timeout, for what is left to be recorded. */
    private static final Duration LAST = Duration.ofMillis(650);

    private final Crew crew;
    private final Settings settings;
    private final Platform platform;
    private final Platform.Handlers handlers;
    private final Watchdog watchdog;
    private final EngineThread looping;
    private final EngineThread settling;
    private final EngineThread beating;
    private final EngineThread sweeping;
    private final EngineThread telling;
    private final Subscription news;
    private final LongSupplier nanos;
    /** When the closing is over, whether all could be recorded or not; written before {@link #ending}. */
    private volatile long giveUpAt;

    private volatile boolean ending;

    /** Whether all is recorded, and the worker retired. */
    private volatile boolean settled;

    private volatile boolean tellingEnds;

    /** Ends what keeps the process alive. */
    private volatile Runnable letGo = () -> {};

    /** Guarded by this. */
    private @Nullable Future<?> trustCheck;

    private Engine(Settings settings, Storage storage, TaskQueue queue) {
        String name = "taskstore-" + settings.name() + "-";
        Complaints complaints = new Complaints(settings.host().nanos());
        this.settings = settings;
        this.nanos = settings.host().nanos();
        this.platform = settings.host().platform();
        this.handlers = platform.handlers(
                settings.limits().concurrency(), settings.host().threads());
        this.watchdog = platform.watchdog(name + "watchdog");
        this.crew = new Crew(settings, storage, queue, new Crew.Threads(handlers, watchdog), new Calls());
        this.looping = new EngineThread(name + "loop", crew.loop()::next, complaints, platform);
        this.settling = new EngineThread(name + "settler", this::settle, complaints, platform);
        this.beating = new EngineThread(name + "heartbeat", this::beat, complaints, platform);
        this.sweeping = new EngineThread(name + "sweeper", crew::sweep, complaints, platform);
        this.telling = new EngineThread(name + "listeners", this::tell, complaints, platform);
        this.news = storage.tasks().onNews(crew::onNews);
    }

    /** Registers the worker and takes over from the dead before it starts; if that fails, nothing is left of it. */
    static Engine start(Settings settings, Storage storage, TaskQueue queue) {
        Engine engine = new Engine(settings, storage, queue);
        try {
            engine.crew.report();
            // the next heartbeat may be one that hangs
            engine.checkTrust();
            engine.letGo = engine.platform.keepAlive("taskstore-" + settings.name() + "-keeper");
            engine.threads().forEach(EngineThread::start);
            return engine;
        } catch (Throwable e) {
            engine.abandon(e);
            throw e;
        }
    }

    private void abandon(Throwable failure) {
        news.close();
        letGo.run();
        threads().forEach(EngineThread::end);
        watchdog.close();
        try {
            crew.retire();
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    private Stream<EngineThread> threads() {
        Stream<EngineThread> always = Stream.of(looping, settling, beating, sweeping);
        return crew.events().hasListeners() ? Stream.concat(always, Stream.of(telling)) : always;
    }

    Crew crew() {
        return crew;
    }

    /** What happens before the threads exist, they find when they start. */
    private final class Calls implements Crew.Calls {
        @Override
        public void settle() {
            settling.call();
        }

        @Override
        public void sweep() {
            sweeping.call();
        }

        @Override
        public void beat() {
            beating.call();
        }

        @Override
        public void tell() {
            telling.call();
        }
    }

    private Duration tell() {
        boolean last = tellingEnds;
        Duration next = crew.events().tellAll();
        if (last) {
            telling.end();
        }
        return next;
    }

    private Duration beat() {
        Duration next = crew.beat();
        checkTrust();
        return next;
    }

    /** The thread of the heartbeat may hang in the very call that would tell that the worker is dead. */
    private synchronized void checkTrust() {
        if (trustCheck != null) {
            trustCheck.cancel(false);
        }
        trustCheck = crew.membership()
                .check()
                .<Future<?>>map(left -> watchdog.after(left, this::checkTrust))
                .orElse(null);
    }

    private Duration settle() {
        if (!ending) {
            return crew.settler().settleNext();
        }
        if (nanos.getAsLong() - giveUpAt >= 0) {
            settling.end();
            return SHORTEST;
        }
        crew.settler().settleAll();
        // a heartbeat after that would find the worker dead, and the next would register it anew
        beating.end();
        crew.retire();
        settled = true;
        settling.end();
        return SHORTEST;
    }

    /** Ends all threads, at the latest a second after the timeout. */
    void close(Duration timeout) {
        Waiting waiting = new Waiting(nanos);
        news.close();
        crew.loop().pause(true);
        looping.end();
        boolean ended = waiting.until(timeout, this::leaveUntilLooped);
        crew.leaveQueue();
        crew.withdrawAll();
        ended &= waiting.until(timeout, left -> crew.runs().awaitIdle(left.toNanos()));
        if (!ended) {
            crew.stopAll();
            ended = waiting.until(timeout.plus(GRACE), left -> crew.runs().awaitIdle(left.toNanos()));
        }
        handlers.shutdown();
        sweeping.end();
        giveUpAt = nanos.getAsLong() + RECORDING.toNanos();
        ending = true;
        settling.hurry();
        Duration last = timeout.plus(LAST);
        if (!waiting.until(last, left -> settling.join(left) && settled)) {
            LOG.warn(
                    "worker {} is closed, and {} ends of runs are not recorded; that is tried for a minute, and what is not"
                            + " recorded then is run again",
                    settings.name(),
                    crew.settler().waiting());
        } else if (!ended) {
            LOG.warn("worker {} is closed while handlers still run; their tasks were given back", settings.name());
        }
        beating.end();
        watchdog.close();
        if (crew.events().hasListeners()) {
            tellingEnds = true;
            telling.call();
            waiting.until(last, telling::join);
        }
        letGo.run();
        List<EngineThread> others =
                threads().filter(thread -> thread != settling).toList();
        others.forEach(EngineThread::end);
        others.forEach(thread -> waiting.until(last, thread::join));
        waiting.restoreInterrupt();
    }

    /** It may have begun another poll after it was left. */
    private boolean leaveUntilLooped(Duration timeout) throws InterruptedException {
        long end = nanos.getAsLong() + timeout.toNanos();
        boolean looped;
        do {
            crew.leaveQueue();
            looped = looping.join(LEAVING);
        } while (!looped && nanos.getAsLong() - end < 0);
        return looped;
    }

    /** Waits for one thing after the other, no longer than the time that is left in all. An interrupt ends all waiting. */
    private static final class Waiting {

        private final LongSupplier nanos;
        private final long start;
        private boolean interrupted;

        Waiting(LongSupplier nanos) {
            this.nanos = nanos;
            this.start = nanos.getAsLong();
        }

        /** Something to wait for. */
        interface Wait {
            boolean within(Duration left) throws InterruptedException;
        }

        boolean until(Duration afterStart, Wait wait) {
            Duration left = interrupted ? SHORTEST : afterStart.minusNanos(nanos.getAsLong() - start);
            try {
                return wait.within(left.compareTo(SHORTEST) < 0 ? SHORTEST : left);
            } catch (InterruptedException e) {
                interrupted = true;
                return false;
            }
        }

        void restoreInterrupt() {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
