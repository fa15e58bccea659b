package io.taskstore.crash;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A guard taken out of the library.
 *
 * @param name what is missing then
 * @param file where it is, from the root of the project
 * @param edits what takes it out; more than one where one guard stands behind another
 * @param module whose tests are to catch it
 * @param tests which of them, as Surefire takes it
 */
record Mutant(String name, Path file, List<Edit> edits, String module, String tests) {

    /**
     * One place.
     *
     * @param guard the text, which is there exactly once
     * @param without what is written in its place
     */
    record Edit(String guard, String without) {

        String in(String text) {
            int at = text.indexOf(guard);
            if (at < 0 || text.indexOf(guard, at + 1) >= 0) {
                throw new IllegalStateException("does not fit any more: it is there not once: " + guard);
            }
            return text.substring(0, at) + without + text.substring(at + guard.length());
        }
    }

    /** {@return the same with another guard taken out in the same file} */
    Mutant and(String guard, String without) {
        List<Edit> more = new ArrayList<>(edits);
        more.add(new Edit(guard, without));
        return new Mutant(name, file, List.copyOf(more), module, tests);
    }

    /** What there was before is put back when this is closed. */
    interface Planted extends AutoCloseable {
        @Override
        void close() throws IOException;
    }

    Planted plantIn(Path project) throws IOException {
        Path source = project.resolve(file);
        String text = Files.readString(source);
        String edited = text;
        for (Edit edit : edits) {
            edited = edit.in(edited);
        }
        Files.writeString(source, edited);
        return () -> Files.writeString(source, text);
    }
}
