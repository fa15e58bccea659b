package io.taskstore.jdbi;

import io.taskstore.StorageUnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which file a database was opened in. A file that is deleted can be written to as long as it is open, and nobody would ever
 * see it again; so every transaction asks whether its file is still where it was, though not more often than needed. It is
 * thread-safe.
 */
final class FileIdentity {

    private static final long GOOD_FOR = Duration.ofMillis(100).toNanos();

    private final Path file;
    private final @Nullable Object key;

    /** When the file was seen in its place, by {@link System#nanoTime}. */
    private volatile long seen = System.nanoTime();

    private FileIdentity(Path file, @Nullable Object key) {
        this.file = file;
        this.key = key;
    }

    static FileIdentity of(Path file) {
        try {
            return new FileIdentity(file, keyOf(file));
        } catch (IOException e) {
            throw new StorageUnavailableException("open failed: the database file " + file + " is gone", e);
        }
    }

    /** {@return what tells the file from any other; null where the file system has no such thing} */
    private static @Nullable Object keyOf(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    }

    /** Throws if the file is gone, or another is in its place; looks if the last look was a while ago. */
    void check(Call call) {
        if (System.nanoTime() - seen > GOOD_FOR) {
            checkNow(call);
        }
    }

    void checkNow(Call call) {
        long now = System.nanoTime();
        try {
            if (!Objects.equals(key, keyOf(file))) {
                throw new StorageUnavailableException(
                        call.name() + " failed: another file is where the database file " + file
                                + " was; close the storage, and open it again if the new file is meant",
                        null);
            }
        } catch (NoSuchFileException e) {
            throw new StorageUnavailableException(
                    call.name() + " failed: the database file " + file
                            + " was deleted while it was open; put it back, or close the storage",
                    e);
        } catch (IOException e) {
            throw new StorageUnavailableException(
                    call.name() + " failed: the database file " + file + " cannot be looked at", e);
        }
        seen = now;
    }
}
