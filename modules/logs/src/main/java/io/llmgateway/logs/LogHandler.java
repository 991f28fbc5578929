package io.llmgateway.logs;

import io.llmgateway.settings.LogLevel;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.jspecify.annotations.Nullable;

/**
 * The one handler of {@code java.util.logging}: puts records into words at once, since their parameters may change, and
 * hands them on. Thread-safe.
 */
final class LogHandler extends Handler {
    private static final int LONGEST_MESSAGE = 8 * 1024;
    private static final int LONGEST_TRACE = 32 * 1024;

    private final LineWriter writer;
    private final Words words = new Words();

    LogHandler(LineWriter writer) {
        this.writer = writer;
        setLevel(Level.ALL);
    }

    @Override
    public void publish(LogRecord logged) {
        if (!isLoggable(logged)) {
            return;
        }
        LogLevel level = level(logged.getLevel());
        String logger = logged.getLoggerName();
        Line.Said said = new Line.Said(
                logged.getInstant(),
                level,
                logger == null ? "" : logger,
                bounded(message(logged), LONGEST_MESSAGE),
                trace(logged.getThrown()));
        writer.offer(said);
        if (level == LogLevel.ERROR) {
            writer.hurry();
        }
    }

    private String message(LogRecord logged) {
        try {
            return String.valueOf(words.formatMessage(logged));
        } catch (RuntimeException e) {
            // a parameter that cannot print itself
            return String.valueOf(logged.getMessage());
        }
    }

    private static @Nullable String trace(@Nullable Throwable thrown) {
        if (thrown == null) {
            return null;
        }
        StringWriter text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text));
        return bounded(text.toString().strip(), LONGEST_TRACE);
    }

    private static String bounded(String text, int longest) {
        return text.length() <= longest ? text : text.substring(0, longest) + "... (" + text.length() + " characters)";
    }

    private static LogLevel level(Level level) {
        int value = level.intValue();
        if (value >= Level.SEVERE.intValue()) {
            return LogLevel.ERROR;
        }
        if (value >= Level.WARNING.intValue()) {
            return LogLevel.WARN;
        }
        if (value >= Level.CONFIG.intValue()) {
            return LogLevel.INFO;
        }
        return value >= Level.FINE.intValue() ? LogLevel.DEBUG : LogLevel.TRACE;
    }

    @Override
    public void flush() {
        writer.hurry();
    }

    @Override
    public void close() {
        // the writer outlives the JVM's own shutdown of its loggers
    }

    /** Fills parameters in, as every formatter can. */
    private static final class Words extends Formatter {
        @Override
        public String format(LogRecord logged) {
            return formatMessage(logged);
        }
    }
}
