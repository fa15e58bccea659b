package io.taskstore.jdbi;

import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/**
 * A value of the rows of a batch: the name of its parameter, its type in PostgreSQL, and where it comes from.
 *
 * @param <T> a row
 */
record Column<T>(String name, String type, Source<T> source) {

    /** Where a value comes from. */
    interface Source<T> {
        @Nullable
        Object of(T row);
    }

    @Nullable
    Object of(T row) {
        return source.of(row);
    }

    /** {@return the values of all rows, as one parameter} */
    Many of(Collection<T> rows) {
        Many values = Many.empty(type);
        rows.forEach(row -> values.add(source.of(row)));
        return values;
    }

    /** {@return the names of the columns} */
    static <T> String names(List<Column<T>> columns) {
        return columns.stream().map(Column::name).collect(Collectors.joining(", "));
    }

    /**
     * {@return what a statement selects the rows of a batch from} A batch of one has its values in the statement itself, for
     * PostgreSQL then takes the plan that it has, while it may make a new one for arrays: it sees how long they are.
     */
    static <T> String rows(List<Column<T>> columns, boolean one) {
        return columns.stream()
                .map(column -> one ? "CAST(:" + column.name() + " AS " + column.type() + ")" : ":" + column.name())
                .collect(Collectors.joining(", ", one ? "(VALUES (" : "unnest(", one ? "))" : ")"));
    }

    /** Binds the rows of a batch. */
    static <T> void bind(Query query, List<Column<T>> columns, List<T> rows) {
        for (Column<T> column : columns) {
            if (rows.size() == 1) {
                query.bind(column.name(), Many.kept(column.of(rows.get(0))));
            } else {
                query.bind(column.name(), column.of(rows));
            }
        }
    }
}
