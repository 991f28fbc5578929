package io.llmgateway.benchmarks.load;

import java.io.IOException;

/** One way to speak HTTP/1.1 with an upstream, blocking, with connections that are kept. Thread-safe. */
interface ClientUnderTest extends AutoCloseable {
    /**
     * Posts a body and reads the answer, part by part as it comes, to its end.
     *
     * @param buffer what parts are read into
     * @return bytes of the answer's body
     * @throws IOException when the answer is not 200 or breaks off
     */
    long post(String path, byte[] body, byte[] buffer) throws IOException;

    @Override
    void close();
}
