package io.llmgateway.http;

import java.io.IOException;

/** Where the bytes of one connection come from. */
@FunctionalInterface
public interface ByteSource {
    /**
     * Waits for at least one byte.
     *
     * @param length most bytes, 1 or more
     * @return how many bytes were read; -1 at the end of the connection
     */
    int read(byte[] target, int offset, int length) throws IOException;
}
