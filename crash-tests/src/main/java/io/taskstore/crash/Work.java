package io.taskstore.crash;

import io.taskstore.TaskType;
import java.util.random.RandomGenerator;

/**
 * What a task is about.
 *
 * @param millis how long it takes
 * @param pauses whether its first run waits for its process to be stopped, and the next for somebody to let it go
 */
record Work(int millis, boolean pauses) {

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
        return new Work(
                slow ? random.nextInt(SHORTEST_SLOW, LONGEST_SLOW) : random.nextInt(SHORTEST_QUICK, LONGEST_QUICK),
                false);
    }

    /** {@return it as JSON} */
    String json() {
        return "[" + millis + "," + pauses + "]";
    }

    static Work of(String json) {
        String[] parts = json.substring(1, json.length() - 1).split(",", 2);
        return new Work(Integer.parseInt(parts[0].trim()), Boolean.parseBoolean(parts[1].trim()));
    }
}
