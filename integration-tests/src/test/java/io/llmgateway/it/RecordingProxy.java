package io.llmgateway.it;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A small HTTP proxy: tunnels for CONNECT, one request per connection for whole URLs. It keeps the heads it saw. */
final class RecordingProxy implements AutoCloseable {
    private final ServerSocket server;
    private final List<String> heads = new CopyOnWriteArrayList<>();

    private RecordingProxy(ServerSocket server) {
        this.server = server;
    }

    static RecordingProxy start() throws IOException {
        RecordingProxy proxy = new RecordingProxy(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
        Thread.ofVirtual().start(proxy::accept);
        return proxy;
    }

    int port() {
        return server.getLocalPort();
    }

    List<String> heads() {
        return heads;
    }

    private void accept() {
        try {
            while (!server.isClosed()) {
                Socket client = server.accept();
                Thread.ofVirtual().start(() -> serve(client));
            }
        } catch (IOException e) {
            if (!server.isClosed()) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private void serve(Socket client) {
        try (client) {
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                head.append((char) client.getInputStream().read());
            }
            heads.add(head.toString());
            String target = head.substring(head.indexOf(" ") + 1, head.indexOf(" HTTP/1.1"));
            boolean tunnel = head.indexOf("CONNECT ") == 0;
            URI uri = URI.create(tunnel ? "http://" + target : target);
            try (Socket origin = new Socket(uri.getHost(), uri.getPort())) {
                if (tunnel) {
                    client.getOutputStream().write("HTTP/1.1 200 Connection established\r\n\r\n".getBytes(ascii()));
                } else {
                    origin.getOutputStream()
                            .write(head.toString()
                                    .replace("http://" + uri.getAuthority(), "")
                                    .getBytes(ascii()));
                }
                Thread back = Thread.ofVirtual().start(() -> copy(origin, client));
                copy(client, origin);
                back.join();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static java.nio.charset.Charset ascii() {
        return StandardCharsets.ISO_8859_1;
    }

    private static void copy(Socket from, Socket to) {
        try (InputStream in = from.getInputStream()) {
            in.transferTo(to.getOutputStream());
        } catch (IOException e) {
            // one side left, which ends the other
            close(to);
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
