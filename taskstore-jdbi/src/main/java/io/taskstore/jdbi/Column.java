package io.taskstore.jdbi;

import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
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

    /** {@return the names of the columns, each behind the prefix} */
    static <T> String names(List<Column<T>> columns, String prefix) {
        return columns.stream().map(column -> prefix + column.name()).collect(Collectors.joining(", "));
    }
}
