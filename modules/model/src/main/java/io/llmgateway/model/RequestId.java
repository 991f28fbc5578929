package io.llmgateway.model;

/**
 * The gateway's own id of one request, as sent in the response headers. Immutable, thread-safe.
 *
 * @param value 1 to 128 printable characters without spaces
 */
public record RequestId(String value) {
    public RequestId {
        Names.check("RequestId", value);
    }

    @Override
    public String toString() {
        return value;
    }
}
