package io.taskstore.crash;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/**
 * How processes are started: the class path of this one, with folders packed into jars, and an archive of the loaded classes,
 * since more than half the time of a start goes into loading them. The archive is made once, by a process that ends in good
 * order; jars are what it asks for.
 */
final class Launch {

    private static final List<String> OPTIONS =
            List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx64m", "-Xlog:cds=off", "-Xlog:cds+dynamic=off");

    private final Path archive;
    private final String classPath;

    private Launch(Path archive, String classPath) {
        this.archive = archive;
        this.classPath = classPath;
    }

    /** {@return how to start processes, with what that needs in the folder, which is empty} */
    static Launch in(Path given) throws IOException {
        Path folder = given.toAbsolutePath();
        List<String> entries = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            Path path = Path.of(entry);
            if (Files.isDirectory(path)) {
                entries.add(jar(path, folder.resolve("classes-" + entries.size() + ".jar"))
                        .toString());
            } else if (Files.exists(path)) {
                entries.add(entry);
            }
        }
        return new Launch(folder.resolve("classes.jsa"), String.join(File.pathSeparator, entries));
    }

    private static Path jar(Path classes, Path jar) throws IOException {
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(out);
                Stream<Path> files = Files.walk(classes)) {
            // folders too: Flyway looks for its scripts by them
            for (Path file :
                    files.filter(file -> !file.equals(classes)).sorted().toList()) {
                String name = classes.relativize(file).toString().replace(File.separatorChar, '/');
                boolean isFolder = Files.isDirectory(file);
                entries.putNextEntry(new JarEntry(isFolder ? name + "/" : name));
                if (!isFolder) {
                    Files.copy(file, entries);
                }
                entries.closeEntry();
            }
        }
        return jar;
    }

    /** Starts a process that ends with the parent. */
    Process start(Orders orders, long parent) {
        return start(List.of(), orders, parent, sharing());
    }

    /** Starts a process none of whose files may grow beyond so many blocks of 512 bytes. */
    Process startLimited(Orders orders, long parent, int blocks) {
        List<String> limiting = List.of("sh", "-c", "ulimit -f " + blocks + " && exec \"$0\" \"$@\"");
        return start(limiting, orders, parent, sharing());
    }

    private String sharing() {
        return Files.exists(archive) ? "-XX:SharedArchiveFile=" + archive : "-Xshare:auto";
    }

    /** Starts the process that leaves the archive behind when it is told to stop. */
    Process startArchiving(Orders orders) {
        return start(List.of(), orders, ProcessHandle.current().pid(), "-XX:ArchiveClassesAtExit=" + archive);
    }

    /** Starts a process by the words before its own command. */
    private Process start(List<String> before, Orders orders, long parent, String sharing) {
        List<String> command = new ArrayList<>(before);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(OPTIONS);
        command.add(sharing);
        command.add("-D" + Victim.PARENT + "=" + parent);
        // a process that is killed leaves its copy of the native library behind
        command.add("-Dorg.sqlite.tmpdir=" + orders.journal().getParent());
        if (Runtime.version().feature() >= 24) {
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        command.addAll(List.of("-cp", classPath, Victim.class.getName()));
        command.addAll(orders.arguments());
        try {
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(orders.output().toFile())
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
