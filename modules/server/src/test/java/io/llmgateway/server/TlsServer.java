package io.llmgateway.server;

import io.llmgateway.files.TlsIdentity;
import io.llmgateway.files.TlsListening;
import io.llmgateway.testing.TestCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Serves {@link TlsSocket}s on real sockets, each on a virtual thread of its own, as a listener does, and keeps how
 * each connection ended. Thread-safe.
 */
final class TlsServer implements AutoCloseable {
    static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";

    private static final int BACKLOG = 4_000;

    final ListenerTls tls;
    final AtomicInteger engines = new AtomicInteger();
    final AtomicInteger accepted = new AtomicInteger();
    final Set<Thread> threads = ConcurrentHashMap.newKeySet();
    private final ServerSocket listener;
    private final Handshakes handshakes;
    private final Serving serving;
    private final BlockingQueue<String> ends = new LinkedBlockingQueue<>();

    /** What is done with one connection; it is closed afterwards. */
    interface Serving {
        void serve(TlsSocket client) throws IOException;
    }

    private TlsServer(ListenerTls tls, ServerSocket listener, Handshakes handshakes, Serving serving) {
        this.tls = tls;
        this.listener = listener;
        this.handshakes = handshakes;
        this.serving = serving;
    }

    static TlsServer start(TlsListening settings, Serving serving) throws IOException {
        return start(settings, new Handshakes(BACKLOG), serving);
    }

    static TlsServer start(TlsListening settings, Handshakes handshakes, Serving serving) throws IOException {
        TlsServer server = new TlsServer(
                new ListenerTls(settings),
                new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress()),
                handshakes,
                serving);
        Thread.ofVirtual().start(server::accept);
        return server;
    }

    /** What to listen with. */
    static TlsListening settings(TestCertificate own, @Nullable Path authorities, boolean required) {
        return new TlsListening(
                new TlsIdentity(own.certificate(), own.key()), Optional.ofNullable(authorities), required);
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                accepted.incrementAndGet();
                threads.add(Thread.ofVirtual().start(() -> serve(socket)));
            } catch (IOException e) {
                // closed: the loop's condition sees it
                Thread.onSpinWait();
            }
        }
    }

    private void serve(Socket socket) {
        try {
            socket.setTcpNoDelay(true);
            TlsSocket client = new TlsSocket(
                    new SocketBelow(socket),
                    () -> {
                        engines.incrementAndGet();
                        return tls.engine();
                    },
                    handshakes);
            try {
                serving.serve(client);
                ends.add("served");
            } finally {
                client.close();
            }
        } catch (IOException | RuntimeException e) {
            ends.add(e.toString());
        } finally {
            threads.remove(Thread.currentThread());
        }
    }

    /** Reads a request without a body and answers it. */
    static void answerOk(TlsSocket client) throws IOException {
        readHead(client);
        byte[] answer = OK.getBytes(StandardCharsets.US_ASCII);
        client.write(answer, 0, answer.length);
    }

    /** Reads up to an empty line. */
    static String readHead(TlsSocket client) throws IOException {
        StringBuilder head = new StringBuilder();
        byte[] part = new byte[100];
        while (head.indexOf("\r\n\r\n") < 0) {
            int count = client.read(part, 0, part.length);
            if (count < 0) {
                throw new IOException("the client has ended properly after " + head.length() + " characters");
            }
            head.append(new String(part, 0, count, StandardCharsets.ISO_8859_1));
        }
        return head.toString();
    }

    /** Sends everything back. */
    static void echo(TlsSocket client) throws IOException {
        byte[] part = new byte[20_000];
        int count = client.read(part, 0, part.length);
        while (count >= 0) {
            client.write(part, 0, count);
            count = client.read(part, 0, part.length);
        }
    }

    /** How the next connection ended that has: "served", or the exception. */
    String end() throws InterruptedException {
        String end = ends.poll(20, TimeUnit.SECONDS);
        return end == null ? "no connection has ended" : end;
    }

    int port() {
        return listener.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        threads.forEach(Thread::interrupt);
    }
}
