package io.llmgateway.settings;

import java.time.Duration;

/**
 * When the configuration is read again by itself. Immutable, thread-safe.
 *
 * @param watch whether a change of its file, or of a file it names, applies it
 * @param interval between two looks at the files, 100ms to 1h; a change is taken when a second look finds it unchanged
 */
public record ReloadSettings(boolean watch, Duration interval) {
    /** On. */
    public static final boolean DEFAULT_WATCH = true;
    /** 100ms to 1h. */
    public static final Duration DEFAULT_INTERVAL = Duration.ofMillis(500);
}
