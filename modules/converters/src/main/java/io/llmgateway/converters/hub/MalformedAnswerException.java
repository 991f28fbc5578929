package io.llmgateway.converters.hub;

/** Says that a provider's answer cannot be told in the client's protocol. */
public final class MalformedAnswerException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** With what is wrong. */
    public MalformedAnswerException(String message) {
        super(message);
    }
}
