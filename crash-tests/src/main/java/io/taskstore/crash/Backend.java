package io.taskstore.crash;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;

/** What a database can be. */
enum Backend {
    SQLITE {
        @Override
        Database open(Path folder) throws SQLException {
            return new SqliteDatabase(folder.resolve("tasks.db"));
        }
    },
    POSTGRES {
        @Override
        Database open(Path folder) throws SQLException, IOException {
            return PostgresDatabase.create();
        }
    };

    /** {@return an empty one that nobody else has} */
    abstract Database open(Path folder) throws SQLException, IOException;
}
