package io.llmgateway.it;

import io.llmgateway.simulator.Simulator;
import io.llmgateway.simulator.SimulatorOptions;
import io.llmgateway.testing.RawClient;
import io.llmgateway.testing.ScriptedUpstream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A whole gateway in front of upstreams that say what a test wants them to say. */
final class ScriptedGateway implements AutoCloseable {
    static final String CHAT = "/v1/chat/completions";
    static final String MESSAGES = "/v1/messages";

    private final List<ScriptedUpstream> upstreams = new ArrayList<>();
    private final RunningGateway gateway;

    private ScriptedGateway(RunningGateway gateway, List<ScriptedUpstream> upstreams) {
        this.gateway = gateway;
        this.upstreams.addAll(upstreams);
    }

    /** Starts with this configuration; in it %1$s, %2$s, ... are the addresses of the upstreams. */
    static ScriptedGateway start(String yaml, ScriptedUpstream.Script... scripts) throws IOException {
        List<ScriptedUpstream> upstreams = new ArrayList<>();
        List<Object> urls = new ArrayList<>();
        for (ScriptedUpstream.Script script : scripts) {
            upstreams.add(ScriptedUpstream.start(script));
            urls.add(upstreams.getLast().url());
        }
        String text =
                "admin: {port: 0}\nkeys: [{name: test, key: {env: CLIENT_KEY}}]\n" + yaml.formatted(urls.toArray());
        return new ScriptedGateway(
                RunningGateway.configured(text, Simulator.start(SimulatorOptions.defaults())), upstreams);
    }

    /** One provider of this type with one instance, and these settings of the provider. */
    static ScriptedGateway one(String type, String settings, ScriptedUpstream.Script script) throws IOException {
        return start("""
                server: {port: 0}
                providers:
                  p: {type: %s, %s instances: [{name: one, base-url: "%%1$s"}]}
                routing: {default-provider: p}
                """.formatted(type, settings.isEmpty() ? "" : settings + ","), script);
    }

    RunningGateway gateway() {
        return gateway;
    }

    ScriptedUpstream upstream(int number) {
        return upstreams.get(number);
    }

    static String request(String model, boolean stream) {
        return "{\"model\":\"" + model + "\",\"max_tokens\":100,\"stream\":" + stream
                + ",\"messages\":[{\"role\":\"user\",\"content\":\"one two\"}]}";
    }

    RawClient connect() throws IOException {
        return RawClient.connect(gateway.port());
    }

    /** Sends a request on a connection of its own. */
    RawClient send(String path, String body) throws IOException {
        return connect().post(path, RunningGateway.KEY, body);
    }

    /** Sends a request and reads all there is until the gateway closes. */
    String ask(String path, String body) throws IOException {
        try (RawClient client = connect()) {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            return client.send("POST " + path + " HTTP/1.1\r\nHost: test\r\nConnection: close\r\nAuthorization: Bearer "
                            + RunningGateway.KEY + "\r\nContent-Type: application/json\r\nContent-Length: "
                            + bytes.length + "\r\n\r\n")
                    .send(bytes)
                    .readToEnd();
        }
    }

    /** What the admin listener says. */
    String admin(String path) throws IOException {
        try (RawClient client = RawClient.connect(gateway.adminPort())) {
            return client.send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                    .read()
                    .body();
        }
    }

    @Override
    public void close() throws IOException {
        gateway.close();
        for (ScriptedUpstream upstream : upstreams) {
            upstream.close();
        }
    }
}
