package io.taskstore;

/** How much a line that a handler logs matters, the least first. */
public enum LogLevel {
    /** Of use to whoever looks for the cause of something. */
    DEBUG,
    /** What happened. */
    INFO,
    /** Something that should not be, and that the run survives. */
    WARN,
    /** Something that went wrong. */
    ERROR
}
