package io.llmgateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.files.TlsIdentity;
import io.llmgateway.simulator.Simulator;
import io.llmgateway.simulator.SimulatorOptions;
import io.llmgateway.testing.TestCertificate;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An instance whose certificate is not the right one gets no key and no prompt; the client gets 502. */
class UpstreamCertificatesTest {
    private static final String PROMPT = "canary-prompt";

    @TempDir
    Path folder;

    /** A server that keeps what it is told. */
    private static final class Listening implements AutoCloseable {
        private final ServerSocket server;
        private final ByteArrayOutputStream heard = new ByteArrayOutputStream();

        Listening(ServerSocket server) {
            this.server = server;
            Thread.ofVirtual().start(this::serve);
        }

        private void serve() {
            while (!server.isClosed()) {
                try (Socket socket = server.accept()) {
                    socket.setSoTimeout(2_000);
                    byte[] buffer = new byte[4096];
                    int length = socket.getInputStream().read(buffer);
                    while (length > 0) {
                        synchronized (heard) {
                            heard.write(buffer, 0, length);
                        }
                        length = socket.getInputStream().read(buffer);
                    }
                } catch (IOException _) {
                    // a handshake that failed, or the end
                }
            }
        }

        String heard() {
            synchronized (heard) {
                return heard.toString(StandardCharsets.ISO_8859_1);
            }
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }

    private static Listening listen(TestCertificate shown) throws Exception {
        if (shown == null) {
            return new Listening(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
        }
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(new TlsIdentity(shown.certificate(), shown.key()).keyManagers(), null, null);
        return new Listening(
                context.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress()));
    }

    private static HttpResponse<String> ask(RunningGateway gateway) throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(
                    HttpRequest.newBuilder(URI.create(gateway.url() + "/v1/chat/completions"))
                            .header("Authorization", "Bearer " + RunningGateway.KEY)
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString(
                                    "{\"model\":\"m\",\"messages\":[{\"role\":\"user\"," + "\"content\":\"" + PROMPT
                                            + "\"}]}"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    private static RunningGateway gateway(int port, String tls) {
        return RunningGateway.configured("""
                server: {port: 0}
                admin: {port: 0}
                keys: [{name: test, key: {env: CLIENT_KEY}}]
                providers:
                  p:
                    type: openai
                    tls: %s
                    instances: [{name: i, base-url: "https://localhost:%d/v1", api-key: {env: PROVIDER_KEY}}]
                """.formatted(tls, port), Simulator.start(SimulatorOptions.defaults()));
    }

    @ParameterizedTest
    @CsvSource({
        // names on the certificate, begins, days, whether its authority is trusted
        "san=dns:localhost, -1d, 2, false",
        "san=dns:other.example, -1d, 2, true",
        "san=dns:localhost.example, -1d, 2, true",
        "san=ip:10.1.2.3, -1d, 2, true",
        "san=dns:localhost, -10d, 5, true",
        "san=dns:localhost, +5d, 5, true"
    })
    void wrongCertificate_gives502_andTheKeyIsNeverSent(String names, String begins, int days, boolean trusted)
            throws Exception {
        TestCertificate shown = TestCertificate.create(folder, "", names, begins, days);
        try (Listening upstream = listen(shown);
                RunningGateway gateway = gateway(
                        upstream.server.getLocalPort(),
                        trusted ? "{ca-certificates: \"" + shown.certificate() + "\"}" : "{}")) {
            HttpResponse<String> answer = ask(gateway);

            assertThat(answer.statusCode()).isEqualTo(502);
            assertThat(answer.body().toLowerCase(Locale.ROOT)).doesNotContain(RunningGateway.PROVIDER_KEY, PROMPT);
            assertThat(upstream.heard()).doesNotContain(RunningGateway.PROVIDER_KEY, PROMPT, "POST");
        }
    }

    @Test
    void plainServer_whereTlsIsConfigured_gives502_andTheKeyIsNeverSent() throws Exception {
        try (Listening upstream = listen(null);
                RunningGateway gateway = gateway(upstream.server.getLocalPort(), "{}")) {
            assertThat(ask(gateway).statusCode()).isIn(502, 504);
            assertThat(upstream.heard()).isNotEmpty().doesNotContain(RunningGateway.PROVIDER_KEY, PROMPT, "POST");
        }
    }

    @Test
    void rightCertificate_getsTheRequest() throws Exception {
        TestCertificate shown = TestCertificate.create(folder);
        try (Listening upstream = listen(shown);
                RunningGateway gateway =
                        gateway(upstream.server.getLocalPort(), "{ca-certificates: \"" + shown.certificate() + "\"}")) {
            ask(gateway);
            assertThat(upstream.heard()).contains("POST /v1/chat/completions", RunningGateway.PROVIDER_KEY, PROMPT);
        }
    }
}
