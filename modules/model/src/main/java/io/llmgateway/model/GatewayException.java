package io.llmgateway.model;

/** Carries a {@link GatewayError} to the place that decides about it, with the cause kept. */
public final class GatewayException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient GatewayError error;

    /**
     * Carries an error that has no technical cause. Refusals and faults of the caller are everyday business and come in
     * floods: they have no stack trace.
     */
    public GatewayException(GatewayError error) {
        super(error.message(), null, true, !(error instanceof Refusal || error instanceof CallerFault));
        this.error = error;
    }

    /** Carries an error with the exception that led to it. */
    public GatewayException(GatewayError error, Throwable cause) {
        super(error.message(), cause);
        this.error = error;
    }

    /** What went wrong. */
    public GatewayError error() {
        return error;
    }
}
