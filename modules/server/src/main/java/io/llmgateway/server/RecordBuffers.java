package io.llmgateway.server;

import java.nio.ByteBuffer;
import java.util.concurrent.ArrayBlockingQueue;

/**
 * Buffers for one TLS record each, shared by all connections, so that a stream of small writes makes none and an idle
 * connection holds none. Thread-safe.
 */
final class RecordBuffers {
    /** The largest record the JDK writes and needs room for, in bytes. */
    private static final int SIZE = 16_709;

    /** Most buffers that wait for their next use: about 1 MiB. */
    private static final int KEPT = 64;

    private static final ArrayBlockingQueue<ByteBuffer> FREE = new ArrayBlockingQueue<>(KEPT);

    private RecordBuffers() {}

    /** An empty buffer on an array, with room for at least so many bytes. */
    static ByteBuffer take(int size) {
        if (size > SIZE) {
            return ByteBuffer.allocate(size);
        }
        ByteBuffer free = FREE.poll();
        return free == null ? ByteBuffer.allocate(SIZE) : free.clear();
    }

    /** Gives one back that nobody uses any more. */
    static void give(ByteBuffer buffer) {
        if (buffer.capacity() == SIZE) {
            FREE.offer(buffer);
        }
    }
}
