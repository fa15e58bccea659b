package io.taskstore.crash;

import io.taskstore.NewWorkflow.Requires;
import io.taskstore.NewWorkflow.Step;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/**
 * Where in a workflow a task was asked to be. It travels as the note of its submit.
 *
 * @param workflow the workflow
 * @param requires what has to happen to which tasks before it may begin
 */
record Place(UUID workflow, Map<UUID, Requires> requires) {

    /** {@return the place of the step, by the ids of all steps} */
    static Place of(UUID workflow, Step step, Map<String, UUID> ids) {
        Map<UUID, Requires> requires = new LinkedHashMap<>();
        step.dependencies().forEach((before, what) -> requires.put(Objects.requireNonNull(ids.get(before)), what));
        return new Place(workflow, requires);
    }

    String note() {
        StringBuilder note = new StringBuilder(workflow.toString());
        requires.forEach(
                (before, what) -> note.append(' ').append(before).append('=').append(what));
        return note.toString();
    }

    /** {@return the place that the note tells of; empty where it is that of a task of its own} */
    static Optional<Place> of(String note) {
        if (note.isEmpty()) {
            return Optional.empty();
        }
        String[] parts = note.split(" ", -1);
        Map<UUID, Requires> requires = new LinkedHashMap<>();
        for (int i = 1; i < parts.length; i++) {
            String[] pair = parts[i].split("=", 2);
            requires.put(UUID.fromString(pair[0]), Requires.valueOf(pair[1]));
        }
        return Optional.of(new Place(UUID.fromString(parts[0]), requires));
    }
}
