package io.llmgateway.logs;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;

/**
 * Standard output or error. Written past {@code System.out} and {@code System.err}, whose locks others would wait for
 * when nobody reads the other end. Confined to the writer's thread.
 */
final class StreamSink implements Sink {
    private final FileOutputStream out;

    /** Writes to an open descriptor, which stays open. */
    StreamSink(FileDescriptor descriptor) {
        this.out = new FileOutputStream(descriptor);
    }

    @Override
    public void write(byte[] bytes, int length) throws IOException {
        out.write(bytes, 0, length);
    }

    @Override
    public void close() {
        // the stream belongs to the process
    }
}
