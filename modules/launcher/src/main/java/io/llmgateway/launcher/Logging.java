package io.llmgateway.launcher;

import io.llmgateway.logs.Logs;
import io.llmgateway.settings.LoggingSettings;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.logging.ConsoleHandler;
import java.util.logging.Handler;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Sets the application's log up: one line per record on standard error until the configuration says otherwise.
 * Stateless.
 */
final class Logging {
    private static final String DEFAULTS = """
            .level=INFO
            io.helidon.level=WARNING
            io.helidon.webserver.http.ErrorHandlers.level=OFF
            java.util.logging.ConsoleHandler.level=ALL
            java.util.logging.ConsoleHandler.formatter=java.util.logging.SimpleFormatter
            java.util.logging.SimpleFormatter.format=%1$tFT%1$tT.%1$tL %4$s %3$s: %5$s%6$s%n
            """;

    private Logging() {}

    /** Begins to log as the configuration says. */
    static Logs open(LoggingSettings settings) {
        Logs logs = Logs.open(settings, Clock.systemUTC());
        logs.install();
        return logs;
    }

    /** Uses the defaults unless the JVM was given a logging configuration of its own. */
    static void configure() {
        if (System.getProperty("java.util.logging.config.file") != null) {
            return;
        }
        try {
            LogManager.getLogManager()
                    .readConfiguration(new ByteArrayInputStream(DEFAULTS.getBytes(StandardCharsets.UTF_8)));
            Logger.getLogger("").addHandler(new EarlyHandler());
        } catch (IOException e) {
            // the JVM's own defaults remain, nothing is lost
            System.err.println("warning: logging keeps the JVM's defaults: " + e.getMessage());
        }
    }

    /**
     * The JVM's handler, made when there is something to write: it tries its format out while it is made, with time
     * zones and number formats, which was a twentieth of a start that writes nothing with it. Thread-safe.
     */
    private static final class EarlyHandler extends Handler {
        private @Nullable ConsoleHandler console;

        @Override
        public synchronized void publish(LogRecord line) {
            if (console == null) {
                console = new ConsoleHandler();
            }
            console.publish(line);
        }

        @Override
        public synchronized void flush() {
            if (console != null) {
                console.flush();
            }
        }

        @Override
        public synchronized void close() {
            if (console != null) {
                console.close();
            }
        }
    }
}
