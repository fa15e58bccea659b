package io.taskstore.jdbi;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.io.TempDir;

final class SqliteMigratingTest extends MigratingContract {

    @TempDir
    Path folder;

    private String url() {
        return "jdbc:sqlite:" + folder.resolve("app.db");
    }

    @Override
    TaskDatabaseBuilder builder() {
        return TaskDatabase.builder(url());
    }

    @Override
    Connection connect() throws SQLException {
        return DriverManager.getConnection(url());
    }

    @Override
    String tables() {
        return "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name";
    }

    @Override
    String folder() {
        return "sqlite";
    }

    /** In SQLite both are in one schema, which is not empty for whoever comes second. */
    @Override
    Flyway host() {
        return Flyway.configure()
                .dataSource(url(), null, null)
                .baselineOnMigrate(true)
                .baselineVersion("0")
                .load();
    }
}
