package io.taskstore.inmemory;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import io.taskstore.LogLevel;
import io.taskstore.RunScope;
import io.taskstore.TaskRun;

/**
 * An appender of Logback that writes what a handler logs through slf4j into the log of its run. What other threads log it
 * leaves out, and so it does with what is logged while a line is being written down.
 *
 * <pre>{@code
 * <appender name="RUN" class="io.taskstore.inmemory.RunLogAppender"/>
 * <root level="INFO"><appender-ref ref="RUN"/></root>
 * }</pre>
 *
 * <p>It is the only class of this module that needs Logback, which the host brings.
 */
public final class RunLogAppender extends UnsynchronizedAppenderBase<ILoggingEvent> {

    /** Is there while the thread writes a line down. */
    private final ThreadLocal<Boolean> writing = new ThreadLocal<>();

    /** Makes an appender that is to be started, as Logback does with those that are named in its configuration. */
    public RunLogAppender() {}

    @Override
    protected void append(ILoggingEvent event) {
        RunScope.current().ifPresent(run -> write(run, event));
    }

    private void write(TaskRun run, ILoggingEvent event) {
        if (writing.get() != null) {
            return;
        }
        writing.set(true);
        try {
            run.log(level(event.getLevel()), text(event));
        } finally {
            writing.remove();
        }
    }

    private static LogLevel level(Level level) {
        if (level.isGreaterOrEqual(Level.ERROR)) {
            return LogLevel.ERROR;
        } else if (level.isGreaterOrEqual(Level.WARN)) {
            return LogLevel.WARN;
        }
        return level.isGreaterOrEqual(Level.INFO) ? LogLevel.INFO : LogLevel.DEBUG;
    }

    private static String text(ILoggingEvent event) {
        String message = String.valueOf(event.getFormattedMessage());
        IThrowableProxy thrown = event.getThrowableProxy();
        return thrown == null ? message : message + ": " + thrown.getClassName() + ": " + thrown.getMessage();
    }
}
