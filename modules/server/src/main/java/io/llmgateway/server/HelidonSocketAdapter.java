package io.llmgateway.server;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.socket.HelidonSocket;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** The plain socket that Helidon accepted. Its reads come in arrays of their own, which are handed out in parts. */
final class HelidonSocketAdapter implements ClientSocket {
    private final HelidonSocket socket;
    private byte @Nullable [] pending;
    private int position;

    HelidonSocketAdapter(HelidonSocket socket) {
        this.socket = socket;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        byte[] bytes = pending;
        if (bytes == null) {
            bytes = receive();
            if (bytes == null) {
                return -1;
            }
            position = 0;
        }
        int count = Math.min(length, bytes.length - position);
        System.arraycopy(bytes, position, target, offset, count);
        position += count;
        pending = position == bytes.length ? null : bytes;
        return count;
    }

    private byte @Nullable [] receive() throws IOException {
        try {
            return socket.get();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        try {
            socket.write(BufferData.create(bytes, offset, length));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (UncheckedIOException e) {
            // it is of no use either way
            pending = null;
        }
    }

    @Override
    public boolean secure() {
        return false;
    }
}
