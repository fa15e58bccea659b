package io.taskstore.jdbi;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

final class PostgresMigratingTest extends MigratingContract {

    private final String schema = TestPostgres.schema();
    private final String app = TestPostgres.schema();

    @BeforeEach
    void begin() {
        TestPostgres.sql("CREATE SCHEMA " + app);
    }

    @AfterEach
    void end() {
        TestPostgres.sql("DROP SCHEMA IF EXISTS " + schema + " CASCADE", "DROP SCHEMA " + app + " CASCADE");
    }

    @Override
    TaskDatabaseBuilder builder() {
        return TaskDatabase.builder(TestPostgres.url()).schema(schema);
    }

    @Override
    Connection connect() throws SQLException {
        Connection connection = DriverManager.getConnection(TestPostgres.url());
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET search_path = " + schema + ", " + app);
        }
        return connection;
    }

    @Override
    String tables() {
        return "SELECT table_name FROM information_schema.tables WHERE table_schema = '" + schema + "'";
    }

    @Override
    String folder() {
        return "postgresql";
    }

    @Override
    Flyway host() {
        return Flyway.configure()
                .dataSource(TestPostgres.url(), null, null)
                .defaultSchema(app)
                .load();
    }
}
