package io.llmgateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.simulator.Simulator;
import io.llmgateway.simulator.SimulatorOptions;
import io.llmgateway.testing.TestCertificate;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A listener with a certificate, and an upstream gateway that is reached over it with a client certificate. */
class TlsTest {
    @TempDir
    static Path folder;

    private static Simulator simulator;
    private static RunningGateway inner;
    private static RunningGateway outer;
    private static SSLSocketFactory sockets;
    private static RecordingProxy proxy;

    @BeforeAll
    static void start() throws Exception {
        proxy = RecordingProxy.start();
        TestCertificate own = TestCertificate.create(folder);
        simulator = Simulator.start(SimulatorOptions.defaults());
        inner = RunningGateway.configured("""
                server: {port: 0, tls: {certificate: "%2$s", key: "%3$s"}}
                admin: {port: 0}
                keys: [{name: test, key: {env: CLIENT_KEY}}]
                providers:
                  openai:
                    type: openai
                    instances: [{name: o, base-url: "%1$s/v1", api-key: {env: PROVIDER_KEY}}]
                routing: {rules: {"o/*": openai, "t-": openai}}
                """.formatted(simulator.baseUri(), own.certificate(), own.key()), simulator);
        outer = RunningGateway.configured(
                """
                server: {port: 0}
                admin: {port: 0}
                keys: [{name: test, key: {env: CLIENT_KEY}}]
                providers:
                  trusted:
                    type: openai
                    tls: {ca-certificates: "%2$s", client-certificate: "%2$s", client-key: "%3$s"}
                    instances: [{name: t, base-url: "https://localhost:%1$d/v1", api-key: {env: CLIENT_KEY}}]
                  proxied:
                    type: openai
                    tls: {ca-certificates: "%2$s", client-certificate: "%2$s", client-key: "%3$s"}
                    proxy: {url: "http://127.0.0.1:%4$d", authorization: "Basic dXNlcjpwYXNz"}
                    instances: [{name: p, base-url: "https://localhost:%1$d/v1", api-key: {env: CLIENT_KEY}}]
                  plain:
                    type: openai
                    proxy: {url: "http://127.0.0.1:%4$d", authorization: "Basic dXNlcjpwYXNz"}
                    instances: [{name: h, base-url: "%5$s/v1", api-key: {env: PROVIDER_KEY}}]
                  untrusted:
                    type: openai
                    instances: [{name: u, base-url: "https://localhost:%1$d/v1", api-key: {env: CLIENT_KEY}}]
                routing: {rules: {"t-": trusted, "u-": untrusted, "t-p/*": proxied, "h/*": plain}}
                """.formatted(inner.port(), own.certificate(), own.key(), proxy.port(), simulator.baseUri()),
                Simulator.start(SimulatorOptions.defaults()));
        sockets = trusting(own.certificate());
    }

    @AfterAll
    static void stop() throws IOException {
        outer.close();
        inner.close();
        proxy.close();
    }

    private static SSLSocketFactory trusting(Path certificate) throws Exception {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (InputStream in = Files.newInputStream(certificate)) {
            store.setCertificateEntry(
                    "ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context.getSocketFactory();
    }

    private static void send(Socket socket, String path, String model, boolean stream) throws IOException {
        String body = "{\"model\":\"" + model + "\",\"max_tokens\":5000,\"stream\":" + stream
                + ",\"messages\":[{\"role\":\"user\",\"content\":\"hello there\"}]}";
        socket.getOutputStream()
                .write(("POST " + path + " HTTP/1.1\r\nHost: test\r\nConnection: close\r\nAuthorization: Bearer "
                                + RunningGateway.KEY + "\r\nContent-Type: application/json\r\nContent-Length: "
                                + body.length() + "\r\n\r\n" + body)
                        .getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void request_overTls_isServed() throws Exception {
        try (Socket socket = sockets.createSocket(InetAddress.getLoopbackAddress(), inner.port())) {
            send(socket, "/v1/chat/completions", "o/echo", false);
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("HTTP/1.1 200 OK")
                    .contains("hello there");
        }
    }

    @Test
    void provider_isVerified_ownAuthoritiesCount() throws Exception {
        assertThat(plain("t-x/echo")).startsWith("HTTP/1.1 200 OK").contains("hello there");
        assertThat(plain("u-x/echo")).startsWith("HTTP/1.1 502").contains("upstream");
    }

    @Test
    void configuredProxy_isUsed_asTunnelForTls_andWithWholeUrlsElse() throws Exception {
        assertThat(plain("t-p/echo")).startsWith("HTTP/1.1 200 OK").contains("hello there");
        assertThat(plain("h/echo")).startsWith("HTTP/1.1 200 OK").contains("hello there");

        String authorization = "Proxy-Authorization: Basic dXNlcjpwYXNz";
        assertThat(proxy.heads())
                .anySatisfy(head -> assertThat(head)
                        .startsWith("CONNECT localhost:" + inner.port() + " HTTP/1.1")
                        .contains(authorization));
        assertThat(proxy.heads())
                .anySatisfy(head -> assertThat(head)
                        .startsWith("POST " + simulator.baseUri() + "/v1/chat/completions HTTP/1.1")
                        .contains(authorization));
    }

    private static String plain(String model) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), outer.port())) {
            send(socket, "/v1/chat/completions", model, false);
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @ParameterizedTest
    @CsvSource({"hang, true, true", "hang, false, false", "tokens-500-every-20ms, true, false", "hang, true, false"})
    void clientLeaves_overTls_providerIsToldWithinASecond(String script, boolean stream, boolean reset)
            throws Exception {
        Socket tcp = new Socket(InetAddress.getLoopbackAddress(), inner.port());
        Socket socket = sockets.createSocket(tcp, "localhost", inner.port(), true);
        send(socket, "/v1/chat/completions", "o/" + script, stream);
        simulator.awaitStreams(streams -> streams.open() == 1, Duration.ofSeconds(5));

        if (reset) {
            tcp.setSoLinger(true, 0);
            tcp.close();
        } else {
            socket.close();
        }

        simulator.awaitStreams(streams -> streams.open() == 0, Duration.ofSeconds(1));
    }
}
