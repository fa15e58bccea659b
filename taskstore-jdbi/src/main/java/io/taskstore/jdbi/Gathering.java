package io.taskstore.jdbi;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Lets callers who come at the same time do their work together. Whoever finds nobody at work goes ahead at once, with what
 * has gathered; the others wait, and one of them goes next with all that gathered meanwhile. Nobody waits for company, and
 * there is no thread but those of the callers. It is thread-safe.
 *
 * @param <I> the work of one caller
 * @param <O> its answer
 */
final class Gathering<I, O> {

    /** So many waiting are worth a second group beside the one that is at work; fewer go faster all together, one group later. */
    private static final int MANY = 16;

    private final int most;
    private final int lanes;
    private final Consumer<List<Member<I, O>>> work;

    /** Both guarded by this. */
    private final Deque<Member<I, O>> waiting = new ArrayDeque<>();

    private int busy;

    /**
     * Makes a place to gather at.
     *
     * @param most how many go together at most
     * @param lanes how many groups may be at work at the same time, where many gather
     * @param work answers every member of a group, and never throws
     */
    Gathering(int most, int lanes, Consumer<List<Member<I, O>>> work) {
        this.most = most;
        this.lanes = lanes;
        this.work = work;
    }

    /** One caller's work, which is answered once. Its fields are written before {@code state}, and read after it. */
    static final class Member<I, O> {

        private enum State {
            WAITING,
            LEADING,
            DONE
        }

        private final I input;
        private final Thread caller = Thread.currentThread();
        private @Nullable O answer;
        private @Nullable Throwable failure;
        private volatile State state = State.WAITING;

        private Member(I input) {
            this.input = input;
        }

        I input() {
            return input;
        }

        boolean isOfThisThread() {
            return caller == Thread.currentThread();
        }

        boolean isDone() {
            return state == State.DONE;
        }

        void answer(O value) {
            answer = value;
            become(State.DONE);
        }

        void fail(Throwable thrown) {
            failure = thrown;
            become(State.DONE);
        }

        private void become(State next) {
            state = next;
            if (caller != Thread.currentThread()) {
                LockSupport.unpark(caller);
            }
        }

        /** An interrupt does not end the wait, for the work is bounded and may be committed already; it is kept. */
        private void await() {
            boolean interrupted = false;
            while (state == State.WAITING) {
                LockSupport.park(this);
                interrupted |= Thread.interrupted();
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }

        private O get() {
            if (failure instanceof RuntimeException thrown) {
                throw thrown;
            } else if (failure instanceof Error thrown) {
                throw thrown;
            } else if (answer == null) {
                throw new IllegalStateException("a member of a group was not answered", failure);
            }
            return answer;
        }
    }

    /** {@return the answer to the work, which is done with that of others where some have gathered} */
    O submit(I input) {
        Member<I, O> own = new Member<>(input);
        boolean leads;
        synchronized (this) {
            waiting.add(own);
            leads = busy < worthwhile();
            busy += leads ? 1 : 0;
        }
        if (!leads) {
            own.await();
        }
        if (leads || own.state == Member.State.LEADING) {
            lead(own);
        }
        return own.get();
    }

    /** {@return how many groups should be at work, with so many waiting} */
    private int worthwhile() {
        return waiting.size() < MANY ? 1 : lanes;
    }

    private void lead(Member<I, O> own) {
        List<Member<I, O>> group = List.of(own);
        try {
            group = take(own);
            work.accept(group);
        } catch (Throwable e) {
            fail(group, e);
        } finally {
            fail(group, null);
            handOver();
        }
    }

    /** Nobody waits for ever, whatever went wrong. */
    private static <I, O> void fail(List<Member<I, O>> group, @Nullable Throwable thrown) {
        for (Member<I, O> member : group) {
            if (!member.isDone()) {
                member.fail(thrown == null ? new IllegalStateException("a member of a group was forgotten") : thrown);
            }
        }
    }

    /** {@return the member and those that wait with it, but for others that lead groups of their own} */
    private synchronized List<Member<I, O>> take(Member<I, O> own) {
        List<Member<I, O>> group = new ArrayList<>(Math.min(most, waiting.size()));
        group.add(own);
        waiting.remove(own);
        Iterator<Member<I, O>> rest = waiting.iterator();
        while (group.size() < most && rest.hasNext()) {
            Member<I, O> next = rest.next();
            if (next.state == Member.State.WAITING) {
                group.add(next);
                rest.remove();
            }
        }
        return group;
    }

    private void handOver() {
        Member<I, O> next = null;
        synchronized (this) {
            if (busy <= worthwhile()) {
                next = waiting.stream()
                        .filter(member -> member.state == Member.State.WAITING)
                        .findFirst()
                        .orElse(null);
            }
            if (next == null) {
                busy--;
            } else {
                // it stays in line, and takes itself with those behind it
                next.state = Member.State.LEADING;
            }
        }
        if (next != null) {
            LockSupport.unpark(next.caller);
        }
    }
}
