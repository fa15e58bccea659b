package io.taskstore.crash;

import io.taskstore.TaskType;
import java.util.random.RandomGenerator;

/**
 * What a task is about.
 *
 * @param millis how long it takes
 * @param deed what becomes of it
 */
record Work(int millis, Deed deed) {

    /** What becomes of work. */
    enum Deed {
        WORKS,
        /** Its first run waits for its process to be stopped, and the next for somebody to let it go. */
        PAUSES,
        /** It fails for good. */
        FAILS
    }

    static final TaskType<Work> TYPE = TaskType.of("work", Work.class);

    private static final int SLOW_ONES = 30;
    private static final int HUNDRED = 100;
    private static final int SHORTEST_SLOW = 60;
    private static final int LONGEST_SLOW = 300;
    private static final int SHORTEST_QUICK = 5;
    private static final int LONGEST_QUICK = 25;

    /** {@return work of which 30 in a hundred is slow} */
    static Work some(RandomGenerator random) {
        boolean slow = random.nextInt(HUNDRED) < SLOW_ONES;
        return lasting(
                slow ? random.nextInt(SHORTEST_SLOW, LONGEST_SLOW) : random.nextInt(SHORTEST_QUICK, LONGEST_QUICK));
    }

    static Work lasting(int millis) {
        return new Work(millis, Deed.WORKS);
    }

    /** {@return work that fails for good, soon} */
    static Work failing() {
        return new Work(SHORTEST_QUICK, Deed.FAILS);
    }

    /** {@return it as JSON} */
    String json() {
        return "[" + millis + ",\"" + deed + "\"]";
    }

    static Work of(String json) {
        String[] parts = json.substring(1, json.length() - 1).split(",", 2);
        return new Work(
                Integer.parseInt(parts[0].trim()), Deed.valueOf(parts[1].trim().replace("\"", "")));
    }
}
