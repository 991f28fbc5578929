package io.llmgateway.converters.hub;

/** Says that the model wrote what cannot be read, such as a malformed tool call: its provider did its work. */
public final class GaveUpException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private static final int MAX_CHARS = 1_000;

    /** Says what the provider told of it; cut after 1,000 characters. */
    public GaveUpException(String message) {
        super(message.length() > MAX_CHARS ? message.substring(0, MAX_CHARS) : message, null, false, false);
    }
}
