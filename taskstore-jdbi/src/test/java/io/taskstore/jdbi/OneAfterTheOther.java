package io.taskstore.jdbi;

import static org.assertj.core.api.Assertions.assertThat;

import io.taskstore.jdbi.Deed.Scene;
import io.taskstore.jdbi.Deed.Stage;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What comes of deeds that are done one after the other, which is all that may come of them in whatever order. */
final class OneAfterTheOther {

    private final TaskDatabase database;
    private final Connection beside;
    private final Map<List<String>, String> known = new HashMap<>();

    OneAfterTheOther(TaskDatabase database, Connection beside) {
        this.database = database;
        this.beside = beside;
    }

    Scene scene(Stage stage) throws SQLException {
        Dump.wipe(beside);
        return stage.scene(database);
    }

    /** Fails unless there is in the end what might have come of the deeds one after the other. */
    void check(String what, Stage stage, List<Deed> deeds, Scene scene) throws SQLException {
        String rest = rest(deeds, scene);
        assertThat(rest).as("%s: %s", stage, what).isIn(of(stage, deeds));
    }

    /** {@return what comes of the deeds, in each of their orders} */
    private Set<String> of(Stage stage, List<Deed> deeds) throws SQLException {
        Set<String> all = new TreeSet<>();
        for (List<Deed> order : orders(deeds)) {
            all.add(serial(stage, order));
        }
        return all;
    }

    /** {@return the same in each order} */
    static <T> List<List<T>> orders(List<T> deeds) {
        if (deeds.isEmpty()) {
            return List.of(List.of());
        }
        List<List<T>> all = new ArrayList<>();
        for (int i = 0; i < deeds.size(); i++) {
            List<T> others = new ArrayList<>(deeds);
            T first = others.remove(i);
            for (List<T> rest : orders(others)) {
                all.add(Stream.concat(Stream.of(first), rest.stream()).toList());
            }
        }
        return all;
    }

    private String serial(Stage stage, List<Deed> deeds) throws SQLException {
        List<String> key = Stream.concat(Stream.of(stage), deeds.stream())
                .map(Object::toString)
                .toList();
        String rest = known.get(key);
        if (rest == null) {
            Scene scene = scene(stage);
            for (Deed deed : deeds) {
                deed.on(database, scene);
            }
            rest = rest(deeds, scene);
            known.put(key, rest);
        }
        return rest;
    }

    /** {@return what is there in the end} Sweeps and claims pass by what others have locked, and come again. */
    private String rest(List<Deed> deeds, Scene scene) throws SQLException {
        assertThat(Dump.brokenHistories(beside)).isZero();
        database.claims().recover();
        if (deeds.contains(Deed.DIE)) {
            assertThat(database.claims().held(scene.worker()))
                    .as("what the dead worker holds after a sweep")
                    .isEmpty();
        }
        Deed.claim(database, scene.other());
        return Dump.of(beside);
    }
}
