package io.taskstore.jdbi;

import java.util.Collection;
import java.util.List;
import java.util.UUID;

/**
 * What a caller is doing, for the exceptions and log lines that tell of it.
 *
 * @param name the call in the words of the API
 * @param ids the tasks it is about; empty where it is about whatever a filter matches
 */
record Call(String name, List<UUID> ids) {

    static Call of(String name) {
        return new Call(name, List.of());
    }

    static Call of(String name, UUID id) {
        return new Call(name, List.of(id));
    }

    static Call of(String name, Collection<UUID> ids) {
        return new Call(name, List.copyOf(ids));
    }
}
