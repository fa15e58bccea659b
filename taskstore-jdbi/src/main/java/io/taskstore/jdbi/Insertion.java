package io.taskstore.jdbi;

import io.taskstore.NewTask;
import io.taskstore.jdbi.Creating.NewRow;
import org.jspecify.annotations.Nullable;

/** A value of a new row: its column, its type in PostgreSQL, and where it comes from. */
enum Insertion {
    ID("uuid", row -> row.draft().id()),
    TYPE("text", row -> wanted(row).type().name()),
    QUEUE("text", row -> wanted(row).queue()),
    PRIORITY("integer", row -> wanted(row).priority()),
    FINGERPRINT("bigint", row -> row.draft().fingerprint()),
    RUN_AT("timestamptz", row -> wanted(row).runAt().orElse(null)),
    TIMEOUT("bigint", row -> TaskTable.micros(wanted(row).timeout())),
    MAX_FAILURES(
            "integer",
            row -> wanted(row).maxFailures().isPresent()
                    ? wanted(row).maxFailures().getAsInt()
                    : null),
    SUBMITTED_BY("text", row -> wanted(row).submittedBy().orElse(null)),
    UNIQUE_KEY("text", row -> wanted(row).uniqueKey().orElse(null)),
    WORKFLOW_ID("uuid", NewRow::workflowId),
    STEP("text", NewRow::step),
    TITLE("text", row -> wanted(row).title().orElse(null)),
    DESCRIPTION("text", row -> wanted(row).description().orElse(null)),
    PAYLOAD("text", row -> row.draft().payload()),
    METADATA("text", row -> wanted(row).metadata().json()),
    NOTE("text", row -> wanted(row).note().orElse(null)),
    STATUS("text", row -> row.status().name()),
    CLAIM_FOR("uuid", row -> row.claimFor() == null ? null : row.claimFor().value());

    private final String type;
    private final Source source;

    /** Where a value comes from. */
    private interface Source {
        @Nullable
        Object of(NewRow row);
    }

    Insertion(String type, Source source) {
        this.type = type;
        this.source = source;
    }

    /** {@return the name of the parameter, and of the column where there is one} */
    String parameter() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }

    String type() {
        return type;
    }

    @Nullable
    Object of(NewRow row) {
        return source.of(row);
    }

    private static NewTask wanted(NewRow row) {
        return row.draft().task();
    }
}
