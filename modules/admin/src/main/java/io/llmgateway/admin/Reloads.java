package io.llmgateway.admin;

/** Reads the configuration again. Thread-safe. */
public interface Reloads {
    /**
     * Reads the configuration and applies it if it is good; else what is active stays.
     *
     * @param trigger who asks, for the log
     */
    ReloadReport reload(String trigger);

    /** What became of the last configuration that was offered. */
    ReloadReport last();
}
