package io.llmgateway.settings;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * What is logged, how and where. Immutable, thread-safe.
 *
 * @param file where lines go; empty = to {@code output}
 * @param output where lines go without a file
 * @param format how a line looks
 * @param requests which requests leave a line
 * @param level how much the application's log says
 * @param levels other levels for some loggers and those below them, by their names
 * @param bodyLimit how much is kept of a body, for keys with {@code log-bodies}
 * @param rotation when a file is closed and a new one begun, and how long old ones are kept
 */
public record LoggingSettings(
        Optional<Path> file,
        Output output,
        Format format,
        Requests requests,
        LogLevel level,
        Map<String, LogLevel> levels,
        ByteSize bodyLimit,
        Rotation rotation) {
    /** Everything at its default. */
    public static final LoggingSettings DEFAULT = new LoggingSettings(
            Optional.empty(),
            Output.STDERR,
            Format.AUTO,
            Requests.ALL,
            LogLevel.INFO,
            Map.of(),
            ByteSize.ofKiB(16),
            Rotation.DEFAULT);

    public LoggingSettings {
        levels = Map.copyOf(levels);
    }

    /** A stream of the process. */
    public enum Output {
        /** Standard error. */
        STDERR,
        /** Standard output. */
        STDOUT
    }

    /** How a line looks. */
    public enum Format {
        /** Text on a terminal, JSON everywhere else. */
        AUTO,
        /** One JSON object per line. */
        JSON,
        /** For people. */
        TEXT
    }

    /** Which requests leave a line. */
    public enum Requests {
        /** Every request. */
        ALL,
        /** Those that failed, and those that only a second instance could serve. */
        FAILED,
        /** None. */
        OFF
    }

    /**
     * When a file is closed and a new one begun, and how long old ones are kept.
     *
     * @param size at this size; 1MiB to 100GiB
     * @param rotateEvery at multiples of this since midnight UTC; zero = never by time
     * @param maxFiles so many old files, 0 to 10,000; what is more is removed
     * @param maxAge old files are removed after so long; zero = never by age
     * @param compress whether old files are compressed
     */
    public record Rotation(ByteSize size, Duration rotateEvery, int maxFiles, Duration maxAge, boolean compress) {
        /** A day or 100 MiB, two weeks of days, a month at most. */
        public static final Rotation DEFAULT =
                new Rotation(ByteSize.ofMiB(100), Duration.ofDays(1), 14, Duration.ofDays(30), true);
    }
}
