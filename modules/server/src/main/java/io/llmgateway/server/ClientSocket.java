package io.llmgateway.server;

import java.io.IOException;

/**
 * The bytes of one client connection, plain or out of TLS. One thread may read while another writes; closing is allowed
 * at any time from any thread and ends both.
 */
interface ClientSocket {
    /**
     * Waits for at least one byte.
     *
     * @return how many came; -1 when the client has ended its side
     */
    int read(byte[] target, int offset, int length) throws IOException;

    /** Writes all of it; waits for a client that reads slowly. */
    void write(byte[] bytes, int offset, int length) throws IOException;

    /** Ends both directions; a second call does nothing. */
    void close();

    /** True when the bytes travel inside TLS. */
    boolean secure();
}
