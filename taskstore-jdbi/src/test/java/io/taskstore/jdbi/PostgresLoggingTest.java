package io.taskstore.jdbi;

final class PostgresLoggingTest extends LoggingContract {

    private final String schema = TestPostgres.schema();

    @Override
    TaskDatabaseBuilder builder() {
        return TaskDatabase.builder(TestPostgres.url()).schema(schema).poolSize(3);
    }

    @Override
    String heavy() {
        return "SELECT count(*) FROM generate_series(1, 2000000)";
    }
}
