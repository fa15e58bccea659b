package io.taskstore.jdbi;

import io.taskstore.Health;
import io.taskstore.jdbi.Line.Letter;
import io.taskstore.jdbi.Message.Hints;
import io.taskstore.jdbi.Message.Presence;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears what other processes tell. At each heartbeat it says on its own line that this process is there, and if it has not heard that
 * itself by the next one, the line is none to rely on. It is thread-safe.
 */
final class Listener implements LineThread.Work {

    private static final Logger LOG = LoggerFactory.getLogger(TaskDatabase.class);

    private final Crowd crowd;
    private final Channels channels;
    private final long beat;
    private final LongSupplier nanos;
    private final Audience audience;
    private final AtomicLong ignored = new AtomicLong();

    /** When the thread last did something. */
    private volatile long lastStep;

    private volatile boolean ended;
    /** Whether it has heard itself. */
    private volatile boolean hears;

    /** Whether others have heard of this process and may have told it something; the thread's own. */
    private boolean wasKnown;

    /** Why it does not hear anything; empty while nothing is wrong. */
    private volatile String wrong = "";

    /** Who is told what was heard. */
    interface Audience {

        /** What others told this process may have been lost until now. */
        void reconnected();

        /** Another process has said what its workers could start, and wants to hear the same. */
        void asked(Presence by);

        /** Another process gives hints to this one. */
        void hinted(Hints hints);
    }

    Listener(Crowd crowd, Channels channels, Duration beat, LongSupplier nanos, Audience audience) {
        this.crowd = crowd;
        this.channels = channels;
        this.beat = beat.toNanos();
        this.nanos = nanos;
        this.audience = audience;
        this.lastStep = nanos.getAsLong();
    }

    /** Has the work end with the next that is heard. */
    void end() {
        ended = true;
    }

    /** {@return whether the thread hangs, as one does whose connection breaks off in the middle of a message} */
    boolean isStuck() {
        return nanos.getAsLong() - lastStep > 3 * beat;
    }

    /** {@return how many messages came that were none} */
    long ignored() {
        return ignored.get();
    }

    Health health() {
        String why = wrong;
        if (!why.isEmpty()) {
            return Health.of(Notifier.PART, Health.Level.DEGRADED, "no hints of other processes are heard: " + why);
        }
        long strange = ignored();
        String others = hears ? crowd.size() + " other processes start tasks" : Notifier.NOT_YET;
        return Health.of(
                Notifier.PART,
                Health.Level.UP,
                strange == 0 ? others : others + "; " + strange + " messages made no sense");
    }

    @Override
    public void on(Line line) throws SQLException {
        lastStep = nanos.getAsLong();
        line.listen(channels);
        if (wasKnown) {
            audience.reconnected();
        }
        boolean heard = true;
        boolean asks = true;
        long next = nanos.getAsLong();
        while (!ended) {
            long now = nanos.getAsLong();
            lastStep = now;
            if (now - next >= 0) {
                if (!heard) {
                    throw new SQLNonTransientConnectionException("own heartbeat not heard", "08006");
                }
                say(line, asks);
                asks = false;
                heard = false;
                next = now + beat;
            }
            if (hear(line.receive(Duration.ofNanos(next - now)))) {
                heard = true;
                line.proves();
                well();
            }
        }
    }

    /** A process that starts nothing need not tell others that it is there, unless it wants to know them. */
    private void say(Line line, boolean asks) throws SQLException {
        boolean tells = asks || crowd.hasWorkers();
        String text = MessageText.of(tells ? crowd.presenceForAll(asks) : crowd.presence());
        line.send(List.of(new Letter(tells ? channels.all() : channels.own(), text)));
    }

    /** {@return whether what this process said was among it} */
    private boolean hear(List<Letter> letters) {
        boolean own = false;
        for (Letter letter : letters) {
            Optional<Message> message = MessageText.read(letter.text());
            if (message.isEmpty()) {
                ignored.incrementAndGet();
            } else if (message.get() instanceof Hints hints) {
                audience.hinted(hints);
            } else if (message.get() instanceof Presence presence) {
                own |= crowd.isOwn(presence);
                crowd.hears(presence);
                if (presence.asks() && !crowd.isOwn(presence)) {
                    audience.asked(presence);
                }
            }
        }
        return own;
    }

    private void well() {
        hears = true;
        wasKnown = true;
        if (!wrong.isEmpty()) {
            LOG.info("hints of other processes are heard again");
            wrong = "";
        }
    }

    @Override
    public void failed(Throwable failure) {
        hears = false;
        if (!ended && wrong.isEmpty()) {
            wrong = String.valueOf(
                    Failures.ofStatement(Call.of("listen"), failure).getMessage());
            LOG.warn("no hints of other processes are heard, whose tasks are found by polling until then: {}", wrong);
        }
    }
}
