package io.llmgateway.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.testing.TestCertificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** TLS of a listener with clients of OpenSSL: its own one and Python's. */
@EnabledIf("openSslIsThere")
class TlsPeersTest {
    private static final String LOCAL = "san=dns:localhost,ip:127.0.0.1";
    private static final String GET = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

    @TempDir
    static Path folder;

    private static TestCertificate own;
    private static TestCertificate client;
    private static TestCertificate stranger;

    static boolean openSslIsThere() {
        return Program.isThere("openssl") && Program.isThere("python3");
    }

    @BeforeAll
    static void certificates() throws Exception {
        own = TestCertificate.create(folder);
        client = TestCertificate.create(folder, "client-", LOCAL, "-1d", 2);
        stranger = TestCertificate.create(folder, "stranger-", LOCAL, "-1d", 2);
    }

    private static TlsServer start(TlsServer.Serving serving) throws IOException {
        return TlsServer.start(TlsServer.settings(own, null, false), serving);
    }

    private static TlsServer mutual(boolean required) throws IOException {
        return TlsServer.start(TlsServer.settings(own, client.certificate(), required), TlsServer::answerOk);
    }

    private static String[] command(TlsServer server, String... more) {
        List<String> all = new ArrayList<>(List.of(
                "openssl",
                "s_client",
                "-connect",
                "127.0.0.1:" + server.port(),
                "-servername",
                "localhost",
                "-CAfile",
                own.certificate().toString(),
                "-verify_return_error"));
        all.addAll(Arrays.asList(more));
        return all.toArray(String[]::new);
    }

    /** What s_client says to a request, with its end. */
    private static String get(TlsServer server, String... more) throws Exception {
        List<String> all = new ArrayList<>(List.of(more));
        all.add("-ign_eof");
        return Program.run(GET, command(server, all.toArray(String[]::new)));
    }

    @ParameterizedTest
    @CsvSource({
        "-tls1_2, TLSv1.2, ECDHE-ECDSA-AES256-GCM-SHA384",
        "-tls1_3, TLSv1.3, TLS_AES_256_GCM_SHA384",
    })
    void request_isAnswered(String option, String version, String suite) throws Exception {
        try (TlsServer server = start(TlsServer::answerOk)) {
            assertThat(get(server, option))
                    .contains("\r\n\r\nok")
                    .contains("New, " + version + ", Cipher is " + suite)
                    .contains("Verify return code: 0")
                    .contains("closed");
            assertThat(server.end()).isEqualTo("served");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "-tls1_2 -cipher ECDHE-ECDSA-CHACHA20-POLY1305",
        "-tls1_2 -curves P-384",
        "-tls1_3 -ciphersuites TLS_CHACHA20_POLY1305_SHA256",
        "-tls1_3 -groups P-521:X25519",
        "-tls1_3 -max_send_frag 512",
        "-tls1_2 -no_ticket -no_etm",
        "-tls1_3 -status -tlsextdebug",
        "-tls1_2 -maxfraglen 1024",
        "-tls1_3 -bugs -legacy_server_connect",
    })
    void options_ofManyClients_areServed(String options) throws Exception {
        try (TlsServer server = start(TlsServer::answerOk)) {
            assertThat(get(server, options.split(" "))).contains("\r\n\r\nok");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-tls1_2 -cipher AES128-SHA | handshake failure",
                "-tls1_2 -cipher ECDHE-ECDSA-AES128-SHA256 | handshake failure",
                "-tls1_3 -ciphersuites TLS_AES_128_CCM_SHA256 | handshake failure",
                "-tls1_1 -cipher DEFAULT@SECLEVEL=0 | protocol version",
                "-tls1 -cipher DEFAULT@SECLEVEL=0 | protocol version",
                "-tls1_3 -alpn h2 | no application protocol",
                "-tls1_2 -alpn h2,h3 | no application protocol",
            })
    void refusal_saysWhy(String options, String alert) throws Exception {
        try (TlsServer server = start(TlsServer::answerOk)) {
            assertThat(get(server, options.split(" "))).contains("alert " + alert);
            assertThat(server.end()).contains("SSL");
        }
    }

    @Test
    void applicationProtocol_isChosen() throws Exception {
        try (TlsServer server = start(TlsServer::answerOk)) {
            assertThat(get(server, "-alpn", "h2,http/1.1")).contains("ALPN protocol: http/1.1");
            assertThat(get(server)).contains("No ALPN negotiated");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_2", "-tls1_3"})
    void clientCertificate_isAskedFor_andOnlyThatOfTheAuthorityIsTaken(String version) throws Exception {
        try (TlsServer server = mutual(true)) {
            assertThat(get(server, version, "-cert", pem(client), "-key", key(client)))
                    .contains("\r\n\r\nok");
            assertThat(server.end()).isEqualTo("served");
            assertThat(get(server, version, "-cert", pem(stranger), "-key", key(stranger)))
                    .doesNotContain("200 OK")
                    .contains("alert ");
            assertThat(server.end()).contains("SSL");
            assertThat(get(server, version)).doesNotContain("200 OK").contains("alert ");
            assertThat(server.end()).contains("SSL");
        }
        try (TlsServer server = mutual(false)) {
            assertThat(get(server, version)).contains("\r\n\r\nok");
            assertThat(server.end()).isEqualTo("served");
            assertThat(get(server, version, "-cert", pem(stranger), "-key", key(stranger)))
                    .doesNotContain("200 OK");
            assertThat(server.end()).contains("SSL");
        }
    }

    private static String pem(TestCertificate certificate) {
        return certificate.certificate().toString();
    }

    private static String key(TestCertificate certificate) {
        return certificate.key().toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_2", "-tls1_3"})
    void session_isResumed_butNotAfterTheAuthoritiesWereRenewed(String version) throws Exception {
        try (TlsServer server = mutual(true)) {
            String session = folder.resolve("session" + version).toString();
            String[] first = {version, "-cert", pem(client), "-key", key(client), "-sess_out", session};
            String[] again = {version, "-sess_in", session};
            assertThat(get(server, first)).contains("\r\n\r\nok");
            assertThat(get(server, again)).contains("Reused, TLS").contains("\r\n\r\nok");

            server.tls.renew(TlsServer.settings(own, stranger.certificate(), true));

            assertThat(get(server, again)).doesNotContain("Reused").doesNotContain("200 OK");
            assertThat(get(server, version, "-cert", pem(stranger), "-key", key(stranger)))
                    .contains("\r\n\r\nok");
        }
    }

    @Test
    void keyUpdates_ofTheClient_areFollowedAndAnswered() throws Exception {
        try (TlsServer server = start(TlsServer::echo);
                Program openssl = Program.start(List.of(command(server, "-tls1_3")))) {
            openssl.awaitSaid("Verify return code: 0 (ok)\n---", 1);
            for (int i = 1; i <= 10; i++) {
                openssl.tell(i % 2 == 0 ? "K\n" : "k\n");
                openssl.awaitSaid("KEYUPDATE", i);
                openssl.tell("line " + i + "\n");
                openssl.awaitSaid("line " + i + "\n", 1);
            }
            assertThat(openssl.alive()).isTrue();
            assertThat(openssl.said()).contains("line 10\n");
        }
    }

    @Test
    void keyUpdates_andNothingElse_areEnded() throws Exception {
        try (TlsServer server = start(TlsServer::echo);
                Program openssl = Program.start(List.of(command(server, "-tls1_3")))) {
            openssl.awaitSaid("Verify return code: 0 (ok)\n---", 1);
            for (int i = 1; i <= 1_500 && server.threads.size() > 0; i++) {
                openssl.tell("k\n");
                openssl.awaitSaid("KEYUPDATE", i);
            }

            assertThat(server.end()).contains("records without content");
        }
    }

    @Test
    void secondHandshake_isRefused() throws Exception {
        try (TlsServer server = start(TlsServer::echo);
                Program openssl = Program.start(List.of(command(server, "-tls1_2")))) {
            openssl.tell("before\n");
            openssl.awaitSaid("before\n", 1);
            openssl.tell("R\n");
            openssl.awaitSaid("RENEGOTIATING", 1);

            assertThat(server.end()).contains("second handshake");
        }
    }

    @Test
    void python_readsWhatItSent_andEndsProperly() throws Exception {
        Path script = Files.writeString(folder.resolve("client.py"), """
                import hashlib, os, socket, ssl, sys
                port, authority = int(sys.argv[1]), sys.argv[2]
                for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
                    context = ssl.create_default_context(cafile=authority)
                    context.minimum_version = context.maximum_version = version
                    raw = socket.create_connection(("127.0.0.1", port), timeout=60)
                    client = context.wrap_socket(raw, server_hostname="localhost")
                    # one thread: Python 3.11 lets two threads into one connection's TLS at once, which breaks it
                    sent = os.urandom(8 << 20)
                    got = bytearray()
                    while len(got) < len(sent):
                        client.sendall(sent[len(got) : len(got) + (1 << 16)])
                        end = min(len(sent), len(got) + (1 << 16))
                        while len(got) < end:
                            part = client.recv(1 << 16)
                            assert part, "cut after %d" % len(got)
                            got += part
                    assert hashlib.sha256(got).digest() == hashlib.sha256(sent).digest()
                    print("echoed", client.version())
                    client.unwrap()
                """);
        try (TlsServer server = start(TlsServer::echo)) {
            String said = Program.run(
                    "",
                    "python3",
                    script.toString(),
                    Integer.toString(server.port()),
                    own.certificate().toString());

            assertThat(said).isEqualTo("echoed TLSv1.2\nechoed TLSv1.3\n");
            assertThat(server.end()).isEqualTo("served");
            assertThat(server.end()).isEqualTo("served");
        }
    }
}
