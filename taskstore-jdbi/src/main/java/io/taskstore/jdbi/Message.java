package io.taskstore.jdbi;

import io.taskstore.Check;
import io.taskstore.Hint;
import io.taskstore.Wanted;
import java.util.List;
import java.util.UUID;

/** What processes tell each other. Any of it may be late, repeated, forged or lost. */
sealed interface Message {

    /**
     * That a process is there, and what its workers could start.
     *
     * @param process the process
     * @param asks whether it wants to hear the same of those who hear it
     * @param workers what each of its workers wants; none if it has left, or never starts anything
     */
    record Presence(UUID process, boolean asks, List<Wanted> workers) implements Message {

        public Presence {
            workers = List.copyOf(workers);
        }
    }

    /** Tasks that the process which hears this might start. */
    record Hints(List<Passed> hints) implements Message {

        public Hints {
            hints = List.copyOf(hints);
        }
    }

    /**
     * A hint on its way.
     *
     * @param hint the hint
     * @param times how many processes have passed it on
     */
    record Passed(Hint hint, int times) {

        private static final int MOST = 100;

        public Passed {
            Check.between("Passed.times", 0, MOST, times);
        }
    }
}
