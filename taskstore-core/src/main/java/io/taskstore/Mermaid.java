package io.taskstore;

import io.taskstore.NewWorkflow.Requires;
import io.taskstore.WorkflowRepository.Dependency;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Draws a workflow as a flowchart in the language of Mermaid, a box for each task, coloured by its status. */
final class Mermaid {

    private static final Map<TaskStatus, String> COLOURS = Map.of(
            TaskStatus.WAITING, "fill:#eceff1,stroke:#607d8b",
            TaskStatus.PENDING, "fill:#fff8e1,stroke:#f9a825",
            TaskStatus.RUNNING, "fill:#e3f2fd,stroke:#1565c0",
            TaskStatus.COMPLETED, "fill:#e8f5e9,stroke:#2e7d32",
            TaskStatus.FAILED, "fill:#ffebee,stroke:#c62828",
            TaskStatus.CANCELLED, "fill:#f5f5f5,stroke:#9e9e9e,stroke-dasharray:4");

    private Mermaid() {}

    /** {@return the drawing} An arrow is solid where the completion of a task is required, dotted where any end will do. */
    static String draw(Map<String, TaskStatus> steps, List<Dependency> dependencies) {
        StringBuilder drawing = new StringBuilder("flowchart LR\n");
        Map<String, String> boxes = new LinkedHashMap<>();
        steps.forEach((step, status) -> {
            String box = "t" + boxes.size();
            boxes.put(step, box);
            drawing.append(String.format("    %s[\"%s\"]:::%s\n", box, step.replace("#", "#35;"), status));
        });
        for (Dependency dependency : dependencies) {
            String arrow = dependency.requires() == Requires.COMPLETED ? "-->" : "-.->";
            String before = boxes.get(dependency.before());
            String box = boxes.get(dependency.step());
            // unless one of them was deleted in between
            if (before != null && box != null) {
                drawing.append(String.format("    %s %s %s\n", before, arrow, box));
            }
        }
        for (TaskStatus status : TaskStatus.values()) {
            if (steps.containsValue(status)) {
                drawing.append(String.format("    classDef %s %s,color:#212121\n", status, COLOURS.get(status)));
            }
        }
        return drawing.toString();
    }
}
