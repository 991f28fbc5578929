package io.llmgateway.logs;

import io.llmgateway.model.RequestEvent;
import io.llmgateway.settings.LoggingSettings;
import io.llmgateway.settings.LoggingSettings.Requests;
import java.time.Clock;
import java.util.Map;
import java.util.logging.Handler;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The log of the process: a line for every request and what the application says of itself, through one writer that
 * nobody waits for. Thread-safe.
 */
public final class Logs implements AutoCloseable {
    private static final String OWN_CONFIGURATION = "java.util.logging.config.file";

    private final @Nullable LineWriter writer;
    private final Levels levels = new Levels();
    private volatile LoggingSettings settings;
    private @Nullable LogHandler handler;

    private Logs(LoggingSettings settings, @Nullable LineWriter writer) {
        this.settings = settings;
        this.writer = writer;
    }

    /** Begins to write. A file that cannot be opened does not stop anybody: its lines are dropped and counted. */
    public static Logs open(LoggingSettings settings, Clock clock) {
        return new Logs(settings, new LineWriter(settings, clock));
    }

    /** Makes the lines of requests as {@link #open} does, and keeps none of them. */
    public static Logs unseen(Clock clock) {
        return new Logs(LoggingSettings.DEFAULT, new LineWriter(LoggingSettings.DEFAULT, clock, true));
    }

    /** Writes nothing. */
    public static Logs none() {
        LoggingSettings defaults = LoggingSettings.DEFAULT;
        return new Logs(
                new LoggingSettings(
                        defaults.file(),
                        defaults.output(),
                        defaults.format(),
                        Requests.OFF,
                        defaults.level(),
                        Map.of(),
                        defaults.bodyLimit(),
                        defaults.rotation()),
                null);
    }

    /**
     * Takes over what the application says of itself, in the whole process; what handled it before is set aside. Does
     * nothing when the JVM was given a logging configuration of its own.
     */
    public synchronized void install() {
        if (writer == null || handler != null || System.getProperty(OWN_CONFIGURATION) != null) {
            return;
        }
        Logger root = Logger.getLogger("");
        for (Handler earlier : root.getHandlers()) {
            root.removeHandler(earlier);
        }
        handler = new LogHandler(writer);
        root.addHandler(handler);
        levels.apply(settings.level(), settings.levels());
    }

    /** Goes on with other settings: levels, format, file, which requests. Nothing is lost between. */
    public synchronized void apply(LoggingSettings changed) {
        if (writer == null) {
            return;
        }
        settings = changed;
        writer.apply(changed);
        if (handler != null) {
            levels.apply(changed.level(), changed.levels());
        }
    }

    /** False when no request leaves a line. */
    public boolean watching() {
        return settings.requests() != Requests.OFF;
    }

    /** Takes note of a request that came to its end; never waits. */
    public void finished(RequestEvent event) {
        if (writer != null && wanted(event)) {
            writer.offer(Line.Request.of(event));
        }
    }

    private boolean wanted(RequestEvent event) {
        return switch (settings.requests()) {
            case ALL -> true;
            case FAILED -> event.ending().kind() != null || event.attempts().size() > 1;
            case OFF -> false;
        };
    }

    /** How many bytes of a body are kept when its key wants bodies in the log; 0 when no request is logged. */
    public int bodyLimit() {
        return settings.requests() == Requests.OFF
                ? 0
                : (int) settings.bodyLimit().bytes();
    }

    /** Lines written since the start. */
    public long written() {
        return writer == null ? 0 : writer.written();
    }

    /** Lines dropped since the start, because they could not be written in time. */
    public long dropped() {
        return writer == null ? 0 : writer.dropped();
    }

    /** Lines that wait to be written. */
    public int waiting() {
        return writer == null ? 0 : writer.waiting();
    }

    /** Writes what waits and ends. Nothing is written of what comes later. */
    @Override
    public synchronized void close() {
        if (writer != null) {
            if (handler != null) {
                Logger.getLogger("").removeHandler(handler);
                handler = null;
            }
            writer.close();
        }
    }
}
