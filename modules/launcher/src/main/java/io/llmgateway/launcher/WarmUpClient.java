package io.llmgateway.launcher;

import io.llmgateway.http.BodyReader;
import io.llmgateway.http.Input;
import io.llmgateway.http.Limits;
import io.llmgateway.http.ResponseHead;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A connection to the gateway that warms up, which is used again and again. Confined to one thread. */
final class WarmUpClient implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Limits LIMITS = new Limits(8 * 1024, 32 * 1024, 100);
    private static final int BUFFER = 8 * 1024;

    private final Socket socket;
    private final Input in;
    private final ResponseHead head = new ResponseHead(LIMITS);
    private final byte[] body = new byte[BUFFER];
    private int length;

    WarmUpClient(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(Math.toIntExact(PATIENCE.toMillis()));
        in = new Input(socket.getInputStream()::read, BUFFER, BUFFER);
    }

    /** Sends a request and reads its response to the end; gives its status. */
    int exchange(byte[] request) throws IOException {
        socket.getOutputStream().write(request);
        if (!head.read(in)) {
            throw new IOException("the gateway has closed the connection");
        }
        BodyReader reader = BodyReader.of(in, head, false);
        length = 0;
        while (!reader.done()) {
            int count = reader.read(body, 0, body.length);
            if (count < 0) {
                break;
            }
            length = count;
        }
        return head.status();
    }

    /** The last piece of the last body, as text. */
    String body() {
        return new String(body, 0, length, StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
