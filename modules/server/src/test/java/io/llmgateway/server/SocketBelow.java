package io.llmgateway.server;

import java.io.IOException;
import java.net.Socket;

/** A plain socket; what reads or writes on a virtual thread is ended by an interrupt. Thread-safe. */
final class SocketBelow implements ClientSocket {
    private final Socket socket;

    SocketBelow(Socket socket) {
        this.socket = socket;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        return socket.getInputStream().read(target, offset, length);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        socket.getOutputStream().write(bytes, offset, length);
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            // nothing is left to be closed
            Thread.onSpinWait();
        }
    }

    @Override
    public boolean secure() {
        return false;
    }
}
