package io.taskstore.inmemory;

import io.taskstore.TaskQueue;
import io.taskstore.TaskRepository.Subscription;
import io.taskstore.spi.Storage;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The threads of a worker that was started, and the order in which they end. */
final class Engine {

    private static final Logger LOG = LoggerFactory.getLogger(Worker.class);
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(30);
    private static final Duration SHORTEST = Duration.ofMillis(1);

    /** How long a heartbeat has to end that is under way. */
    private static final Duration SHORT = Duration.ofMillis(100);

    /** How long handlers have to end that are interrupted by the closing. */
    private static final Duration GRACE = Duration.ofMillis(400);

    /** How long closing may take beyond its timeout, for what is left to be recorded. */
    private static final Duration LAST = Duration.ofMillis(800);

    private final Crew crew;
    private final Settings settings;
    private final ThreadPoolExecutor handlers;
    private final Watchdog watchdog;
    private final EngineThread looping;
    private final EngineThread settling;
    private final EngineThread beating;
    private final EngineThread sweeping;
    private final EngineThread telling;
    private final Subscription news;
    private final CountDownLatch settled = new CountDownLatch(1);
    private volatile boolean ending;

    /** Whether nobody waits any more for what is left to be recorded; the settler tries once more. */
    private volatile boolean abandoned;

    private Engine(Settings settings, Storage storage, TaskQueue queue) {
        String name = "taskstore-" + settings.name() + "-";
        Complaints complaints = new Complaints(settings.host().nanos());
        this.settings = settings;
        this.handlers = handlers(settings);
        this.watchdog = Watchdog.withThread(name + "watchdog");
        this.crew = new Crew(settings, storage, queue, new Crew.Threads(handlers, watchdog), new Calls());
        this.looping = new EngineThread(name + "loop", crew.loop()::next, complaints).keepingAlive();
        this.settling = new EngineThread(name + "settler", this::settle, complaints);
        this.beating = new EngineThread(name + "heartbeat", this::beat, complaints);
        this.sweeping = new EngineThread(name + "sweeper", crew::sweep, complaints);
        this.telling = new EngineThread(name + "listeners", this::tell, complaints);
        this.news = storage.tasks().onNews(crew::onNews);
    }

    /** Registers the worker and takes over from the dead before it starts; if that fails, nothing was started. */
    static Engine start(Settings settings, Storage storage, TaskQueue queue) {
        Engine engine = new Engine(settings, storage, queue);
        try {
            engine.crew.report();
        } catch (RuntimeException e) {
            engine.news.close();
            engine.watchdog.close();
            throw e;
        }
        engine.threads().forEach(EngineThread::start);
        return engine;
    }

    private Stream<EngineThread> threads() {
        Stream<EngineThread> always = Stream.of(looping, settling, beating, sweeping);
        return crew.events().hasListeners() ? Stream.concat(always, Stream.of(telling)) : always;
    }

    private static ThreadPoolExecutor handlers(Settings settings) {
        int concurrency = settings.limits().concurrency();
        ThreadFactory factory = settings.host().threads();
        ThreadPoolExecutor executor = new ThreadPoolExecutor(
                concurrency,
                concurrency,
                KEEP_ALIVE.toMillis(),
                TimeUnit.MILLISECONDS,
                new LinkedBlockingQueue<>(),
                body -> {
                    Thread thread = factory.newThread(body);
                    if (thread == null) {
                        throw new IllegalStateException("the thread factory returned null");
                    }
                    return thread;
                });
        executor.allowCoreThreadTimeOut(true);
        return executor;
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
        boolean last = ending && settled.getCount() == 0;
        Duration next = crew.events().tellAll();
        if (last) {
            telling.end();
        }
        return next;
    }

    private Duration beat() {
        Duration next = crew.membership().beat();
        checkTrust();
        return next;
    }

    /** The thread of the heartbeat may hang in the very call that would tell that the worker is dead. */
    private void checkTrust() {
        crew.membership().check().ifPresent(left -> {
            var unused = watchdog.after(left, this::checkTrust);
        });
    }

    private Duration settle() throws InterruptedException {
        if (!ending) {
            return crew.settler().settleNext();
        }
        boolean last = abandoned;
        try {
            crew.settler().settleAll();
            // a heartbeat after the retirement would find the worker dead and register it anew
            beating.end();
            boolean unused = beating.join(SHORT);
            crew.retire();
            settled.countDown();
        } finally {
            if (last || settled.getCount() == 0) {
                settling.end();
            }
        }
        return SHORTEST;
    }

    /** Ends all threads, at the latest a second after the timeout. */
    void close(Duration timeout) {
        Waiting waiting = new Waiting(System.nanoTime());
        news.close();
        looping.end();
        crew.loop().end();
        boolean ended = waiting.until(timeout, left -> looping.join(left));
        crew.leaveQueue();
        crew.withdrawAll();
        ended &= waiting.until(timeout, left -> crew.runs().awaitIdle(left.toNanos()));
        if (!ended) {
            crew.stopAll();
            ended = waiting.until(timeout.plus(GRACE), left -> crew.runs().awaitIdle(left.toNanos()));
        }
        handlers.shutdown();
        sweeping.end();
        ending = true;
        settling.call();
        Duration last = timeout.plus(LAST);
        if (!waiting.until(last, left -> settled.await(left.toNanos(), TimeUnit.NANOSECONDS))) {
            LOG.warn(
                    "worker {} is closed with {} ends of runs not recorded; its tasks will be run again",
                    settings.name(),
                    crew.settler().waiting());
        } else if (!ended) {
            LOG.warn("worker {} is closed while handlers still run; their tasks were given back", settings.name());
        }
        telling.call();
        if (crew.events().hasListeners()) {
            waiting.until(last, telling::join);
        }
        abandoned = true;
        settling.call();
        List<EngineThread> others = threads().toList();
        others.stream().filter(thread -> thread != settling).forEach(EngineThread::end);
        watchdog.close();
        others.forEach(thread -> waiting.until(last, thread::join));
        waiting.restoreInterrupt();
    }

    /** Waits for one thing after the other, no longer than the time that is left in all. An interrupt ends all waiting. */
    private static final class Waiting {

        private final long start;
        private boolean interrupted;

        Waiting(long start) {
            this.start = start;
        }

        /** Something to wait for. */
        interface Wait {
            boolean within(Duration left) throws InterruptedException;
        }

        boolean until(Duration afterStart, Wait wait) {
            Duration left = interrupted ? SHORTEST : afterStart.minusNanos(System.nanoTime() - start);
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
