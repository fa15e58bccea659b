package io.taskstore.jdbi;

import io.taskstore.StorageUnavailableException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The proof that this process is alive: a small file beside the database, on which the process has a lock that the kernel
 * drops with it, however it dies. The file is opened once and never touched again, because closing any other opening of it
 * in this process would drop the lock.
 *
 * @param process the name of the process in the database
 * @param file the file
 * @param channel keeps the lock
 */
record ProcessLock(UUID process, Path file, FileChannel channel) {

    private static final Logger LOG = LoggerFactory.getLogger(TaskDatabase.class);
    private static final String INFIX = "-process-";
    private static final Duration YOUNG = Duration.ofMinutes(1);

    /** What a look at the lock of another process tells. */
    enum Proof {
        ALIVE,
        DEAD,
        /** There is no lock file, or it cannot be read, or its lock was lost while the process goes on. */
        UNKNOWN
    }

    static ProcessLock take(Path database, UUID process) {
        Path file = fileOf(database, process);
        return LibraryThread.call("lock", () -> {
            try {
                SqliteFile.createFile(file);
                FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
                if (channel.tryLock() == null) {
                    channel.close();
                    throw new IOException("another process has the lock");
                }
                return new ProcessLock(process, file, channel);
            } catch (IOException e) {
                throw new StorageUnavailableException(
                        "open failed: the file " + file
                                + ", by which other processes see that this one is alive, cannot be"
                                + " created and locked",
                        e);
            }
        });
    }

    private static Path fileOf(Path database, UUID process) {
        return database.resolveSibling(database.getFileName() + INFIX + process);
    }

    /**
     * {@return whether another process is alive}
     *
     * @param pid its number, and when it was started, by which a lock that was lost is told from a death
     */
    static Proof prove(Path database, UUID process, long pid, Instant started) {
        Path file = fileOf(database, process);
        return LibraryThread.call("prover", () -> {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                FileLock lock = channel.tryLock();
                if (lock == null) {
                    return Proof.ALIVE;
                }
                return isRunning(pid, started) ? Proof.UNKNOWN : Proof.DEAD;
            } catch (OverlappingFileLockException e) {
                return Proof.ALIVE;
            } catch (NoSuchFileException e) {
                return Proof.UNKNOWN;
            } catch (IOException e) {
                LOG.debug(
                        "the lock file {} cannot be looked at: {}",
                        file,
                        e.getClass().getName());
                return Proof.UNKNOWN;
            }
        });
    }

    private static boolean isRunning(long pid, Instant started) {
        return ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .flatMap(process -> process.info().startInstant())
                .filter(started::equals)
                .isPresent();
    }

    /**
     * Removes the files of processes that died without the database ever knowing a worker of theirs, or any more. A young
     * file may be about to be locked.
     *
     * @param known the processes whose files are needed, ours among them: it may not be opened
     */
    static void removeStray(Path database, Set<UUID> known, Instant now) {
        String prefix = database.getFileName() + INFIX;
        LibraryThread.call("stray", () -> {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(
                    Objects.requireNonNull(database.toAbsolutePath().getParent()),
                    path -> path.getFileName().toString().startsWith(prefix))) {
                for (Path file : files) {
                    if (!known.contains(process(file, prefix)) && isOld(file, now) && isUnlocked(file)) {
                        Files.deleteIfExists(file);
                    }
                }
            } catch (IOException | DirectoryIteratorException e) {
                LOG.debug("lock files of dead processes stay: {}", e.getClass().getName());
            }
            return true;
        });
    }

    private static @Nullable UUID process(Path file, String prefix) {
        try {
            return UUID.fromString(file.getFileName().toString().substring(prefix.length()));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static boolean isOld(Path file, Instant now) throws IOException {
        return Files.getLastModifiedTime(file).toInstant().isBefore(now.minus(YOUNG));
    }

    private static boolean isUnlocked(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    /** Removes the file of a process that is dead. */
    static void remove(Path database, UUID process) {
        try {
            Files.deleteIfExists(fileOf(database, process));
        } catch (IOException e) {
            LOG.debug(
                    "the lock file of process {} cannot be deleted: {}",
                    process,
                    e.getClass().getName());
        }
    }

    /**
     * Drops the lock.
     *
     * @param forGood whether the file is deleted; otherwise it stays, for others to see that this process is gone
     */
    void close(boolean forGood) {
        LibraryThread.call("unlock", () -> {
            try {
                if (forGood) {
                    Files.deleteIfExists(file);
                }
            } finally {
                channel.close();
            }
            return true;
        });
    }
}
