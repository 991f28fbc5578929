package io.llmgateway.threads;

/** Every loop that the gateway runs in the background: the values of the label {@code loop} of the metric. */
public enum LoopName {
    /** Keeps the deadlines of clients' connections. */
    CONNECTION_WATCHDOG("connection-watchdog"),
    /** Keeps the deadlines of connections to providers and closes idle ones. */
    UPSTREAM_CLOCK("upstream-clock"),
    /** Asks instances how they are. */
    PROBER("prober"),
    /** Looks at the files of the configuration. */
    CONFIG_WATCH("config-watch"),
    /** Gives memory back after a load. */
    HEAP_REST("heap-rest"),
    /** Ends waits for a place. */
    LIMITS_EXPIRY("limits-expiry"),
    /** Reads what was used before, when it could not be read at the start. */
    USAGE_RESTORE("usage-restore"),
    /** Stores usage records. */
    LEDGER("ledger"),
    /** Writes the log. */
    LOG_WRITER("log-writer"),
    /** Compresses and removes old log files. */
    LOG_FILES("log-files"),
    /** Sends spans to a collector. */
    TRACE_EXPORTER("trace-exporter"),
    /** Ends the process when a listener takes no connections any more. */
    LISTENER_WATCH("listener-watch");

    private final String label;

    LoopName(String label) {
        this.label = label;
    }

    /** The name of the thread and the label's value. */
    public String label() {
        return label;
    }
}
