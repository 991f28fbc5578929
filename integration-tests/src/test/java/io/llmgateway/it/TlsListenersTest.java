package io.llmgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.llmgateway.files.TlsIdentity;
import io.llmgateway.simulator.Simulator;
import io.llmgateway.simulator.SimulatorOptions;
import io.llmgateway.testing.TestCertificate;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Both listeners over TLS: versions, ciphers, certificates of clients, renewal while connections are open. */
class TlsListenersTest {
    private static final String LOCAL = "san=dns:localhost,ip:127.0.0.1";
    private static final int ALERT = 21;
    private static final int HANDSHAKE_FAILURE = 40;
    private static final int PROTOCOL_VERSION = 70;
    private static final int TLS_1_2 = 0x0303;
    private static final int STREAMS = 30;
    private static final int CLIENTS = 4;
    private static final int RENEWALS = 20;

    @TempDir
    static Path folder;

    private static TestCertificate own;
    private static TestCertificate client;
    private static TestCertificate stranger;
    private static RunningGateway gateway;

    @BeforeAll
    static void start() throws Exception {
        own = TestCertificate.create(folder);
        client = TestCertificate.create(folder, "client-", LOCAL, "-1d", 2);
        stranger = TestCertificate.create(folder, "stranger-", LOCAL, "-1d", 2);
        Simulator simulator = Simulator.start(SimulatorOptions.defaults());
        Path file = Files.writeString(folder.resolve("gateway.yaml"), """
                server: {port: 0, tls: {certificate: certificate.pem, key: key.pem}}
                admin:
                  port: 0
                  tls: {certificate: certificate.pem, key: key.pem, client-ca-certificates: client-certificate.pem}
                keys: [{name: test, key: {env: CLIENT_KEY}}]
                providers: {o: {type: openai, instances: [{name: o, base-url: "%s/v1", api-key: {env: PROVIDER_KEY}}]}}
                routing: {rules: {"sim/*": o}}
                """.formatted(simulator.baseUri()));
        gateway = RunningGateway.reloadable(file, simulator);
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static SSLContext context(TestCertificate shown, Path... trusted) throws Exception {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        for (Path file : trusted) {
            store.setCertificateEntry(file.getFileName().toString(), certificate(file));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(
                shown == null ? null : new TlsIdentity(shown.certificate(), shown.key()).keyManagers(),
                trust.getTrustManagers(),
                null);
        return context;
    }

    private static SSLSocket connect(int port, Path trusted, TestCertificate shown) throws Exception {
        return connect(port, context(shown, trusted));
    }

    private static SSLSocket connect(int port, SSLContext context) throws IOException {
        return (SSLSocket) context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port);
    }

    private static String get(SSLSocket socket, String path, boolean close) throws IOException {
        String connection = close ? "Connection: close\r\n" : "";
        socket.getOutputStream()
                .write(("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + connection + "\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        if (close) {
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
        return new String(socket.getInputStream().readNBytes(12), StandardCharsets.UTF_8);
    }

    /** What a server says to a client that offers this version and this one suite: the code of its alert, or 0. */
    private static int alert(int port, int version, int suite) throws IOException {
        ByteArrayOutputStream hello = new ByteArrayOutputStream();
        DataOutputStream body = new DataOutputStream(hello);
        body.writeShort(version);
        body.write(new byte[32]);
        body.write(0);
        body.writeShort(2);
        body.writeShort(suite);
        body.write(new byte[] {1, 0});
        // supported groups and signature algorithms that fit the server's certificate
        byte[] extensions = {
            0, 10, 0, 8, 0, 6, 0, 23, 0, 24, 0, 29, 0, 11, 0, 2, 1, 0, 0, 13, 0, 12, 0, 10, 4, 3, 5, 3, 6, 3, 4, 1, 8, 4
        };
        body.writeShort(extensions.length);
        body.write(extensions);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(5_000);
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            out.write(new byte[] {22, 3, 1});
            out.writeShort(hello.size() + 4);
            out.write(new byte[] {1, 0});
            out.writeShort(hello.size());
            out.write(hello.toByteArray());
            byte[] answer = socket.getInputStream().readNBytes(7);
            assertThat(answer).hasSize(7);
            return answer[0] == ALERT ? answer[6] : 0;
        }
    }

    @ParameterizedTest
    @CsvSource({"0x0300", "0x0301", "0x0302"})
    void oldVersions_areRefused_onBothListeners(String version) throws Exception {
        for (int port : new int[] {gateway.port(), gateway.adminPort()}) {
            assertThat(alert(port, Integer.decode(version), 0xc02b)).isIn(PROTOCOL_VERSION, HANDSHAKE_FAILURE);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0x0005", "0x000a", "0x002f", "0x0035", "0x003c", "0x009c", "0x009d", "0xc009", "0xc00a", "0xc013",
                "0xc023", "0xc024", "0xc008", "0x0004", "0x0001", "0x003b", "0xc018", "0xc006", "0x009e", "0x0033"
            })
    void weakSuites_areRefused_onBothListeners(String suite) throws Exception {
        for (int port : new int[] {gateway.port(), gateway.adminPort()}) {
            assertThat(alert(port, TLS_1_2, Integer.decode(suite))).isEqualTo(HANDSHAKE_FAILURE);
        }
    }

    @Test
    void goodSuite_ofTheOldestVersionAllowed_isTaken() throws Exception {
        assertThat(alert(gateway.port(), TLS_1_2, 0xc02b)).isZero();
        try (SSLSocket socket = connect(gateway.port(), own.certificate(), null)) {
            socket.startHandshake();
            assertThat(socket.getSession().getProtocol()).isEqualTo("TLSv1.3");
        }
    }

    @Test
    void adminListener_takesClientsWithACertificateOfTheAuthority_only() throws Exception {
        try (SSLSocket socket = connect(gateway.adminPort(), own.certificate(), client)) {
            assertThat(get(socket, "/metrics", true)).startsWith("HTTP/1.1 200");
        }
        for (TestCertificate shown : new TestCertificate[] {null, stranger}) {
            try (SSLSocket socket = connect(gateway.adminPort(), own.certificate(), shown)) {
                assertThatThrownBy(() -> {
                            if (get(socket, "/metrics", true).isEmpty()) {
                                throw new SSLException("closed without an answer");
                            }
                        })
                        .isInstanceOf(IOException.class);
            }
        }
    }

    @Test
    void plainText_isNotAnswered() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), gateway.port())) {
            socket.setSoTimeout(5_000);
            socket.getOutputStream()
                    .write("GET /health HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1))
                    .doesNotContain("200");
        }
    }

    @Test
    void renewedCertificate_isShownToNewConnections_openOnesGoOn() throws Exception {
        try (SSLSocket open = connect(gateway.port(), own.certificate(), null)) {
            assertThat(get(open, "/health", false)).isEqualTo("HTTP/1.1 200");
            TestCertificate next = TestCertificate.create(folder, "next-", LOCAL, "-1d", 2);
            Path before = Files.copy(own.certificate(), folder.resolve("before.pem"));
            Path keyBefore = Files.copy(own.key(), folder.resolve("before-key.pem"));
            replace(next.certificate(), next.key());
            try (SSLSocket socket = connect(gateway.port(), next.certificate(), null)) {
                socket.startHandshake();
                assertThat(subjectKey(socket))
                        .isEqualTo(
                                certificate(next.certificate()).getPublicKey().getEncoded());
                assertThat(get(open, "/health", true)).contains("HTTP/1.1 200");
            } finally {
                replace(before, keyBefore);
            }
        }
    }

    /** New connections all the time and streams that stay, while the certificate is renewed again and again. */
    @Test
    void renewedUnderLoad_noHandshakeFails_noStreamIsCut() throws Exception {
        TestCertificate next = TestCertificate.create(folder, "again-", LOCAL, "-1d", 2);
        Path before = Files.copy(own.certificate(), folder.resolve("first.pem"));
        Path keyBefore = Files.copy(own.key(), folder.resolve("first-key.pem"));
        SSLContext context = context(null, before, next.certificate());
        AtomicBoolean running = new AtomicBoolean(true);
        Set<PublicKey> seen = ConcurrentHashMap.newKeySet();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<String>> streams = new ArrayList<>();
            for (int i = 0; i < STREAMS; i++) {
                streams.add(threads.submit(() -> {
                    try (SSLSocket socket = connect(gateway.port(), context)) {
                        return chat(socket, "sim/tokens-30-every-100ms", true);
                    }
                }));
            }
            gateway.simulator().awaitStreams(state -> state.open() == STREAMS, Duration.ofSeconds(30));
            List<Future<Integer>> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(threads.submit(() -> {
                    int served = 0;
                    while (running.get()) {
                        try (SSLSocket socket = connect(gateway.port(), context)) {
                            assertThat(chat(socket, "sim/echo", false)).startsWith("HTTP/1.1 200");
                            seen.add(
                                    socket.getSession().getPeerCertificates()[0].getPublicKey());
                        }
                        served++;
                    }
                    return served;
                }));
            }

            for (int i = 0; i < RENEWALS; i++) {
                replace(next.certificate(), next.key());
                replace(before, keyBefore);
            }
            running.set(false);

            int served = 0;
            for (Future<Integer> client : clients) {
                served += client.get();
            }
            assertThat(served).isGreaterThan(RENEWALS);
            assertThat(seen).hasSize(2);
            for (Future<String> stream : streams) {
                assertThat(stream.get()).startsWith("HTTP/1.1 200").contains("data: [DONE]\n\n");
            }
        } finally {
            running.set(false);
        }
    }

    /** The whole answer with its head, to the end of the connection. */
    private static String chat(SSLSocket socket, String model, boolean stream) throws IOException {
        String body = "{\"model\":\"" + model + "\",\"stream\":" + stream
                + ",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}";
        socket.getOutputStream()
                .write(("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                                + "Authorization: Bearer " + RunningGateway.KEY
                                + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n"
                                + body)
                        .getBytes(StandardCharsets.US_ASCII));
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static void replace(Path certificate, Path key) throws IOException {
        Files.copy(certificate, own.certificate(), StandardCopyOption.REPLACE_EXISTING);
        Files.copy(key, own.key(), StandardCopyOption.REPLACE_EXISTING);
        assertThat(gateway.gateway().reload("test").orElseThrow().taken()).isTrue();
    }

    private static byte[] subjectKey(SSLSocket socket) throws SSLException {
        return socket.getSession().getPeerCertificates()[0].getPublicKey().getEncoded();
    }

    private static X509Certificate certificate(Path file) throws Exception {
        try (InputStream in = Files.newInputStream(file)) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }
}
