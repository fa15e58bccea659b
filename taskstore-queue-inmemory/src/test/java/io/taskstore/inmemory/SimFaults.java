package io.taskstore.inmemory;

import java.util.EnumMap;
import java.util.Map;
import java.util.SplittableRandom;

/** What goes wrong in a play, drawn by lot, and how often it has. */
final class SimFaults {

    /** A kind of fault. */
    enum Kind {
        ERROR_BEFORE,
        REPLY_CUT,
        REPLY_STUCK,
        SLOW_CALL,
        HANGING_CALL,
        CRASH_BEFORE_EFFECT,
        CRASH_AFTER_EFFECT,
        EFFECT_AFTER_DEATH,
        CRASH,
        POISON,
        RESTART,
        PAUSE,
        CUT_OFF,
        CLOCK_JUMP,
        NO_THREAD,
        CLOSE,
        HINT_LOST,
        HINT_REPEATED,
        HINT_LATE,
        HINT_REORDERED,
        HINT_FORGED,
        HINT_REFUSED,
        NO_RESERVATION
    }

    private final SplittableRandom dice;
    private final Map<Kind, Integer> counts = new EnumMap<>(Kind.class);

    /** How often each kind happens where it can; those without an entry never do. */
    private final Map<Kind, Double> chances = new EnumMap<>(Kind.class);

    private boolean ended;

    SimFaults(SplittableRandom dice) {
        this.dice = dice;
    }

    void chance(Kind kind, double chance) {
        chances.put(kind, chance);
    }

    /** {@return whether it is to happen now, which is counted then} */
    boolean strikes(Kind kind) {
        Double chance = chances.get(kind);
        boolean strikes = !ended && chance != null && dice.nextDouble() < chance;
        if (strikes) {
            count(kind);
        }
        return strikes;
    }

    void count(Kind kind) {
        counts.merge(kind, 1, Integer::sum);
    }

    /** Nothing goes wrong any more. */
    void end() {
        ended = true;
    }

    boolean ended() {
        return ended;
    }

    Map<Kind, Integer> counts() {
        return counts;
    }
}
