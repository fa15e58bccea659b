package io.taskstore;

import java.time.Instant;
import java.util.UUID;

/**
 * One line that a handler logged about its run.
 *
 * @param taskId the task
 * @param attempt the run
 * @param line its place among the lines of the run: 1, 2, 3 …
 * @param at when it was logged
 * @param level how much it matters
 * @param message what it says; cleaned and cut to 16,384 characters
 */
public record LogEntry(UUID taskId, int attempt, int line, Instant at, LogLevel level, String message) {

    private static final int LONGEST_MESSAGE = 16_384;

    /** Checks the numbers, and cleans and cuts the message. */
    public LogEntry {
        Check.given("LogEntry.taskId", taskId);
        Check.between("LogEntry.attempt", 1, Integer.MAX_VALUE, attempt);
        Check.between("LogEntry.line", 1, Integer.MAX_VALUE, line);
        at = Check.instant("LogEntry.at", at);
        Check.given("LogEntry.level", level);
        message = Text.clean(Check.given("LogEntry.message", message), LONGEST_MESSAGE);
    }
}
