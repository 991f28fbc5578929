package io.llmgateway.upstream;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A socket whose other side has sent some bytes and closed. Confined to one test. */
final class BytesSocket extends Socket {
    private final ByteArrayInputStream in;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private boolean shut;

    BytesSocket(String bytes) {
        in = new ByteArrayInputStream(bytes.getBytes(StandardCharsets.ISO_8859_1));
    }

    @Override
    public InputStream getInputStream() {
        return in;
    }

    @Override
    public OutputStream getOutputStream() {
        return out;
    }

    @Override
    public void setSoTimeout(int timeout) {
        // never blocks
    }

    @Override
    public void close() {
        shut = true;
    }

    boolean shut() {
        return shut;
    }

    String sent() {
        return out.toString(StandardCharsets.ISO_8859_1);
    }
}
