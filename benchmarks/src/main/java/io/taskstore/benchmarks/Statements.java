package io.taskstore.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Counts the statements of this library by the log it writes of them, which slows everything down a little. */
final class Statements {

    private final Path log;

    private Statements(Path log) {
        this.log = log;
    }

    /** Has them written down from now on; to be called before anything is logged. */
    static void log() throws IOException {
        Path log = Files.createTempFile("taskstore", ".log");
        log.toFile().deleteOnExit();
        System.setProperty("org.slf4j.simpleLogger.logFile", log.toString());
        System.setProperty("org.slf4j.simpleLogger.log.io.taskstore.jdbi.sql", "debug");
    }

    /** {@return those that are being written down} */
    static Statements logged() {
        return new Statements(Path.of(System.getProperty("org.slf4j.simpleLogger.logFile", "")));
    }

    /** {@return how many there were so far} */
    long count() throws IOException {
        try (Stream<String> lines = Files.lines(log)) {
            return lines.filter(line -> line.contains("io.taskstore.jdbi.sql")).count();
        }
    }
}
