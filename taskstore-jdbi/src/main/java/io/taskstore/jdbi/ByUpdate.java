package io.taskstore.jdbi;

import static java.util.stream.Collectors.joining;

import io.taskstore.TaskStatus;
import io.taskstore.jdbi.AccessPath.Gives;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * The ways to tasks in the order of their last updates. An index of all would be written three times for each task. Nearly all were
 * updated last when they were stored, or when they ended, and there are indexes by that anyway; those that run are few. Only the
 * others have an index of their own.
 */
final class ByUpdate {

    private static final String OWN = "taskstore_task_updated";

    private ByUpdate() {}

    /**
     * {@return the ways to all tasks in the statuses, none of them twice, and perhaps to some in others}
     *
     * @param range the condition on the time of the last update, for the column that tells it; empty if there is none
     */
    static List<AccessPath> paths(Set<TaskStatus> statuses, UnaryOperator<String> range) {
        List<AccessPath> paths = new ArrayList<>();
        // first what a count finds in the index alone
        if (statuses.stream().anyMatch(TaskStatus::isTerminal)) {
            // not =, which PostgreSQL takes to be true of hardly any
            String unchanged = "t.updated_at >= t.completed_at AND t.updated_at <= t.completed_at";
            String ended = "t.completed_at IS NOT NULL AND " + unchanged;
            paths.add(path("taskstore_task_completed", ended, Gives.END_AND_UPDATE, range));
        }
        String changed = "(t.completed_at IS NULL OR t.updated_at < t.completed_at OR t.updated_at > t.completed_at)";
        paths.add(path(OWN, "t.version > 1 AND t.status <> 'RUNNING' AND " + changed, Gives.UPDATE, range));
        if (statuses.contains(TaskStatus.RUNNING)) {
            paths.add(path("taskstore_task_running", "t.status = 'RUNNING'", Gives.FEW, range));
        }
        for (TaskStatus status : List.of(TaskStatus.PENDING, TaskStatus.WAITING)) {
            if (statuses.contains(status)) {
                String untouched = "t.status = '" + status + "' AND t.version = 1";
                paths.add(path("taskstore_task_status", untouched, Gives.CREATION_AND_UPDATE, range));
            }
        }
        return paths;
    }

    private static AccessPath path(String index, String condition, Gives gives, UnaryOperator<String> range) {
        String all = Stream.of(condition, range.apply(gives.updatedAt))
                .filter(text -> !text.isEmpty())
                .collect(joining(" AND "));
        return new AccessPath(index, all, gives);
    }
}
