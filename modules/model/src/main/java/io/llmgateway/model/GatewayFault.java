package io.llmgateway.model;

/** The gateway itself is at fault. Immutable, thread-safe. */
public sealed interface GatewayFault extends GatewayError {
    /** A defect. The client gets the request id only. */
    record Internal(String message) implements GatewayFault {
        @Override
        public ErrorKind kind() {
            return ErrorKind.INTERNAL;
        }

        @Override
        public String clientMessage() {
            return DefaultMessages.of(ErrorKind.INTERNAL);
        }
    }

    /** The request's time was over while the gateway itself worked on it; no instance is to blame. */
    record OutOfTime(String message) implements GatewayFault {
        @Override
        public ErrorKind kind() {
            return ErrorKind.TIMEOUT_TOTAL;
        }
    }
}
