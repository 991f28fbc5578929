package io.llmgateway.pipeline;

import io.llmgateway.model.RequestId;
import org.jspecify.annotations.Nullable;

/**
 * The way back to the client. Either {@link #whole} once, or {@link #begin}, any number of {@link #write} and one of
 * {@link #end} and {@link #abort}. Writing to a client that has left throws a
 * {@link io.llmgateway.model.GatewayException} with {@link io.llmgateway.model.CallerFault.ClientGone}. Confined to one
 * request.
 */
public interface ClientAnswer {
    /** Adds a response header; only before {@link #whole} or {@link #begin}. */
    void header(String lowerCaseName, String value);

    /** Sends a whole JSON answer in one write. */
    void whole(int status, byte[] body, int length);

    /** Sends nothing yet, but fixes status and content type of an answer that comes in pieces. */
    void begin(int status, String contentType);

    /** Sends bytes at once. */
    void write(byte[] bytes, int length);

    /** Ends an answer that is complete. */
    void end();

    /** Ends an answer that is not complete: the connection closes without a proper ending. */
    void abort();

    /** True once a byte may have been sent, so that the status can no longer change. */
    boolean committed();

    /** The id that the client was told already, in last words while its connection was blocked; null for none. */
    default @Nullable RequestId told() {
        return null;
    }
}
