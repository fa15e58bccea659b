package io.taskstore.jdbi;

import io.taskstore.InvalidInputException;
import io.taskstore.StorageUnavailableException;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
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

    private static final String URI = "file:";

    /** What the connections of this library depend on, each in its own way. */
    private static final Set<String> OURS = Set.of(
            "busy_timeout",
            "foreign_keys",
            "journal_mode",
            "journal_size_limit",
            "locking_mode",
            "query_only",
            "read_uncommitted",
            "shared_cache",
            "synchronous",
            "temp_store",
            "transaction_mode");

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
        String place = query < 0 ? name : name.substring(0, query);
        List<String> parameters =
                query < 0 ? List.of() : List.of(name.substring(query + 1).split("&"));
        parameters.forEach(SqliteFile::check);
        if (place.isEmpty() || place.equals(":memory:") || place.equals("file::memory:")) {
            return new SqliteFile(Optional.empty());
        }
        // parameters may hold a key, so that they are not told
        if (place.startsWith(":resource:")) {
            throw new InvalidInputException(
                    "url", "that of a file or of :memory:, which can be written", PREFIX + place);
        }
        try {
            Path path = place.startsWith(URI) ? ofUri(place) : Path.of(place);
            return new SqliteFile(Optional.of(path.toAbsolutePath().normalize()));
        } catch (IllegalArgumentException e) {
            throw new InvalidInputException("url", "jdbc:sqlite: and the path of a file", PREFIX + place);
        }
    }

    private static void check(String parameter) {
        String name = parameter.split("=", 2)[0].toLowerCase(Locale.ROOT);
        if (OURS.contains(name)) {
            throw new InvalidInputException(
                    "url", "without " + name + ", which this library sets by itself", parameter);
        }
        if (List.of("mode=memory", "vfs=memdb", "cache=shared").contains(parameter.toLowerCase(Locale.ROOT))) {
            throw new InvalidInputException(
                    "url", "that of a file, or jdbc:sqlite::memory: for a database in memory of its own", parameter);
        }
    }

    /** As SQLite itself reads it: {@code file:path}, {@code file:///path} or {@code file://localhost/path}, with escapes. */
    private static Path ofUri(String place) {
        String rest = place.substring(URI.length());
        int end = rest.indexOf('#');
        String path = end < 0 ? rest : rest.substring(0, end);
        if (path.startsWith("//")) {
            path = path.substring(Math.max(2, path.indexOf('/', 2)));
        }
        return Path.of(URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8));
    }

    /** {@return a URL for the file, whatever its name} */
    static String url(Path path) {
        return PREFIX
                + URI
                + path.toString().replace("%", "%25").replace("?", "%3F").replace("#", "%23");
    }

    boolean isInMemory() {
        return path.isEmpty();
    }

    /**
     * Creates folders and file unless they exist, the file for its owner alone: payloads may be anybody's data. Who does not
     * create the schema creates no file either.
     */
    void create(Migration migration) {
        Path file = path.orElseThrow();
        if (migration != Migration.APPLY && Files.notExists(file)) {
            throw new StorageUnavailableException(
                    "open failed: there is no database file " + file + "; open it once with Migration.APPLY", null);
        }
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
                    "open failed: the database file " + file
                            + " cannot be created; is its folder there, and may this user write to it?",
                    e);
        }
        if (Files.isDirectory(file)) {
            throw new StorageUnavailableException("open failed: " + file + " is a folder; name a file in it", null);
        }
        if (!Files.isReadable(file) || !Files.isWritable(file)) {
            throw new StorageUnavailableException(
                    "open failed: this user may not read and write the database file " + file, null);
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

    /** Creates a file for its owner alone, unless it is there. */
    static void createFile(Path file) throws IOException {
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
