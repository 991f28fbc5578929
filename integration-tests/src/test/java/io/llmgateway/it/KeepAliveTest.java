package io.llmgateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.testing.ProviderAnswers;
import io.llmgateway.testing.RawClient;
import io.llmgateway.testing.ScriptedUpstream;
import io.llmgateway.testing.StreamInvariants;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A first token that takes long: the client hears that somebody is still there, and what comes then is as ever. */
class KeepAliveTest {
    private static final String PROVIDERS = """
            server: {port: 0, stream-keep-alive: 1s}
            providers:
              openai:
                type: openai
                %1$s
                instances:
                  - {name: o1, base-url: "%%1$s", priority: 1}
                  - {name: o2, base-url: "%%2$s", priority: 2}
              anthropic:
                type: anthropic
                %1$s
                instances:
                  - {name: a1, base-url: "%%1$s", priority: 1}
                  - {name: a2, base-url: "%%2$s", priority: 2}
            routing: {rules: {"o/*": openai, "a/*": anthropic}}
            """;

    private final CountDownLatch heard = new CountDownLatch(1);

    private static String model(String path) {
        return path.equals(ScriptedGateway.MESSAGES) ? "a/m" : "o/m";
    }

    private static String sign(String path) {
        return path.equals(ScriptedGateway.MESSAGES) ? "event: ping\n" : ": ";
    }

    private void await() throws InterruptedException {
        assertThat(heard.await(20, TimeUnit.SECONDS))
                .as("the client heard a sign")
                .isTrue();
    }

    /** Reads the first chunk, which must be the sign, and then the rest of the stream, as far as it goes. */
    private String listen(String path, RawClient client) throws IOException {
        assertThat(client.readHead()).startsWith("HTTP/1.1 200").contains("text/event-stream");
        assertThat(new String(client.readChunk(), StandardCharsets.UTF_8)).startsWith(sign(path));
        heard.countDown();
        StringBuilder rest = new StringBuilder();
        try {
            byte[] chunk = client.readChunk();
            while (chunk.length > 0) {
                rest.append(new String(chunk, StandardCharsets.UTF_8));
                chunk = client.readChunk();
            }
            return rest.toString();
        } catch (IOException e) {
            return rest + "<cut>";
        }
    }

    private static void invariants(String path, String events) {
        if (path.equals(ScriptedGateway.MESSAGES)) {
            StreamInvariants.anthropic(events);
        } else {
            StreamInvariants.openAi(events, false);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {ScriptedGateway.CHAT, ScriptedGateway.MESSAGES})
    void longFirstToken_aSignComes_thenTheAnswer(String path) throws Exception {
        ScriptedUpstream.Script slow = call -> {
            call.write(ProviderAnswers.STREAM_HEAD);
            await();
            call.chunk(ProviderAnswers.events(call.line()));
            call.write(ProviderAnswers.LAST_CHUNK);
        };
        try (ScriptedGateway gateway = ScriptedGateway.start(PROVIDERS.formatted(""), slow, slow);
                RawClient client = gateway.send(path, ScriptedGateway.request(model(path), true))) {
            String events = listen(path, client);

            invariants(path, events);
            assertThat(events).contains("\"ok\"").doesNotContain("error");
            // the connection is as good as before
            assertThat(client.post(path, RunningGateway.KEY, "{").read().status())
                    .isEqualTo(400);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {ScriptedGateway.CHAT, ScriptedGateway.MESSAGES})
    void instanceThatFailsAfterTheSign_isReplacedAllTheSame(String path) throws Exception {
        ScriptedUpstream.Script fails = call -> {
            await();
            throw new IOException("gone without a word");
        };
        try (ScriptedGateway gateway = ScriptedGateway.start(PROVIDERS.formatted(""), fails, ProviderAnswers::serve);
                RawClient client = gateway.send(path, ScriptedGateway.request(model(path), true))) {
            String events = listen(path, client);

            invariants(path, events);
            assertThat(events).contains("\"ok\"").doesNotContain("error");
            assertThat(gateway.upstream(1).asked()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {ScriptedGateway.CHAT, ScriptedGateway.MESSAGES})
    void errorAfterTheSign_isTheLastEvent_andTheStreamEnds(String path) throws Exception {
        ScriptedUpstream.Script refuses = call -> {
            await();
            call.write(ProviderAnswers.json(500, "{\"error\":{\"message\":\"no\"}}"));
        };
        try (ScriptedGateway gateway = ScriptedGateway.start(PROVIDERS.formatted(""), refuses, refuses);
                RawClient client = gateway.send(path, ScriptedGateway.request(model(path), true))) {
            String events = listen(path, client);

            assertThat(events).doesNotContain("<cut>").doesNotContain("message_stop");
            assertThat(events)
                    .startsWith(path.equals(ScriptedGateway.MESSAGES) ? "event: error\ndata: {" : "data: {\"error\":{");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {ScriptedGateway.CHAT, ScriptedGateway.MESSAGES})
    void wholeAnswer_getsNoSign(String path) throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        ScriptedUpstream.Script slow = call -> {
            // longer than a sign takes
            assertThat(never.await(1_500, TimeUnit.MILLISECONDS)).isFalse();
            ProviderAnswers.serve(call);
        };
        try (ScriptedGateway gateway = ScriptedGateway.start(PROVIDERS.formatted(""), slow, slow);
                RawClient client = gateway.send(path, ScriptedGateway.request(model(path), false))) {
            RawClient.Response answer = client.read();

            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).startsWith("{").contains("ok");
        }
    }
}
