package io.taskstore.crash;

import io.taskstore.NewWorkflow.Requires;
import io.taskstore.crash.Contents.Change;
import io.taskstore.crash.Contents.Stored;
import io.taskstore.crash.Event.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * Compares the places that tasks were asked to have in workflows with what became of them. It belongs to a {@link Checker}.
 */
final class WorkflowChecker {

    /** The clock of the database and that of the journals are not one, and a long test is time for them to part. */
    private static final long SLACK = Duration.ofMillis(200).toNanos();

    /** Takes what should never happen. */
    interface Complaints {
        void add(int invariant, UUID task, String what);
    }

    private final Map<UUID, List<Event>> byTask;
    private final Contents contents;
    private final Complaints complaints;
    private final Map<UUID, Place> places = new LinkedHashMap<>();

    WorkflowChecker(Map<UUID, List<Event>> byTask, Contents contents, Complaints complaints) {
        this.byTask = byTask;
        this.contents = contents;
        this.complaints = complaints;
        byTask.forEach((id, its) -> its.stream()
                .filter(event -> event.kind() == Kind.SUBMIT_TRY)
                .findFirst()
                .flatMap(event -> Place.of(event.note()))
                .ifPresent(place -> places.put(id, place)));
    }

    void check() {
        Map<UUID, List<UUID>> workflows = new LinkedHashMap<>();
        places.forEach((id, place) -> {
            checkOrder(id, place.requires());
            workflows
                    .computeIfAbsent(place.workflow(), workflow -> new ArrayList<>())
                    .add(id);
        });
        contents.tasks().values().forEach(this::checkCancelled);
        workflows.values().forEach(this::checkWhole);
    }

    private void checkOrder(UUID id, Map<UUID, Requires> requires) {
        List<Event> starts = byTask.getOrDefault(id, List.of()).stream()
                .filter(event -> event.kind() == Kind.START)
                .toList();
        requires.forEach((before, what) -> {
            OptionalLong since = satisfiedSince(before, what);
            for (Event start : starts) {
                if (since.isEmpty() || start.nanos() < since.getAsLong()) {
                    complaints.add(
                            10, id, "was started in attempt " + start.attempt() + " before " + before + " was " + what);
                }
            }
        });
    }

    /** {@return the first moment at which what is required of the task may have come to pass} */
    private OptionalLong satisfiedSince(UUID before, Requires what) {
        Optional<Change> end = contents.historyOf(before).stream()
                .filter(change -> change.to().equals("COMPLETED") || (what == Requires.ENDED && hasFailed(change.to())))
                .findFirst();
        return end.isEmpty() ? OptionalLong.empty() : OptionalLong.of(moment(before, end.get()));
    }

    private static boolean hasFailed(String status) {
        return status.equals("FAILED") || status.equals("CANCELLED");
    }

    /** A run has ended no sooner than its worker wanted that recorded; of what ended without one only the change tells. */
    private long moment(UUID id, Change end) {
        return byTask.getOrDefault(id, List.of()).stream()
                .filter(event -> event.kind() == Kind.DONE_TRY && event.isOf(id, end.attempt()))
                .findFirst()
                .map(Event::nanos)
                .orElse(end.nanos() - SLACK);
    }

    /** Nobody cancels anything in these tests, so that only the end of another task can be the reason. */
    private void checkCancelled(Stored task) {
        Place place = places.get(task.id());
        Optional<UUID> reason = place == null
                ? Optional.empty()
                : place.requires().entrySet().stream()
                        .filter(entry -> entry.getValue() == Requires.COMPLETED && cannotComplete(entry.getKey()))
                        .map(Map.Entry::getKey)
                        .findFirst();
        boolean cancelled = task.status().equals("CANCELLED");
        if (cancelled && reason.isEmpty()) {
            complaints.add(11, task.id(), "was cancelled, and nothing that it requires has failed");
        } else if (!cancelled && reason.isPresent()) {
            complaints.add(
                    11,
                    task.id(),
                    "is " + task.status() + ", though it requires " + reason.get() + " to complete, which will not");
        }
    }

    private boolean cannotComplete(UUID id) {
        return Optional.ofNullable(contents.tasks().get(id))
                .filter(task -> task.hasEnded() && !task.status().equals("COMPLETED"))
                .isPresent();
    }

    private void checkWhole(List<UUID> tasks) {
        List<UUID> missing =
                tasks.stream().filter(id -> !contents.tasks().containsKey(id)).toList();
        if (!missing.isEmpty() && missing.size() < tasks.size()) {
            complaints.add(12, missing.get(0), "is not there, though others of its workflow are");
        }
    }
}
