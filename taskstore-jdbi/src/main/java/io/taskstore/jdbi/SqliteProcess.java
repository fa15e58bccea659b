package io.taskstore.jdbi;

import io.taskstore.StorageUnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What this process has open of one SQLite file, whatever the number of {@link TaskDatabase}s: one lock and one writer, since
 * a second writer of the same process would only wait for the first, and a second lock would drop the first. It is
 * thread-safe.
 */
final class SqliteProcess {

    private static final Map<Path, SqliteProcess> OPEN = new HashMap<>();
    private static final String MARK = "io.taskstore.sqlite.";

    private final @Nullable Path file;
    private final UUID id = UUID.randomUUID();
    private final Instant started =
            ProcessHandle.current().info().startInstant().orElse(Instant.EPOCH).truncatedTo(ChronoUnit.MICROS);

    /** All guarded by {@link #OPEN}. */
    private final Set<UUID> owners = new HashSet<>();

    private @Nullable FileIdentity identity;
    private @Nullable ProcessLock lock;
    private @Nullable SqliteWriter writer;
    private boolean isClean = true;

    private SqliteProcess(@Nullable Path file) {
        this.file = file;
    }

    /** How the writer is made, for the first that opens the file. */
    interface NewWriter {
        SqliteWriter make(@Nullable FileIdentity file);
    }

    /** {@return what is open of a database in memory, which nobody shares} */
    static SqliteProcess inMemory(UUID owner, NewWriter newWriter) {
        SqliteProcess process = new SqliteProcess(null);
        synchronized (OPEN) {
            process.owners.add(owner);
            process.writer = newWriter.make(null);
        }
        return process;
    }

    /** {@return what is open of the file, opened now or before} */
    static SqliteProcess of(Path path, UUID owner, NewWriter newWriter) {
        Path file = canonical(path);
        synchronized (OPEN) {
            SqliteProcess known = OPEN.get(file);
            if (known == null) {
                refuseOtherClassLoader(file);
                known = new SqliteProcess(file);
                try {
                    known.identity = FileIdentity.of(file);
                    known.lock = ProcessLock.take(file, known.id);
                } catch (RuntimeException e) {
                    System.getProperties().remove(MARK + file);
                    throw e;
                }
                known.writer = newWriter.make(known.identity);
                OPEN.put(file, known);
            }
            known.owners.add(owner);
            return known;
        }
    }

    /** A new file where one was deleted that is still open here would be taken for it by some, and not by others. */
    static void refuseLost(Path path) {
        Path folder = path.getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            return;
        }
        FileIdentity known;
        synchronized (OPEN) {
            SqliteProcess process = OPEN.get(canonical(folder).resolve(path.getFileName()));
            known = process == null ? null : process.identity;
        }
        if (known != null) {
            known.checkNow(Call.of("open"));
        }
    }

    /** {@return the file as it was when it was opened; empty in memory} */
    Optional<FileIdentity> identity() {
        synchronized (OPEN) {
            return Optional.ofNullable(identity);
        }
    }

    private static Path canonical(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException e) {
            throw new StorageUnavailableException("open failed: the database file " + path + " is gone", e);
        }
    }

    /** Two copies of the native library in one process would drop each other's locks, and damage the file. */
    private static void refuseOtherClassLoader(Path file) {
        String mine = "loader-" + System.identityHashCode(SqliteProcess.class.getClassLoader());
        Object holder = System.getProperties().putIfAbsent(MARK + file, mine);
        if (holder != null && !holder.equals(mine)) {
            throw new StorageUnavailableException(
                    "open failed: " + file
                            + " is open in another class loader of this process, which would damage it; load"
                            + " the library and sqlite-jdbc once, in a class loader that both share",
                    null);
        }
    }

    UUID id() {
        return id;
    }

    long pid() {
        return ProcessHandle.current().pid();
    }

    Instant started() {
        return started;
    }

    Optional<Path> file() {
        return Optional.ofNullable(file);
    }

    SqliteWriter writer() {
        synchronized (OPEN) {
            return Objects.requireNonNull(writer);
        }
    }

    boolean isOpen(UUID owner) {
        synchronized (OPEN) {
            return owners.contains(owner);
        }
    }

    /**
     * Closes what nobody else uses.
     *
     * @param clean whether the database knows of no worker of this opening any more
     */
    void close(UUID owner, boolean clean) {
        SqliteWriter unused;
        ProcessLock unlocked;
        synchronized (OPEN) {
            isClean &= clean;
            if (!owners.remove(owner) || !owners.isEmpty()) {
                return;
            }
            if (file != null) {
                OPEN.remove(file);
            }
            unused = writer;
            unlocked = lock;
        }
        try {
            if (unused != null) {
                unused.close();
            }
        } finally {
            if (unlocked != null) {
                unlocked.close(isClean);
            }
            forget();
        }
    }

    private void forget() {
        synchronized (OPEN) {
            if (file != null && !OPEN.containsKey(file)) {
                System.getProperties().remove(MARK + file);
            }
        }
    }
}
