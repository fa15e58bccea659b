package io.taskstore.crash;

import org.jspecify.annotations.Nullable;
import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;
import org.slf4j.helpers.NOPMDCAdapter;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/**
 * The logging of these processes: what is said at WARN and above goes to standard error, and Flyway's lines tell of the points
 * that lie in a migration, which connects without asking for a driver by its URL.
 */
public final class LogPoints implements SLF4JServiceProvider {

    private static final String FLYWAY = "org.flywaydb.";
    private static volatile @Nullable Points points;

    private final IMarkerFactory markers = new BasicMarkerFactory();
    private final MDCAdapter mdc = new NOPMDCAdapter();

    /** Is called by slf4j, which finds it by its name. */
    public LogPoints() {}

    /** Tells these points from now on. */
    static void tell(Points armed) {
        points = armed;
    }

    @Override
    public ILoggerFactory getLoggerFactory() {
        return Logger::new;
    }

    @Override
    public IMarkerFactory getMarkerFactory() {
        return markers;
    }

    @Override
    public MDCAdapter getMDCAdapter() {
        return mdc;
    }

    @Override
    public String getRequestedApiVersion() {
        return "2.0.99";
    }

    @Override
    public void initialize() {
        // there is nothing to be prepared
    }

    /** The logger of one name. */
    private static final class Logger extends LegacyAbstractLogger {

        Logger(String name) {
            this.name = name;
        }

        @Override
        protected @Nullable String getFullyQualifiedCallerName() {
            return null;
        }

        @Override
        protected void handleNormalizedLoggingCall(
                Level level,
                @Nullable Marker marker,
                String message,
                Object @Nullable [] arguments,
                @Nullable Throwable throwable) {
            String text = MessageFormatter.basicArrayFormat(message, arguments);
            if (level.compareTo(Level.WARN) <= 0) {
                System.err.println(level + " " + name + " " + text + (throwable == null ? "" : " " + throwable));
            }
            Points armed = points;
            if (armed != null && name.startsWith(FLYWAY)) {
                tell(armed, text);
            }
        }

        private static void tell(Points armed, String text) {
            if (text.startsWith("Creating Schema History table")) {
                armed.reached(Point.BEFORE_MIGRATION);
            } else if (text.startsWith("Migrating schema")) {
                armed.entered(Point.IN_MIGRATION);
            } else if (text.startsWith("Successfully applied")) {
                armed.reached(Point.AFTER_MIGRATION);
            }
        }

        @Override
        public boolean isTraceEnabled() {
            return false;
        }

        @Override
        public boolean isDebugEnabled() {
            return false;
        }

        @Override
        public boolean isInfoEnabled() {
            return points != null && name.startsWith(FLYWAY);
        }

        @Override
        public boolean isWarnEnabled() {
            return true;
        }

        @Override
        public boolean isErrorEnabled() {
            return true;
        }
    }
}
