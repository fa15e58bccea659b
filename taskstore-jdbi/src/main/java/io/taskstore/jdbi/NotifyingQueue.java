package io.taskstore.jdbi;

import io.taskstore.Check;
import io.taskstore.Health;
import io.taskstore.Hint;
import io.taskstore.Polled;
import io.taskstore.Task;
import io.taskstore.TaskQueue;
import io.taskstore.TaskRepository.News;
import io.taskstore.TaskRepository.Subscription;
import io.taskstore.Wanted;
import io.taskstore.WorkerId;
import io.taskstore.jdbi.Message.Hints;
import io.taskstore.jdbi.Message.Passed;
import io.taskstore.jdbi.Message.Presence;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jdbi.v3.core.ConnectionFactory;

/**
 * The queue of this process, with hints to and from the other processes of a schema. A hint goes to one process: to this one if a
 * worker here has room for it, else to one that said it has, else to any that starts such tasks. What comes from others enters the
 * local queue as if it had been submitted here. It is thread-safe, and has no state but the crowd.
 */
final class NotifyingQueue implements TaskQueue {

    /** How many processes may pass a hint on before it stays where it is. */
    private static final int MOST_TIMES = 2;

    private static final Duration CLOSE = Duration.ofMillis(500);

    private final TaskQueue local;
    private final Crowd crowd;
    private final Notifier notifier;
    private final Listener listener;
    private final LineThread notifying;
    private final LineThread listening;
    private final Subscription news;
    private final AtomicBoolean silent = new AtomicBoolean();

    /**
     * The way between processes.
     *
     * @param connections gives connections that may be kept
     * @param schema whose processes hear each other
     * @param beat how often a line is checked, and how long it has for an answer
     */
    record Post(ConnectionFactory connections, String schema, Duration beat) {}

    private NotifyingQueue(TaskQueue local, Post post, UUID process, NewsDesk desk) {
        this.local = local;
        Channels channels = Channels.of(post.schema(), process);
        this.crowd = new Crowd(process, System::nanoTime);
        this.listener = new Listener(crowd, channels, post.beat(), System::nanoTime, new Ears());
        this.notifier = new Notifier(crowd, channels, post.beat(), System::nanoTime, this::watch);
        this.listening = new LineThread("taskstore-listener", post.connections(), post.beat(), listener);
        this.notifying = new LineThread("taskstore-notifier", post.connections(), post.beat(), notifier);
        this.news = desk.subscribe(this::onNews);
    }

    static NotifyingQueue open(TaskQueue local, Post post, UUID process, NewsDesk desk) {
        NotifyingQueue queue = new NotifyingQueue(local, post, process, desk);
        queue.listening.start();
        queue.notifying.start();
        return queue;
    }

    /** What is done with what others tell. */
    private final class Ears implements Listener.Audience {

        @Override
        public void reconnected() {
            local.wake();
        }

        @Override
        public void asked(Presence by) {
            notifier.answer(by.process());
        }

        @Override
        public void hinted(Hints hints) {
            hints.hints().stream().filter(passed -> crowd.isHere(passed.hint())).forEach(passed -> {
                crowd.takes();
                place(passed);
            });
            tellOfNews();
        }
    }

    private void watch() {
        if (listener.isStuck()) {
            listening.abort();
        }
    }

    private void tellOfNews() {
        if (crowd.isNews()) {
            notifier.tellOfWorkers();
        }
    }

    /** What no worker here starts is dropped, lest it fill the local queue for good; refused it would have them scan in vain. */
    private boolean place(Passed passed) {
        Hint hint = passed.hint();
        Optional<UUID> other = passed.times() < MOST_TIMES ? crowd.place(hint, passed.times() > 0) : Optional.empty();
        return (other.isPresent() && notifier.tell(other.get(), new Passed(hint, passed.times() + 1)))
                || !crowd.mayBeHere(hint)
                || local.offer(hint);
    }

    /** Workers here that start such tasks have heard of it by themselves. */
    private void onNews(News news) {
        for (Hint hint : news.claimable()) {
            if (!crowd.isHere(hint)) {
                crowd.place(hint, false).ifPresent(other -> notifier.tell(other, new Passed(hint, 1)));
            }
        }
    }

    @Override
    public Optional<Reservation> reserve(Hint hint) {
        return local.reserve(hint);
    }

    @Override
    public Set<UUID> reserved(WorkerId worker) {
        return local.reserved(worker);
    }

    @Override
    public boolean offer(Hint hint) {
        return place(new Passed(Check.given("hint", hint), 0));
    }

    @Override
    public Polled poll(Wanted wanted, Duration timeout) throws InterruptedException {
        crowd.polls(Check.given("wanted", wanted));
        tellOfNews();
        return local.poll(wanted, timeout);
    }

    @Override
    public List<Task> leave(WorkerId worker) {
        crowd.leaves(Check.given("worker", worker));
        tellOfNews();
        return local.leave(worker);
    }

    @Override
    public void handled(Hint hint) {
        local.handled(hint);
    }

    @Override
    public void cancelRequested(Set<UUID> ids) {
        local.cancelRequested(ids);
    }

    @Override
    public void wake() {
        local.wake();
    }

    @Override
    public void nudge(WorkerId worker) {
        local.nudge(worker);
    }

    @Override
    public long depth() {
        return local.depth();
    }

    @Override
    public Health health() {
        Health here = local.health();
        Health others = hints();
        List<Health> parts = new ArrayList<>(here.parts());
        parts.add(others);
        Health.Level worst = Stream.of(here.level(), others.level())
                .max(Health.Level::compareTo)
                .orElseThrow();
        return new Health(here.part(), worst, here.detail(), here.latency(), parts);
    }

    /** {@return how telling and hearing are: the worse of both, or what there is to know of both} */
    private Health hints() {
        Health hearing = listener.health();
        Health telling = notifier.health();
        if (hearing.level() != Health.Level.UP || telling.detail().isEmpty()) {
            return hearing;
        }
        boolean both = telling.level() == Health.Level.UP && !telling.detail().equals(Notifier.NOT_YET);
        return both ? Health.of(hearing.part(), hearing.level(), hearing.detail() + "; " + telling.detail()) : telling;
    }

    @Override
    public void close() {
        local.close();
        silence();
    }

    boolean isSilent() {
        return silent.get();
    }

    /** Neither tells nor hears anything from now on. */
    void silence() {
        if (silent.compareAndSet(false, true)) {
            news.close();
            listener.end();
            // its farewell is what the listener ends with
            notifier.end();
            notifying.end(CLOSE);
            listening.end(CLOSE);
        }
    }
}
