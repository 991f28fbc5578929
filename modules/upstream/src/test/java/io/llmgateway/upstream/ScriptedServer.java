package io.llmgateway.upstream;

import io.llmgateway.files.TlsIdentity;
import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.InstanceName;
import io.llmgateway.testing.TestCertificate;
import io.llmgateway.wire.Slice;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** An upstream on a real socket, plain or with TLS, that answers each request as a script says. Thread-safe. */
final class ScriptedServer implements AutoCloseable {
    private final ServerSocket server;
    private final @Nullable TestCertificate certificate;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connections = new AtomicInteger();
    private final Script script;
    private final boolean reading;

    /** Answers one request; true when the connection stays open. */
    interface Script {
        boolean answer(Socket socket, int number) throws IOException;
    }

    private ScriptedServer(ServerSocket server, @Nullable TestCertificate certificate, Script script, boolean reading) {
        this.reading = reading;
        this.server = server;
        this.certificate = certificate;
        this.script = script;
    }

    /** Without TLS. */
    static ScriptedServer open(Script script) throws Exception {
        return open(null, script);
    }

    /**
     * Listens.
     *
     * @param folder where a certificate is made for TLS; null for a plain server
     */
    static ScriptedServer open(@Nullable Path folder, Script script) throws Exception {
        return open(folder, script, true);
    }

    /** Without TLS; leaves reading the requests to the script. */
    static ScriptedServer openUnread(Script script) throws Exception {
        return open(null, script, false);
    }

    private static ScriptedServer open(@Nullable Path folder, Script script, boolean reading) throws Exception {
        TestCertificate certificate = folder == null ? null : TestCertificate.create(folder);
        InetAddress loopback = InetAddress.getLoopbackAddress();
        ServerSocket server = certificate == null
                ? new ServerSocket(0, 50, loopback)
                : tls(certificate).getServerSocketFactory().createServerSocket(0, 50, loopback);
        ScriptedServer scripted = new ScriptedServer(server, certificate, script, reading);
        Thread.ofPlatform().daemon().start(scripted::accept);
        return scripted;
    }

    private static SSLContext tls(TestCertificate certificate) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(new TlsIdentity(certificate.certificate(), certificate.key()).keyManagers(), null, null);
        return context;
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                sockets.add(socket);
                connections.incrementAndGet();
                Thread.ofPlatform().daemon().start(() -> serve(socket));
            }
        } catch (IOException e) {
            // closed at the end of the test
            sockets.forEach(ScriptedServer::close);
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            InputStream in = socket.getInputStream();
            int number = 0;
            while ((!reading || readRequest(in)) && script.answer(socket, ++number)) {
                socket.getOutputStream().flush();
            }
        } catch (IOException e) {
            // the gateway's side may close whenever it likes
            sockets.remove(socket);
        }
    }

    private static boolean readRequest(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (!head.toString().endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                return false;
            }
            head.append((char) next);
        }
        int at = head.indexOf("Content-Length: ") + "Content-Length: ".length();
        int length = Integer.parseInt(head.substring(at, head.indexOf("\r\n", at)));
        return in.readNBytes(length).length == length;
    }

    static void send(Socket socket, String bytes) throws IOException {
        socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
    }

    int connections() {
        return connections.get();
    }

    int port() {
        return server.getLocalPort();
    }

    ConnectionPool pool(HttpTransport transport) throws IOException {
        return transport.pool(new Origin(
                new InstanceName("a"),
                certificate != null,
                "127.0.0.1",
                port(),
                "",
                Duration.ofSeconds(10),
                new Origin.PoolLimits(4, 2, Duration.ofSeconds(60), Duration.ofMinutes(10)),
                new Origin.TlsOptions(
                        Optional.ofNullable(certificate).map(TestCertificate::certificate), Optional.empty(), false)));
    }

    static Call call() {
        return call(2);
    }

    private static Call call(int bodyBytes) {
        byte[] body = "{}".repeat(bodyBytes / 2).getBytes(StandardCharsets.US_ASCII);
        long now = System.nanoTime();
        return new Call(
                "POST",
                "/x",
                new Headers().add("X-Test", "1"),
                List.of(Slice.of(body)),
                ErrorKind.TIMEOUT_FIRST_TOKEN,
                now + Duration.ofSeconds(20).toNanos(),
                now + Duration.ofSeconds(40).toNanos());
    }

    static String exchange(HttpTransport transport, ConnectionPool pool) {
        return exchange(transport, pool, 2);
    }

    static String exchange(HttpTransport transport, ConnectionPool pool, int bodyBytes) {
        try (Exchange exchange = transport.send(pool, call(bodyBytes), new Cancellation())) {
            ByteArrayOutputStream body = new ByteArrayOutputStream();
            byte[] part = new byte[64];
            int count = exchange.read(part, 0, part.length);
            while (count >= 0) {
                body.write(part, 0, count);
                count = exchange.read(part, 0, part.length);
            }
            return exchange.status() + " " + body.toString(StandardCharsets.UTF_8);
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
