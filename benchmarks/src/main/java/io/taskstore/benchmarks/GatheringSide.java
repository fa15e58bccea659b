package io.taskstore.benchmarks;

import io.taskstore.benchmarks.StorageSpeed.Side;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;

/** JDBC written by hand, which stores together what several threads create. */
abstract class GatheringSide implements Side {

    private final Gathering gathering;
    private List<UUID> prepared = List.of();

    GatheringSide(int lanes, int most) {
        gathering = new Gathering(lanes, most, this::createAll);
    }

    /** Stores the tasks, however many they are. */
    abstract void createAll(List<UUID> ids) throws SQLException;

    @Override
    public final void create(UUID id) throws Exception {
        gathering.store(id);
    }

    @Override
    public final void prepare(List<UUID> ids) {
        prepared = ids;
    }

    @Override
    public final void createPrepared() throws SQLException {
        createAll(prepared);
    }
}
