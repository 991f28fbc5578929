package io.llmgateway.server;

import io.llmgateway.files.TlsIdentity;
import io.llmgateway.files.TlsListening;
import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.GatewayError;
import io.llmgateway.model.RequestId;
import io.llmgateway.pipeline.ClientAnswer;
import io.llmgateway.pipeline.Endpoint;
import io.llmgateway.pipeline.InboundRequest;
import io.llmgateway.pipeline.LastWords;
import io.llmgateway.pipeline.RequestHandler;
import io.llmgateway.testing.TestCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** A data listener on a real socket, plain or with TLS, whose requests a test answers itself. Thread-safe. */
final class TestListener implements AutoCloseable {
    static final Duration LONG = Duration.ofSeconds(60);

    private static final Map<ErrorKind, Integer> STATUSES = Map.of(
            ErrorKind.NOT_FOUND, 404,
            ErrorKind.METHOD_NOT_ALLOWED, 405,
            ErrorKind.REQUEST_TIMEOUT, 408,
            ErrorKind.TOO_LARGE, 413,
            ErrorKind.EXPECTATION_FAILED, 417,
            ErrorKind.HEADERS_TOO_LARGE, 431);

    private final DataListener listener;
    private final @Nullable SSLContext trusting;

    /** Answers a request. */
    interface Answering {
        void answer(InboundRequest request, ClientAnswer answer);
    }

    private TestListener(DataListener listener, @Nullable SSLContext trusting) {
        this.listener = listener;
        this.trusting = trusting;
    }

    /**
     * Listens.
     *
     * @param folder where a certificate is made for TLS; null for a plain listener
     */
    static TestListener open(@Nullable Path folder, Duration header, Duration write, Answering answering)
            throws Exception {
        ListenerLimits limits = new ListenerLimits(1 << 20, 100, 4_000, header, LONG, write, LONG, Duration.ZERO);
        return open(folder, limits, Edge.NONE, answering);
    }

    /** Listens with bounds of one's own. */
    static TestListener open(@Nullable Path folder, ListenerLimits limits, Edge edge, Answering answering)
            throws Exception {
        TestCertificate certificate = folder == null ? null : TestCertificate.create(folder);
        Optional<ListenerTls> tls = certificate == null
                ? Optional.empty()
                : Optional.of(new ListenerTls(new TlsListening(
                        new TlsIdentity(certificate.certificate(), certificate.key()), Optional.empty(), false)));
        DataListener listener = DataListener.open(
                new DataListener.Address("127.0.0.1", 0, tls), limits, edge, handler(answering), System::nanoTime);
        return new TestListener(listener, certificate == null ? null : trusting(certificate));
    }

    private static SSLContext trusting(TestCertificate certificate) throws Exception {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (var in = java.nio.file.Files.newInputStream(certificate.certificate())) {
            store.setCertificateEntry(
                    "own", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    static RequestHandler handler(Answering answering) {
        return new RequestHandler() {
            @Override
            public void handle(InboundRequest request, ClientAnswer answer) {
                answering.answer(request, answer);
            }

            @Override
            public void refuse(Endpoint endpoint, GatewayError error, ClientAnswer answer) {
                byte[] kind = error.kind().wire().getBytes(StandardCharsets.US_ASCII);
                answer.whole(
                        error.ownStatus().orElseGet(() -> STATUSES.getOrDefault(error.kind(), 400)), kind, kind.length);
            }

            @Override
            public LastWords lastWords(Endpoint endpoint, GatewayError error, @Nullable RequestId id) {
                byte[] kind = error.kind().wire().getBytes(StandardCharsets.US_ASCII);
                return new LastWords("x-request-id", "req_last", kind);
            }

            @Override
            public boolean ready() {
                return true;
            }

            @Override
            public boolean leaving() {
                return false;
            }
        };
    }

    /** Connects; a client with a small buffer takes little before it must be read. */
    Socket connect() throws IOException {
        Socket raw = new Socket();
        raw.setReceiveBufferSize(8 * 1024);
        raw.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), listener.port()));
        raw.setTcpNoDelay(true);
        raw.setSoTimeout(Math.toIntExact(LONG.toMillis()));
        if (trusting == null) {
            return raw;
        }
        SSLSocket secure =
                (SSLSocket) trusting.getSocketFactory().createSocket(raw, "localhost", listener.port(), true);
        secure.startHandshake();
        return secure;
    }

    static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
    }

    static void post(Socket socket) throws IOException {
        send(
                socket,
                "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                        + "Content-Length: 2\r\n\r\n{}");
    }

    /** How long the other side takes to end the connection, whatever it says before. */
    static Duration untilClosed(Socket socket) {
        long begun = System.nanoTime();
        try {
            byte[] part = new byte[8 * 1024];
            int count = socket.getInputStream().read(part);
            while (count >= 0) {
                count = socket.getInputStream().read(part);
            }
        } catch (java.net.SocketTimeoutException e) {
            return LONG;
        } catch (IOException e) {
            // reset: closed as well
            return Duration.ofNanos(System.nanoTime() - begun);
        }
        return Duration.ofNanos(System.nanoTime() - begun);
    }

    DataListener listener() {
        return listener;
    }

    int connections() {
        return listener.connections();
    }

    @Override
    public void close() {
        listener.close();
    }
}
