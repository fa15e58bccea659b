package io.taskstore.crash;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A guard taken out of the library.
 *
 * @param name what is missing then
 * @param edits what takes it out; more than one where one guard stands behind another
 * @param module whose tests are to catch it
 * @param tests which of them, as Surefire takes it
 */
record Mutant(String name, List<Edit> edits, String module, String tests) {

    /**
     * One place.
     *
     * @param file where it is, from the root of the project
     * @param guard the text, which is there exactly once
     * @param without what is written in its place
     */
    record Edit(Path file, String guard, String without) {

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
        return and(edits.get(edits.size() - 1).file(), guard, without);
    }

    /** {@return the same with a guard taken out in another file of the same folder} */
    Mutant andIn(String other, String guard, String without) {
        return and(edits.get(0).file().resolveSibling(other), guard, without);
    }

    private Mutant and(Path file, String guard, String without) {
        List<Edit> more = new ArrayList<>(edits);
        more.add(new Edit(file, guard, without));
        return new Mutant(name, List.copyOf(more), module, tests);
    }

    /** What there was before is put back when this is closed. */
    interface Planted extends AutoCloseable {
        @Override
        void close() throws IOException;
    }

    Planted plantIn(Path project) throws IOException {
        Map<Path, String> before = new LinkedHashMap<>();
        Map<Path, String> after = new LinkedHashMap<>();
        for (Edit edit : edits) {
            Path source = project.resolve(edit.file());
            String text = after.containsKey(source) ? after.get(source) : Files.readString(source);
            before.putIfAbsent(source, text);
            after.put(source, edit.in(text));
        }
        write(after);
        return () -> write(before);
    }

    private static void write(Map<Path, String> texts) throws IOException {
        for (Map.Entry<Path, String> text : texts.entrySet()) {
            Files.writeString(text.getKey(), text.getValue());
        }
    }
}
