package io.taskstore.jdbi;

import io.taskstore.TimeRange;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.core.statement.SqlStatement;

/** Between which places in the order of creation tasks are looked for. */
final class Bounds {

    private final List<String> conditions = new ArrayList<>();
    private final Map<String, Object> values = new LinkedHashMap<>();

    Bounds(TimeRange created) {
        created.from().ifPresent(from -> add("%1$s >= :created_from", "created_from", from));
        created.to().ifPresent(to -> add("%1$s < :created_to", "created_to", to));
    }

    private void add(String condition, String name, Object value) {
        conditions.add(condition);
        values.put(name, value);
    }

    boolean isEmpty() {
        return conditions.isEmpty();
    }

    Bounds behind(Instant createdAt, UUID id) {
        return place(">", "after", createdAt, id);
    }

    Bounds before(Instant createdAt, UUID id) {
        return place("<", "before", createdAt, id);
    }

    Bounds upTo(Instant createdAt, UUID id) {
        return place("<=", "last", createdAt, id);
    }

    private Bounds place(String comparison, String name, Instant createdAt, UUID id) {
        add("(%1$s, %2$s) " + comparison + " (:" + name + "_at, :" + name + "_id)", name + "_at", createdAt);
        values.put(name + "_id", id);
        return this;
    }

    /** {@return the bounds as SQL; empty if there are none} */
    String on(String createdAt, String id) {
        return String.format(String.join("\n AND ", conditions), createdAt, id);
    }

    <S extends SqlStatement<S>> S bind(S statement) {
        values.forEach(statement::bind);
        return statement;
    }
}
