package io.llmgateway.logs;

import io.llmgateway.settings.LogLevel;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Sets how much each logger says. The general level is that of the gateway itself; libraries never say more than INFO
 * unless they are named, since at lower levels they print what they send. Thread-safe.
 */
final class Levels {
    private static final String OURS = "io.llmgateway";
    /** Libraries that are quieter than the rest: they report what the gateway answers and logs itself. */
    private static final Map<String, LogLevel> QUIET =
            Map.of("io.helidon", LogLevel.WARN, "io.helidon.webserver.http.ErrorHandlers", LogLevel.OFF);

    /** Loggers are held, or the JVM would forget them with their levels. */
    private final Map<String, Logger> held = new LinkedHashMap<>();

    synchronized void apply(LogLevel general, Map<String, LogLevel> others) {
        held.values().forEach(logger -> logger.setLevel(null));
        held.clear();
        boolean quiet = general.compareTo(LogLevel.INFO) < 0;
        Logger.getLogger("").setLevel(level(quiet ? general : LogLevel.INFO));
        set(OURS, general);
        QUIET.forEach((name, level) -> set(name, quiet && general.compareTo(level) < 0 ? general : level));
        others.forEach(this::set);
    }

    private void set(String name, LogLevel level) {
        Logger logger = Logger.getLogger(name);
        logger.setLevel(level(level));
        held.put(name, logger);
    }

    private static Level level(LogLevel level) {
        return switch (level) {
            case OFF -> Level.OFF;
            case ERROR -> Level.SEVERE;
            case WARN -> Level.WARNING;
            case INFO -> Level.INFO;
            case DEBUG -> Level.FINE;
            case TRACE -> Level.ALL;
        };
    }
}
