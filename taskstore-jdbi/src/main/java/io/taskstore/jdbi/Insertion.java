package io.taskstore.jdbi;

import io.taskstore.NewTask;
import io.taskstore.jdbi.Creating.NewRow;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What goes into the statement that stores new tasks, in parts. A part in which no task has anything is left out of the statement:
 * most tasks have little, and what is bound in vain costs more than what is stored.
 */
final class Insertion {

    /** Columns in which a task has something together, as a rule, or nothing. */
    enum Part {
        CONTENT,
        KIND,
        METADATA,
        SCHEDULE,
        WORDS,
        PLACE,
        NOTE,
        /** Decides whether the task is claimed at once. */
        CLAIM;

        List<Column<NewRow>> columns() {
            return Objects.requireNonNull(COLUMNS.get(this));
        }

        /** {@return whether it is of the task itself} */
        boolean isOfTask() {
            return this != CLAIM;
        }
    }

    private static final Map<Part, List<Column<NewRow>>> COLUMNS = Map.of(
            Part.CONTENT,
            List.of(
                    new Column<>("id", "uuid", NewRow::id),
                    new Column<>("fingerprint", "bigint", row -> row.draft().fingerprint()),
                    new Column<>("payload", "text", row -> row.draft().payload())),
            Part.KIND,
            List.of(
                    new Column<>("type", "text", row -> wanted(row).type().name()),
                    new Column<>("queue", "text", row -> wanted(row).queue()),
                    new Column<>("priority", "integer", row -> wanted(row).priority()),
                    new Column<>("status", "text", row -> row.status().name())),
            Part.METADATA,
            List.of(new Column<>(
                    "metadata", "text", row -> wanted(row).metadata().json())),
            Part.SCHEDULE,
            List.of(
                    new Column<>(
                            "run_at", "timestamptz", row -> wanted(row).runAt().orElse(null)),
                    new Column<>(
                            "timeout",
                            "bigint",
                            row -> TaskTable.micros(wanted(row).timeout())),
                    new Column<>("max_failures", "integer", row -> maxFailures(wanted(row)))),
            Part.WORDS,
            List.of(
                    new Column<>(
                            "submitted_by",
                            "text",
                            row -> wanted(row).submittedBy().orElse(null)),
                    new Column<>(
                            "unique_key", "text", row -> wanted(row).uniqueKey().orElse(null)),
                    new Column<>("title", "text", row -> wanted(row).title().orElse(null)),
                    new Column<>(
                            "description",
                            "text",
                            row -> wanted(row).description().orElse(null))),
            Part.PLACE,
            List.of(
                    new Column<>("workflow_id", "uuid", NewRow::workflowId),
                    new Column<>("step", "text", NewRow::step)),
            Part.NOTE,
            List.of(new Column<>("note", "text", row -> wanted(row).note().orElse(null))),
            Part.CLAIM,
            List.of(new Column<>(
                    "claim_for",
                    "uuid",
                    row -> row.claimFor() == null ? null : row.claimFor().value())));

    /** What a list of tasks has in a part. */
    enum Form {
        NOTHING,
        THE_SAME,
        EACH_ITS_OWN;

        static Form of(Part part, List<NewRow> rows) {
            if (part == Part.CONTENT) {
                return rows.size() == 1 ? THE_SAME : EACH_ITS_OWN;
            }
            boolean given = false;
            for (Column<NewRow> column : part.columns()) {
                @Nullable Object first = column.of(rows.get(0));
                for (int i = 1; i < rows.size(); i++) {
                    if (!Objects.equals(first, column.of(rows.get(i)))) {
                        return EACH_ITS_OWN;
                    }
                }
                given |= first != null;
            }
            return given ? THE_SAME : NOTHING;
        }
    }

    private Insertion() {}

    /** {@return what the tasks have in each part, without those in which they have nothing} */
    static Map<Part, Form> forms(List<NewRow> rows) {
        Map<Part, Form> forms = new EnumMap<>(Part.class);
        for (Part part : Part.values()) {
            Form form = Form.of(part, rows);
            if (form != Form.NOTHING) {
                forms.put(part, form);
            }
        }
        return forms;
    }

    /** {@return the columns of parts of this form} */
    static List<Column<NewRow>> columns(Map<Part, Form> forms, Form form) {
        return forms.entrySet().stream()
                .filter(entry -> entry.getValue() == form)
                .flatMap(entry -> entry.getKey().columns().stream())
                .toList();
    }

    /** {@return the columns of the table of tasks that are filled from the parts; the status depends on more than them} */
    static List<Column<NewRow>> ofTask(Collection<Part> parts) {
        return parts.stream()
                .filter(Part::isOfTask)
                .flatMap(part -> part.columns().stream())
                .filter(column -> !column.name().equals("status"))
                .toList();
    }

    private static @Nullable Integer maxFailures(NewTask task) {
        return task.maxFailures().isPresent() ? task.maxFailures().getAsInt() : null;
    }

    private static NewTask wanted(NewRow row) {
        return row.draft().task();
    }
}
