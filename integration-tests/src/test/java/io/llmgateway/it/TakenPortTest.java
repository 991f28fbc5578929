package io.llmgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.llmgateway.launcher.Gateway;
import io.llmgateway.launcher.Main;
import io.llmgateway.settings.GatewaySettings;
import io.llmgateway.settings.read.LoadResult;
import io.llmgateway.settings.read.SettingsLoader;
import io.llmgateway.settings.read.Sources;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A listener that cannot be opened ends the start with one clear error, and leaves nothing open. */
class TakenPortTest {
    private static final InetAddress HERE = InetAddress.getLoopbackAddress();

    private static GatewaySettings settings(String listeners) {
        String yaml = listeners + """

                providers: {p: {type: openai, instances: [{name: one, base-url: "http://127.0.0.1:1/v1"}]}}
                routing: {default-provider: p}
                keys: [{name: test, key: {env: CLIENT_KEY}}]
                """;
        LoadResult result = SettingsLoader.load(
                "test.yaml", yaml, Path.of("."), Sources.of(Map.of("CLIENT_KEY", RunningGateway.KEY)));
        if (result instanceof LoadResult.Loaded(GatewaySettings settings, var _)) {
            return settings;
        }
        throw new AssertionError(result.toString());
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, HERE)) {
            return socket.getLocalPort();
        }
    }

    @Test
    void takenPort_ofTheDataListener_isAClearError() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, HERE)) {
            int port = taken.getLocalPort();

            assertThatThrownBy(() ->
                            Gateway.start(settings("server: {host: 127.0.0.1, port: " + port + "}\nadmin: {port: 0}")))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith("cannot listen on 127.0.0.1:" + port + " (server.port): ")
                    .hasMessageContaining("in use");
        }
    }

    @Test
    void takenPort_ofTheAdminListener_isAClearError_andTheDataListenerIsClosed() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, HERE)) {
            int data = freePort();
            GatewaySettings settings = settings("server: {host: 127.0.0.1, port: " + data
                    + "}\nadmin: {host: 127.0.0.1, port: " + taken.getLocalPort() + "}");

            assertThatThrownBy(() -> Gateway.start(settings))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith("cannot listen on 127.0.0.1:" + taken.getLocalPort() + " (admin.port): ")
                    .hasMessageContaining("in use");

            try (ServerSocket again = new ServerSocket()) {
                again.bind(new InetSocketAddress(HERE, data));
                assertThat(again.isBound()).isTrue();
            }
        }
    }

    @Test
    void addressOfAnotherMachine_isAClearError() {
        assertThatThrownBy(() -> Gateway.start(
                        settings("server: {host: 192.0.2.1, port: 0, allow-insecure-http: true}\nadmin: {port: 0}")))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("cannot listen on 192.0.2.1:0 (server.port): ");
    }

    @Test
    void demoOnATakenPort_endsWith1() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, HERE)) {
            assertThat(Main.run("demo", "--port", Integer.toString(taken.getLocalPort()), "--admin-port", "0"))
                    .isEqualTo(1);
        }
    }
}
