package io.llmgateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.simulator.Simulator;
import io.llmgateway.simulator.SimulatorOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a request comes from, as real proxies in front say it. Clients have addresses of their own in 127.0.0.0/8. */
@EnabledIf("proxiesAreThere")
class BehindProxiesTest {
    private static final String ADMITTED = "127.0.0.9";
    private static final String OTHER = "127.0.0.8";

    @TempDir
    Path folder;

    static boolean proxiesAreThere() {
        return FrontProxies.areThere();
    }

    private static RunningGateway gateway(boolean proxyProtocol) {
        Simulator simulator = Simulator.start(SimulatorOptions.defaults());
        return RunningGateway.configured("""
                server: {port: 0, header-timeout: 1s, trusted-proxies: [127.0.0.1], proxy-protocol: %s}
                admin: {port: 0}
                keys: [{name: test, key: {env: CLIENT_KEY}, networks: [%s]}]
                providers: {p: {type: openai, instances: [{name: o, base-url: "http://127.0.0.1:%d/v1"}]}}
                routing: {default-provider: p}
                """.formatted(proxyProtocol, ADMITTED, simulator.port()), simulator);
    }

    /** The status of a request from this address, 0 when the connection ends without an answer. */
    private static int status(String from, int port, String field) throws IOException {
        try (Socket socket = new Socket()) {
            socket.bind(new InetSocketAddress(InetAddress.ofLiteral(from), 0));
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            socket.setSoTimeout(20_000);
            String request = "GET /v1/models HTTP/1.1\r\nHost: h\r\nConnection: close\r\nAuthorization: Bearer "
                    + RunningGateway.KEY + "\r\n" + field + "\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            String said = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return said.isEmpty() ? 0 : Integer.parseInt(said.substring(9, 12));
        } catch (java.net.SocketException e) {
            // reset: closed without an answer as well
            return 0;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"send-proxy", "send-proxy-v2", "send-proxy-v2-ssl-cn"})
    void haproxy_saysByTheProxyProtocol_whoseTheConnectionIs(String option) throws Exception {
        try (RunningGateway gateway = gateway(true);
                FrontProxies proxies = FrontProxies.announcing(folder, option, gateway.port())) {
            String lie = "X-Forwarded-For: " + ADMITTED + "\r\n";

            assertThat(status(ADMITTED, proxies.haproxy(0), "")).isEqualTo(200);
            assertThat(status(OTHER, proxies.haproxy(0), "")).isEqualTo(403);
            assertThat(status(OTHER, proxies.haproxy(0), lie)).isEqualTo(403);
            // from the proxy's own machine, but without its word; and from elsewhere, where no word is expected
            assertThat(status("127.0.0.1", gateway.port(), "")).isZero();
            URI metrics = URI.create("http://127.0.0.1:" + gateway.adminPort() + "/metrics");
            String page;
            try (HttpClient http = HttpClient.newHttpClient()) {
                page = http.send(HttpRequest.newBuilder(metrics).build(), HttpResponse.BodyHandlers.ofString())
                        .body();
            }
            assertThat(page.lines().filter(line -> line.startsWith("gateway_client_connections_shed_total")))
                    .anyMatch(line -> line.contains("reason=\"proxy\""));
            assertThat(status(ADMITTED, gateway.port(), "")).isEqualTo(200);
        }
    }

    @Test
    void nginx_saysByXForwardedFor_whereARequestComesFrom_whateverTheClientSays() throws Exception {
        try (RunningGateway gateway = gateway(false);
                FrontProxies proxies = FrontProxies.start(folder, gateway.port())) {
            String lie = "X-Forwarded-For: " + ADMITTED + "\r\n";

            assertThat(status(ADMITTED, proxies.nginx(0), "")).isEqualTo(200);
            assertThat(status(OTHER, proxies.nginx(0), "")).isEqualTo(403);
            assertThat(status(OTHER, proxies.nginx(0), lie)).isEqualTo(403);
            assertThat(status(OTHER, gateway.port(), lie)).isEqualTo(403);
        }
    }
}
