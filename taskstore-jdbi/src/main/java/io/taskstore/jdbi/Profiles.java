package io.taskstore.jdbi;

import io.taskstore.WorkerProfile;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The names in the profile of a worker as one text: no name has a comma. */
final class Profiles {

    private Profiles() {}

    static String text(Collection<String> names) {
        return String.join(",", names);
    }

    static WorkerProfile profile(String name, String types, String queues) {
        return new WorkerProfile(name, names(types), names(queues));
    }

    private static Set<String> names(String text) {
        return text.isEmpty() ? Set.of() : new LinkedHashSet<>(List.of(text.split(",")));
    }
}
