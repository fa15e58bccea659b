package io.taskstore.jdbi;

import io.taskstore.InvalidInputException;
import io.taskstore.StorageUnavailableException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What the URL of a SQLite database names: a file, or a place in memory.
 *
 * @param path the file; empty in memory
 */
record SqliteFile(Optional<Path> path) {

    static final String PREFIX = "jdbc:sqlite:";

    private static final Set<String> NETWORK = Set.of(
            "nfs",
            "nfs4",
            "cifs",
            "smb",
            "smbfs",
            "smb2",
            "smb3",
            "9p",
            "afs",
            "ceph",
            "glusterfs",
            "fuse.sshfs",
            "lustre");

    static SqliteFile of(String url) {
        String name = url.substring(PREFIX.length());
        int query = name.indexOf('?');
        String parameters = query < 0 ? "" : name.substring(query + 1).toLowerCase(Locale.ROOT);
        String place = query < 0 ? name : name.substring(0, query);
        if (place.isEmpty() || place.equals(":memory:") || place.equals("file::memory:")) {
            return new SqliteFile(Optional.empty());
        }
        if (parameters.contains("mode=memory") || parameters.contains("vfs=memdb")) {
            throw new InvalidInputException(
                    "url", "jdbc:sqlite::memory: for a database in memory, which is nobody else's", url);
        }
        if (place.startsWith(":resource:")) {
            throw new InvalidInputException("url", "that of a file or of :memory:, which can be written", url);
        }
        try {
            return new SqliteFile(
                    Optional.of(Path.of(place.startsWith("file:") ? place.substring("file:".length()) : place)
                            .toAbsolutePath()
                            .normalize()));
        } catch (InvalidPathException e) {
            throw new InvalidInputException("url", "jdbc:sqlite: and the path of a file", url);
        }
    }

    boolean isInMemory() {
        return path.isEmpty();
    }

    /** Creates folders and file unless they exist, the file for its owner alone: payloads may be anybody's data. */
    void create() {
        Path file = path.orElseThrow();
        try {
            Path folder = file.getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            if (folder != null) {
                refuseNetwork(file, Files.getFileStore(folder).type());
            }
            if (Files.notExists(file)) {
                createFile(file);
            }
        } catch (IOException e) {
            throw new StorageUnavailableException(
                    "the database file " + file
                            + " cannot be created; is its folder there, and may this user write to it?",
                    e);
        }
        if (Files.isDirectory(file)) {
            throw new StorageUnavailableException(file + " is a folder; name a file in it", null);
        }
        if (!Files.isReadable(file) || !Files.isWritable(file)) {
            throw new StorageUnavailableException("this user may not read and write the database file " + file, null);
        }
    }

    static void refuseNetwork(Path file, String type) {
        if (NETWORK.contains(type.toLowerCase(Locale.ROOT))) {
            throw new StorageUnavailableException(
                    "open failed: " + file + " is on a file system of type " + type
                            + ", which other machines share; SQLite's locks do not work there: use a local disk, or"
                            + " PostgreSQL",
                    null);
        }
    }

    private static void createFile(Path file) throws IOException {
        try {
            if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                Files.createFile(
                        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            } else {
                Files.createFile(file);
            }
        } catch (FileAlreadyExistsException e) {
            // another process was quicker
            return;
        }
    }
}
