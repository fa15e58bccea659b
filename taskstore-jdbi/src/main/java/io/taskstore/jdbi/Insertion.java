package io.taskstore.jdbi;

import io.taskstore.NewTask;
import io.taskstore.jdbi.Creating.NewRow;
import java.util.List;

/** What goes into the statement that stores new tasks. */
final class Insertion {

    static final List<Column<NewRow>> COLUMNS = List.of(
            new Column<>("id", "uuid", row -> row.draft().id()),
            new Column<>("type", "text", row -> wanted(row).type().name()),
            new Column<>("queue", "text", row -> wanted(row).queue()),
            new Column<>("priority", "integer", row -> wanted(row).priority()),
            new Column<>("fingerprint", "bigint", row -> row.draft().fingerprint()),
            new Column<>("run_at", "timestamptz", row -> wanted(row).runAt().orElse(null)),
            new Column<>(
                    "timeout", "bigint", row -> TaskTable.micros(wanted(row).timeout())),
            new Column<>(
                    "max_failures",
                    "integer",
                    row -> wanted(row).maxFailures().isPresent()
                            ? wanted(row).maxFailures().getAsInt()
                            : null),
            new Column<>(
                    "submitted_by", "text", row -> wanted(row).submittedBy().orElse(null)),
            new Column<>("unique_key", "text", row -> wanted(row).uniqueKey().orElse(null)),
            new Column<>("workflow_id", "uuid", NewRow::workflowId),
            new Column<>("step", "text", NewRow::step),
            new Column<>("title", "text", row -> wanted(row).title().orElse(null)),
            new Column<>("description", "text", row -> wanted(row).description().orElse(null)),
            new Column<>("payload", "text", row -> row.draft().payload()),
            new Column<>("metadata", "text", row -> wanted(row).metadata().json()),
            new Column<>("note", "text", row -> wanted(row).note().orElse(null)),
            new Column<>("status", "text", row -> row.status().name()),
            new Column<>(
                    "claim_for",
                    "uuid",
                    row -> row.claimFor() == null ? null : row.claimFor().value()));

    private Insertion() {}

    private static NewTask wanted(NewRow row) {
        return row.draft().task();
    }
}
