package io.llmgateway.pipeline;

import io.llmgateway.model.RequestId;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** A request as the listener hands it over: framing and size are checked, nothing else is. Confined to one request. */
public interface InboundRequest {
    /** Where it came in. */
    Endpoint endpoint();

    /** The raw path, without query. */
    String rawPath();

    /** The raw query, without its question mark; empty for none. */
    String rawQuery();

    /** The first value of a header, by its lower-case name; null when absent. */
    @Nullable
    String header(String lowerCaseName);

    /** Where the request comes from. */
    InetAddress address();

    /** Says which id the client is told when it sends its body too slowly; called before {@link #readBody}. */
    default void known(RequestId id) {
        // only a listener tells it
    }

    /**
     * Reads the body, once.
     *
     * @param memory takes the bytes as they arrive; who reads waits for it instead of reading on
     * @throws io.llmgateway.model.GatewayException when it is too large, too slow or badly framed
     */
    Body readBody(MemoryBudget.Share memory);

    /**
     * Watches the client from now on, until the request ends or this is called with null.
     *
     * @param interruption is called by another thread when the client has closed its side, or when the gateway stops;
     * a     client that closes only its sending side counts as gone
     */
    void watch(@Nullable Interruption interruption);

    /**
     * A body in memory.
     *
     * @param bytes the array it stands in; read only
     * @param length how many bytes count
     */
    @SuppressWarnings("ArrayRecordComponent") // shared on purpose, never compared
    record Body(byte[] bytes, int length) {}
}
