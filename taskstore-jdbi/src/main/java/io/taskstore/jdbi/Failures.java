package io.taskstore.jdbi;

import io.taskstore.OutcomeUnknownException;
import io.taskstore.StorageBusyException;
import io.taskstore.StorageFailedException;
import io.taskstore.StorageFullException;
import io.taskstore.StorageUnavailableException;
import io.taskstore.TaskStoreException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.jdbi.v3.core.ConnectionException;
import org.jspecify.annotations.Nullable;

/**
 * What an error of a database means to a caller: SQLite's by its result code, since it has no SQL state for most, and
 * PostgreSQL's by its SQL state. Its own text never reaches a message of ours, for it may quote values; it is in the cause.
 */
final class Failures {

    private static final String UNREACHABLE =
            "the database cannot be reached; is it running, and are host and port right?";

    /** The driver's own exceptions: others of its package have no code. */
    private static final String SQLITE = "org.sqlite.";

    private static final int PRIMARY_CODE = 0xff;

    private static final int SQLITE_ERROR = 1;
    private static final int SQLITE_BUSY = 5;
    private static final int SQLITE_LOCKED = 6;
    private static final int SQLITE_NOMEM = 7;
    private static final int SQLITE_READONLY = 8;
    private static final int SQLITE_IOERR = 10;
    private static final int SQLITE_CORRUPT = 11;
    private static final int SQLITE_FULL = 13;
    private static final int SQLITE_CANTOPEN = 14;
    private static final int SQLITE_NOTADB = 26;

    private Failures() {}

    /** {@return what to throw for a statement that failed; its transaction was or will be rolled back} */
    static TaskStoreException ofStatement(Call call, Throwable thrown) {
        if (thrown instanceof TaskStoreException known) {
            return known;
        }
        SQLException error = sqlException(thrown);
        if (error == null) {
            return new StorageFailedException(failed(call, "see the cause"), thrown);
        }
        if (error.getClass().getName().startsWith(SQLITE)) {
            return ofSqlite(call, error);
        } else if (error instanceof SQLTransientConnectionException) {
            return ofPool(call, error);
        } else if (error.getSQLState() != null) {
            return ofState(call, error);
        } else if (error.getErrorCode() != 0) {
            return ofSqlite(call, error);
        }
        return thrown instanceof ConnectionException
                ? new StorageUnavailableException(
                        failed(call, "no connection can be had from the pool; was it closed?"), error)
                : new StorageFailedException(failed(call, "see the cause"), error);
    }

    /** {@return what to throw for a commit that failed} */
    static TaskStoreException ofCommit(Call call, Throwable thrown) {
        SQLException error = sqlException(thrown);
        boolean rolledBack = error != null && isRolledBack(error.getSQLState());
        return rolledBack ? ofStatement(call, thrown) : new OutcomeUnknownException(call.name(), call.ids(), thrown);
    }

    /** {@return what to throw for a statement that failed and would have committed itself} */
    static TaskStoreException ofLoneStatement(Call call, Throwable thrown) {
        TaskStoreException failure = ofStatement(call, thrown);
        SQLException error = sqlException(thrown);
        boolean unknown = error != null && isConnectionLost(error.getSQLState());
        return unknown ? new OutcomeUnknownException(call.name(), call.ids(), thrown) : failure;
    }

    /** {@return what to throw for something that was thrown inside a call: what a port throws by its contract as it is} */
    static RuntimeException told(Call call, RuntimeException thrown) {
        return isOfDatabase(thrown) ? ofStatement(call, thrown) : thrown;
    }

    static boolean isOfDatabase(Throwable thrown) {
        return sqlException(thrown) != null;
    }

    /** {@return whether SQLite cannot go on with the transaction: neither a constraint nor a mistake in the SQL} */
    static boolean endsTransaction(Throwable thrown) {
        SQLException error = sqlException(thrown);
        int code = error == null ? 0 : error.getErrorCode() & PRIMARY_CODE;
        return switch (code) {
            case SQLITE_BUSY,
                    SQLITE_LOCKED,
                    SQLITE_NOMEM,
                    SQLITE_READONLY,
                    SQLITE_IOERR,
                    SQLITE_CORRUPT,
                    SQLITE_FULL,
                    SQLITE_CANTOPEN,
                    SQLITE_NOTADB -> true;
            default -> false;
        };
    }

    /**
     * {@return whether the transaction met others in a way that another try may not: it was the victim of a deadlock, or
     * somebody else took a unique key between its look and its write, which the next look will see}
     */
    static boolean isWorthAnotherTry(Throwable thrown) {
        SQLException error = sqlException(thrown);
        String state = error == null ? null : error.getSQLState();
        return "40001".equals(state) || "40P01".equals(state) || "23505".equals(state);
    }

    static boolean isSqliteBusy(Throwable thrown) {
        SQLException error = sqlException(thrown);
        int code = error == null ? 0 : error.getErrorCode() & PRIMARY_CODE;
        return code == SQLITE_BUSY || code == SQLITE_LOCKED;
    }

    static boolean isMissingTable(Throwable thrown) {
        SQLException error = sqlException(thrown);
        // SQLite has one code for all that is wrong with a statement, and ours are right but for what they are about
        return error != null
                && ("42P01".equals(error.getSQLState()) || (error.getErrorCode() & PRIMARY_CODE) == SQLITE_ERROR);
    }

    /** {@return whether a rollback was refused because SQLite has rolled back already} */
    static boolean isNothingToRollBack(Throwable thrown) {
        SQLException error = sqlException(thrown);
        return error != null && (error.getErrorCode() & PRIMARY_CODE) == SQLITE_ERROR;
    }

    static @Nullable SQLException sqlException(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException error) {
                return error;
            }
        }
        return null;
    }

    /** The server said no; a commit that it refuses is a rollback. */
    private static boolean isRolledBack(@Nullable String state) {
        return state != null && !isConnectionLost(state);
    }

    private static boolean isConnectionLost(@Nullable String state) {
        return state != null && (state.startsWith("08") || state.startsWith("57P"));
    }

    private static TaskStoreException ofSqlite(Call call, SQLException error) {
        // the driver cuts the code to its first byte, and its message begins with the name of the whole
        if (String.valueOf(error.getMessage()).startsWith("[SQLITE_BUSY_SNAPSHOT]")) {
            return new StorageBusyException(
                    failed(
                            call,
                            "the transaction had read before others wrote; begin it with transaction_mode=IMMEDIATE, or write"
                                    + " first"),
                    error);
        }
        int code = error.getErrorCode() & PRIMARY_CODE;
        return switch (code) {
            case SQLITE_BUSY, SQLITE_LOCKED ->
                new StorageBusyException(
                        failed(
                                call,
                                "the database is locked by another connection; try again, or look for a long"
                                        + " transaction"),
                        error);
            case SQLITE_FULL ->
                new StorageFullException(
                        failed(call, "the disk is full, or the database has reached its limit"), error);
            case SQLITE_READONLY ->
                new StorageUnavailableException(failed(call, "the database file is read-only"), error);
            case SQLITE_IOERR ->
                new StorageUnavailableException(failed(call, "the database file could not be read or written"), error);
            case SQLITE_CANTOPEN ->
                new StorageUnavailableException(failed(call, "the database file could not be opened"), error);
            case SQLITE_CORRUPT, SQLITE_NOTADB ->
                new StorageFailedException(
                        failed(call, "the file is not a SQLite database, or it is damaged; restore a backup"), error);
            default -> new StorageFailedException(failed(call, "SQLite says error " + error.getErrorCode()), error);
        };
    }

    private static TaskStoreException ofState(Call call, SQLException error) {
        String state = String.valueOf(error.getSQLState());
        if (isConnectionLost(state)) {
            return new StorageUnavailableException(failed(call, UNREACHABLE), error);
        } else if (state.startsWith("40") || state.equals("55P03") || state.equals("57014") || state.equals("53300")) {
            return new StorageBusyException(failed(call, "others hold what it needs; try again"), error);
        } else if (state.equals("53100")) {
            return new StorageFullException(failed(call, "the disk of the database is full"), error);
        } else if (state.equals("25006")) {
            return new StorageUnavailableException(failed(call, "the database is read-only"), error);
        } else if (state.startsWith("28") || state.equals("3D000")) {
            return new StorageUnavailableException(
                    failed(call, "the database refused the connection; look at user, password and name"), error);
        }
        return new StorageFailedException(
                failed(
                        call,
                        state.equals("25P02")
                                ? "a statement before it failed in the same transaction, of which nothing can be committed;"
                                        + " let that exception pass"
                                : "PostgreSQL says SQL state " + state),
                error);
    }

    /** A pool gives up after many tries, and tells why the last one failed. */
    private static TaskStoreException ofPool(Call call, SQLException error) {
        if (error.getCause() instanceof SQLException last && last.getSQLState() != null) {
            return ofState(call, last);
        } else if (error.getCause() instanceof SQLException last) {
            return ofStatement(call, last);
        }
        return error.getCause() == null
                ? new StorageBusyException(
                        failed(call, "all connections of the pool are in use; make it larger, or calls shorter"), error)
                : new StorageUnavailableException(failed(call, UNREACHABLE), error);
    }

    private static String failed(Call call, String why) {
        return call.name() + " failed: " + why;
    }
}
