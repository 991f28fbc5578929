package io.llmgateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.llmgateway.files.TlsIdentity;
import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.GatewayException;
import io.llmgateway.model.InstanceName;
import io.llmgateway.testing.TestCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIMatcher;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.StandardConstants;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes wrong with TLS towards a provider is said with the instance, the cause and the remedy. */
class TlsTroubleTest {
    private static final int MOST_RESETS = 50;
    private static final String ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood";

    @TempDir
    static Path shared;

    private static TlsIdentity own;
    private static TestCertificate client;
    private static TestCertificate stranger;

    @TempDir
    Path folder;

    private final HttpTransport transport =
            new HttpTransport(System::nanoTime, _ -> new InetAddress[] {InetAddress.getLoopbackAddress()});

    @BeforeAll
    static void certificates() throws Exception {
        TestCertificate made = TestCertificate.create(shared, "own", "san=ip:127.0.0.1", "-1d", 2);
        own = new TlsIdentity(made.certificate(), made.key());
        client = TestCertificate.create(shared, "client", "san=dns:client", "-1d", 2);
        stranger = TestCertificate.create(shared, "stranger", "san=dns:client", "-1d", 2);
    }

    @AfterEach
    void stop() {
        transport.close();
    }

    /** Serves one connection after the other until it is closed. */
    private interface Serving {
        void serve(Socket socket) throws IOException;
    }

    private static ServerSocket listening(ServerSocket server, Serving serving) {
        Thread.ofPlatform().daemon().start(() -> {
            while (!server.isClosed()) {
                try (Socket socket = server.accept()) {
                    serving.serve(socket);
                } catch (IOException e) {
                    // what the client thinks of it is what the test looks at
                    assertThat(e).isNotNull();
                }
            }
        });
        return server;
    }

    private static void answer(Socket socket) throws IOException {
        byte[] head = new byte[4];
        while (!"\r\n\r\n".equals(new String(head, StandardCharsets.ISO_8859_1))) {
            System.arraycopy(head, 1, head, 0, 3);
            int next = socket.getInputStream().read();
            if (next < 0) {
                return;
            }
            head[3] = (byte) next;
        }
        socket.getInputStream().readNBytes(2);
        socket.getOutputStream().write(ANSWER.getBytes(StandardCharsets.US_ASCII));
    }

    private static SSLServerSocket secure(TlsIdentity identity, @Nullable Path clients) throws Exception {
        TrustManager[] trust = clients == null
                ? null
                : TrustStores.managers(new Origin.TlsOptions(Optional.of(clients), Optional.empty(), false));
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(identity.keyManagers(), trust, null);
        SSLServerSocket server = (SSLServerSocket)
                context.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress());
        server.setNeedClientAuth(clients != null);
        return server;
    }

    private static ServerSocket plain() throws IOException {
        return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    private static Origin.TlsOptions trusting(Path file) {
        return new Origin.TlsOptions(Optional.of(file), Optional.empty(), false);
    }

    private String exchange(ServerSocket server, String host, boolean secure, Origin.TlsOptions tls) throws Exception {
        ConnectionPool pool = transport.pool(new Origin(
                new InstanceName("paris"),
                secure,
                host,
                server.getLocalPort(),
                "",
                Duration.ofSeconds(20),
                new Origin.PoolLimits(4, 2, Duration.ofSeconds(60), Duration.ofMinutes(10)),
                tls));
        try {
            return ScriptedServer.exchange(transport, pool);
        } finally {
            assertThat(pool.activeCount()).isZero();
        }
    }

    private void fails(ServerSocket server, String host, boolean secure, Origin.TlsOptions tls, String... said) {
        GatewayException e = failure(server, host, secure, tls);
        for (int i = 0; i < MOST_RESETS && e.error().kind() == ErrorKind.UPSTREAM_RESET; i++) {
            // a server that closes with bytes unread resets the connection, and that may overtake its alert
            e = failure(server, host, secure, tls);
        }
        assertThat(e.error().kind()).isEqualTo(ErrorKind.UPSTREAM_TLS);
        assertThat(e.error().message())
                .contains("instance 'paris'")
                .contains(":" + server.getLocalPort())
                .contains(said)
                .doesNotContain("Exception")
                .doesNotContain("\n");
        assertThat(e.error().clientMessage()).doesNotContain("paris").doesNotContain("127.0.0.1");
    }

    private GatewayException failure(ServerSocket server, String host, boolean secure, Origin.TlsOptions tls) {
        return catchThrowableOfType(GatewayException.class, () -> exchange(server, host, secure, tls));
    }

    private TlsIdentity identity(String names, String begins) throws Exception {
        TestCertificate made = TestCertificate.create(folder, "", names, begins, 2);
        return new TlsIdentity(made.certificate(), made.key());
    }

    @Test
    void selfSignedCertificate_isNamed() throws Exception {
        try (ServerSocket server = listening(secure(own, null), TlsTroubleTest::answer)) {
            fails(
                    server,
                    "127.0.0.1",
                    true,
                    Origin.TlsOptions.SYSTEM,
                    "self-signed",
                    "'CN=gateway-test'",
                    "tls.ca-certificates");

            assertThat(exchange(server, "127.0.0.1", true, trusting(own.certificate())))
                    .isEqualTo("200 good");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "san=dns:other.example, -1d, another name, base-url",
        "san=ip:127.0.0.1, -10d, expired at, renewed",
        "san=ip:127.0.0.1, +5d, holds only from, clock"
    })
    void trustedCertificateThatDoesNotFit_isExplained(String names, String begins, String cause, String remedy)
            throws Exception {
        TlsIdentity identity = identity(names, begins);
        try (ServerSocket server = listening(secure(identity, null), TlsTroubleTest::answer)) {
            fails(server, "127.0.0.1", true, trusting(identity.certificate()), cause, remedy);
        }
    }

    @Test
    void chainOfAuthorities_isFollowed_andWhatIsMissingNamed() throws Exception {
        TestChain made = TestChain.create(folder);
        TlsIdentity whole = new TlsIdentity(made.chain(), made.key());
        TlsIdentity alone = new TlsIdentity(made.leaf(), made.key());
        try (ServerSocket good = listening(secure(whole, null), TlsTroubleTest::answer);
                ServerSocket broken = listening(secure(alone, null), TlsTroubleTest::answer)) {
            assertThat(exchange(good, "127.0.0.1", true, trusting(made.root()))).isEqualTo("200 good");
            fails(
                    broken,
                    "127.0.0.1",
                    true,
                    trusting(made.root()),
                    "'CN=test-leaf'",
                    "whole chain",
                    "'CN=test-middle'");
            fails(good, "127.0.0.1", true, trusting(own.certificate()), "'CN=test-root'", "tls.ca-certificates");
        }
    }

    @Test
    void serverWithoutTls_isNamed() throws Exception {
        Serving http = socket -> {
            assertThat(socket.getInputStream().read()).isEqualTo(0x16);
            socket.getOutputStream().write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        };
        try (ServerSocket server = listening(plain(), http)) {
            fails(server, "127.0.0.1", true, Origin.TlsOptions.SYSTEM, "does not speak TLS", "http://");
        }
    }

    @Test
    void serverWithTls_wherePlainHttpIsConfigured_isNamed() throws Exception {
        try (ServerSocket server = listening(secure(own, null), TlsTroubleTest::answer)) {
            fails(server, "127.0.0.1", false, Origin.TlsOptions.SYSTEM, "speaks TLS", "https://");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "15030100020246, accepts no version of TLS",
        "15030300020228, accepts none of what the gateway offers",
        "15030300020270, knows no host of this name",
        "15030300020216, refuses the connection",
        "'', ended the connection during the TLS handshake"
    })
    void alertOfTheServer_isExplained(String alert, String cause) throws Exception {
        Serving refusing = socket -> {
            assertThat(socket.getInputStream().readNBytes(5)).hasSize(5);
            socket.getOutputStream().write(HexFormat.of().parseHex(alert));
            socket.getOutputStream().flush();
            socket.shutdownOutput();
            socket.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
        };
        try (ServerSocket server = listening(plain(), refusing)) {
            fails(server, "127.0.0.1", true, Origin.TlsOptions.SYSTEM, cause);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void clientCertificate_isShown_andItsLackExplained(String version) throws Exception {
        SSLServerSocket asking = secure(own, client.certificate());
        asking.setEnabledProtocols(new String[] {version});
        try (ServerSocket server = listening(asking, TlsTroubleTest::answer)) {
            Path trust = own.certificate();
            assertThat(exchange(server, "127.0.0.1", true, showing(trust, client)))
                    .isEqualTo("200 good");
            fails(server, "127.0.0.1", true, trusting(trust), "wants a client certificate", "tls.client-certificate");
            fails(server, "127.0.0.1", true, showing(trust, stranger), "client certificate", "tls.client-certificate");
        }
    }

    private static Origin.TlsOptions showing(Path trust, TestCertificate client) {
        TlsIdentity identity = new TlsIdentity(client.certificate(), client.key());
        return new Origin.TlsOptions(Optional.of(trust), Optional.of(identity), false);
    }

    @Test
    void nameOfTheHost_isSent_andChecked() throws Exception {
        TlsIdentity identity = identity("san=dns:models.example.test", "-1d");
        AtomicReference<String> asked = new AtomicReference<>("");
        SSLServerSocket secure = secure(identity, null);
        SSLParameters parameters = secure.getSSLParameters();
        parameters.setSNIMatchers(List.of(new SNIMatcher(StandardConstants.SNI_HOST_NAME) {
            @Override
            public boolean matches(SNIServerName name) {
                asked.set(new SNIHostName(name.getEncoded()).getAsciiName());
                return true;
            }
        }));
        secure.setSSLParameters(parameters);
        try (ServerSocket server = listening(secure, TlsTroubleTest::answer)) {
            Origin.TlsOptions trust = trusting(identity.certificate());

            assertThat(exchange(server, "models.example.test", true, trust)).isEqualTo("200 good");
            assertThat(asked).hasValue("models.example.test");
            fails(server, "other.example.test", true, trust, "another name");
        }
    }
}
