package io.llmgateway.settings;

import java.util.Locale;

/** How much the application's log says; each level includes those before it. Immutable. */
public enum LogLevel {
    /** Nothing. */
    OFF,
    /** Defects and what makes the gateway useless. */
    ERROR,
    /** What operators should look at. */
    WARN,
    /** What operators want to know. */
    INFO,
    /** What helps to find a mistake. */
    DEBUG,
    /** Everything. */
    TRACE;

    private final String wire = name().toLowerCase(Locale.ROOT);

    /** The level's name in the configuration and in the log. */
    public String wire() {
        return wire;
    }
}
