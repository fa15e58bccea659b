package io.taskstore.crash;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The line that a test leaves behind, on standard output and in a table of its row.
 *
 * @param row what was tested
 * @param backend on which database
 * @param seed with which seed
 * @param detail what else there is to say
 * @param verdict what came of it
 */
record Report(String row, Backend backend, long seed, String detail, Verdict verdict) {

    private static final String HEAD = """
            | database | detail | tasks | repeated | kills | of open runs | taken p50 ms | taken max ms | resumed p50 ms \
            | resumed max ms | violations | seed |
            |---|---|---|---|---|---|---|---|---|---|---|---|
            """;

    static Report of(String row, Backend backend, long seed, Verdict verdict) {
        return new Report(row, backend, seed, "", verdict);
    }

    Report with(String more) {
        return new Report(row, backend, seed, more, verdict);
    }

    void write() throws IOException {
        String line =
                "| " + backend + " | " + detail + " | " + verdict.attempted().size() + " | "
                        + verdict.duplicated().size() + " | " + verdict.kills() + " | " + verdict.hits() + " | "
                        + Verdict.p50(verdict.taken()) + " | " + Verdict.max(verdict.taken()) + " | "
                        + Verdict.p50(verdict.resumed()) + " | " + Verdict.max(verdict.resumed()) + " | "
                        + verdict.violations().size() + " | " + seed + " |\n";
        Path file = Files.createDirectories(Path.of("target", "reliability")).resolve(row + ".md");
        if (!Files.exists(file)) {
            Files.writeString(file, HEAD);
        }
        Files.writeString(file, line, StandardOpenOption.APPEND);
        System.out.print(row + " " + line);
    }
}
