package io.llmgateway.simulator;

/**
 * How a simulator listens. Immutable.
 *
 * @param host address to listen on
 * @param port port to listen on, 0 for any free one
 */
public record SimulatorOptions(String host, int port) {
    /** Loopback, any free port. */
    public static SimulatorOptions defaults() {
        return new SimulatorOptions("127.0.0.1", 0);
    }

    /** The same on another port. */
    public SimulatorOptions withPort(int other) {
        return new SimulatorOptions(host, other);
    }
}
