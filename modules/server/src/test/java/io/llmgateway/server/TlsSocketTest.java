package io.llmgateway.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.llmgateway.testing.TestCertificate;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS of a listener with the JDK's clients at the other end. */
class TlsSocketTest {
    private static final int LARGE = 20 * 1024 * 1024;
    private static final String GET = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

    @TempDir
    static Path folder;

    private static TestCertificate own;
    private static SSLContext trusting;

    @BeforeAll
    static void certificate() throws Exception {
        own = TestCertificate.create(folder);
        trusting = TlsClients.trusting(own.certificate(), null);
    }

    private static TlsServer start(TlsServer.Serving serving) throws IOException {
        return TlsServer.start(TlsServer.settings(own, null, false), serving);
    }

    private static void get(SSLSocket socket) throws IOException {
        socket.getOutputStream().write(GET.getBytes(StandardCharsets.US_ASCII));
    }

    private static String all(SSLSocket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void request_isAnswered_andEndsProperly(String version) throws Exception {
        try (TlsServer server = start(TlsServer::answerOk);
                SSLSocket socket = TlsClients.connect(trusting, server.port(), version)) {
            get(socket);

            // an end without the one of TLS would throw
            assertThat(all(socket)).isEqualTo(TlsServer.OK);
            assertThat(socket.getSession().getProtocol()).isEqualTo(version);
            assertThat(server.end()).isEqualTo("served");
        }
    }

    private static String offered(TlsServer server, String... protocols) throws IOException {
        try (SSLSocket socket = TlsClients.connect(trusting, server.port())) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setApplicationProtocols(protocols);
            socket.setSSLParameters(parameters);
            get(socket);
            assertThat(all(socket)).isEqualTo(TlsServer.OK);
            return socket.getApplicationProtocol();
        }
    }

    @Test
    void applicationProtocol_isHttp1_orNoneWhenNoneIsOffered() throws Exception {
        try (TlsServer server = start(TlsServer::answerOk)) {
            assertThat(offered(server, "h2", "http/1.1")).isEqualTo("http/1.1");
            assertThat(offered(server, "http/1.1")).isEqualTo("http/1.1");
            assertThat(offered(server)).isEmpty();
            assertThatThrownBy(() -> offered(server, "h2")).hasMessageContaining("no_application_protocol");
            assertThat(offered(server, "http/1.0", "spdy/3")).isEqualTo("http/1.0");
            assertThatThrownBy(() -> offered(server, "spdy/3")).hasMessageContaining("no_application_protocol");
        }
    }

    private static byte[] digest(InputStream in, int length) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        byte[] part = new byte[50_000];
        int left = length;
        while (left > 0) {
            int count = in.read(part, 0, Math.min(left, part.length));
            assertThat(count).as("bytes with %s still to come", left).isPositive();
            digest.update(part, 0, count);
            left -= count;
        }
        return digest.digest();
    }

    /** Sends pieces of all sizes, and says what their digest is. */
    private static byte[] sendAll(OutputStream out, int length) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        Random random = new Random(length);
        byte[] part = new byte[70_000];
        random.nextBytes(part);
        int left = length;
        while (left > 0) {
            int count = Math.min(left, 1 + random.nextInt(part.length));
            out.write(part, 0, count);
            digest.update(part, 0, count);
            left -= count;
        }
        return digest.digest();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void largeTransfers_bothWaysAtOnce_areWhole(String version) throws Exception {
        try (TlsServer server = start(TlsServer::echo);
                SSLSocket socket = TlsClients.connect(trusting, server.port(), version);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<byte[]> sent = threads.submit(() -> sendAll(socket.getOutputStream(), LARGE));

            byte[] got = digest(socket.getInputStream(), LARGE);

            assertThat(got).isEqualTo(sent.get());
        }
    }

    @Test
    void twoDirections_onTwoThreads_doNotDisturbEachOther() throws Exception {
        AtomicReference<byte[]> read = new AtomicReference<>();
        try (TlsServer server = start(client -> {
                    Thread writer = Thread.ofVirtual().start(() -> write(client, LARGE));
                    read.set(readAll(client, LARGE));
                    join(writer);
                });
                SSLSocket socket = TlsClients.connect(trusting, server.port());
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<byte[]> sent = threads.submit(() -> sendAll(socket.getOutputStream(), LARGE));

            assertThat(socket.getInputStream().readNBytes(LARGE)).hasSize(LARGE);

            assertThat(server.end()).isEqualTo("served");
            assertThat(read.get()).isEqualTo(sent.get());
        }
    }

    private static byte[] readAll(TlsSocket client, int length) {
        try {
            return digest(
                    new InputStream() {
                        @Override
                        public int read() {
                            throw new UnsupportedOperationException();
                        }

                        @Override
                        public int read(byte[] target, int offset, int count) throws IOException {
                            return client.read(target, offset, count);
                        }
                    },
                    length);
        } catch (Exception e) {
            throw new IllegalStateException("not all was read", e);
        }
    }

    private static void write(TlsSocket client, int length) {
        try {
            client.handshake();
            byte[] part = new byte[64 * 1024];
            for (int left = length; left > 0; left -= part.length) {
                client.write(part, 0, Math.min(left, part.length));
            }
        } catch (IOException e) {
            throw new IllegalStateException("not all was written", e);
        }
    }

    private static void join(Thread thread) throws IOException {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
    }

    @Test
    void writer_isNotKeptWaiting_byAReaderThatWaits() throws Exception {
        CountDownLatch reading = new CountDownLatch(1);
        try (TlsServer server = start(client -> {
                    client.handshake();
                    Thread reader = Thread.ofVirtual().start(() -> {
                        reading.countDown();
                        readAll(client, 1);
                    });
                    write(client, 1024 * 1024);
                    join(reader);
                });
                SSLSocket socket = TlsClients.connect(trusting, server.port())) {
            socket.startHandshake();
            assertThat(reading.await(10, TimeUnit.SECONDS)).isTrue();

            assertThat(socket.getInputStream().readNBytes(1024 * 1024)).hasSize(1024 * 1024);

            socket.getOutputStream().write(1);
            assertThat(server.end()).isEqualTo("served");
        }
    }

    @Test
    void reader_isNotKeptWaiting_byAWriterWhoseClientDoesNotRead() throws Exception {
        CountDownLatch read = new CountDownLatch(1);
        try (TlsServer server = start(client -> {
                    client.handshake();
                    Thread writer = Thread.ofVirtual().start(() -> write(client, LARGE));
                    readAll(client, 1024 * 1024);
                    read.countDown();
                    join(writer);
                });
                SSLSocket socket = TlsClients.connect(trusting, server.port())) {
            socket.startHandshake();
            socket.getOutputStream().write(new byte[1024 * 1024]);

            assertThat(read.await(20, TimeUnit.SECONDS)).isTrue();

            assertThat(socket.getInputStream().readNBytes(LARGE)).hasSize(LARGE);
        }
    }

    @Test
    void clientThatEndsItsSide_canStillBeAnswered() throws Exception {
        try (TlsServer server = start(client -> {
                    TlsServer.readHead(client);
                    assertThat(client.read(new byte[10], 0, 10)).isEqualTo(-1);
                    assertThat(client.read(new byte[10], 0, 10)).isEqualTo(-1);
                    client.write(TlsServer.OK.getBytes(StandardCharsets.US_ASCII), 0, TlsServer.OK.length());
                });
                SSLSocket socket = TlsClients.connect(trusting, server.port(), "TLSv1.3")) {
            get(socket);
            socket.shutdownOutput();

            assertThat(all(socket)).isEqualTo(TlsServer.OK);
            assertThat(server.end()).isEqualTo("served");
        }
    }

    @Test
    void smallReads_getAllOfALargeRecord() throws Exception {
        byte[] sent = new byte[16_000];
        new Random(1).nextBytes(sent);
        AtomicReference<byte[]> got = new AtomicReference<>(new byte[0]);
        try (TlsServer server = start(client -> {
                    byte[] all = new byte[sent.length];
                    for (int i = 0; i < all.length; i++) {
                        assertThat(client.read(all, i, 1)).isEqualTo(1);
                    }
                    got.set(all);
                });
                SSLSocket socket = TlsClients.connect(trusting, server.port())) {
            socket.getOutputStream().write(sent);

            assertThat(server.end()).isEqualTo("served");
            assertThat(got.get()).isEqualTo(sent);
        }
    }
}
