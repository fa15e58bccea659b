package io.taskstore.crash;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A guard taken out of the library.
 *
 * @param name what is missing then
 * @param file where it is, from the root of the project
 * @param guard the text, which is there exactly once
 * @param without what is written in its place
 * @param module whose tests are to catch it
 * @param tests which of them, as Surefire takes it
 */
record Mutant(String name, Path file, String guard, String without, String module, String tests) {

    /** What there was before is put back when this is closed. */
    interface Planted extends AutoCloseable {
        @Override
        void close() throws IOException;
    }

    Planted plantIn(Path project) throws IOException {
        Path source = project.resolve(file);
        String text = Files.readString(source);
        int at = text.indexOf(guard);
        if (at < 0 || text.indexOf(guard, at + 1) >= 0) {
            throw new IllegalStateException(
                    "the mutant '" + name + "' does not fit any more: " + file + " has its text not once");
        }
        Files.writeString(source, text.substring(0, at) + without + text.substring(at + guard.length()));
        return () -> Files.writeString(source, text);
    }
}
