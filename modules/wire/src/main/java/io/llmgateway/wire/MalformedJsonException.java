package io.llmgateway.wire;

/** Says that bytes are not the JSON that was expected; the message can be shown to the sender. */
public final class MalformedJsonException extends Exception {
    private static final long serialVersionUID = 1L;

    /** A problem found by the gateway's own rules. */
    public MalformedJsonException(String message) {
        super(message);
    }

    /** A problem found by the parser. */
    public MalformedJsonException(String message, Throwable cause) {
        super(message, cause);
    }
}
