package io.llmgateway.upstream;

import io.llmgateway.model.ErrorKind;
import io.llmgateway.wire.Slice;
import java.util.List;

/**
 * One request to an instance. Immutable.
 *
 * @param method GET or POST
 * @param path what follows the origin's base path, with its query
 * @param headers header fields besides Host, Content-Length and Connection, which the transport writes
 * @param body the body's parts in order; empty for a GET
 * @param firstTimeout the error kind when {@code firstDeadline} passes before the caller arms another deadline
 * @param firstDeadline monotonic time in nanoseconds until which the answer must have begun
 * @param totalDeadline monotonic time in nanoseconds until which everything must have ended
 */
public record Call(
        String method,
        String path,
        Headers headers,
        List<Slice> body,
        ErrorKind firstTimeout,
        long firstDeadline,
        long totalDeadline) {

    /** Bytes of the body. */
    long bodyLength() {
        long length = 0;
        for (Slice slice : body) {
            length += slice.length();
        }
        return length;
    }
}
