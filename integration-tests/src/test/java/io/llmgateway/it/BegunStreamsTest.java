package io.llmgateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.testing.ProviderAnswers;
import io.llmgateway.testing.RawClient;
import io.llmgateway.testing.ScriptedUpstream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A stream that has begun holds nothing of its request, whatever that weighed. */
class BegunStreamsTest {
    private static final int STREAMS = 24;
    private static final int BODY_BYTES = 4 * 1024 * 1024;

    /** What a stream may hold: its buffers, and what the scripted provider of this test keeps of a request. */
    private static final long MOST_BYTES = BODY_BYTES / 8;

    private static final String GEMINI_BEGUN =
            "data: {\"candidates\":[{\"content\":{\"role\":\"model\",\"parts\":[{\"text\":\"begun\"}]}}]}\n\n";

    private final CountDownLatch end = new CountDownLatch(1);

    private void beginAndWait(ScriptedUpstream.Call call) throws IOException, InterruptedException {
        boolean anthropic = call.line().contains("/messages");
        call.write(ProviderAnswers.STREAM_HEAD);
        if (anthropic) {
            call.chunk(ProviderAnswers.ANTHROPIC_START + ProviderAnswers.anthropicDelta("begun"));
        } else if (call.line().contains("gemini")) {
            call.chunk(GEMINI_BEGUN);
        } else {
            call.chunk(ProviderAnswers.OPENAI_START + ProviderAnswers.openAiDelta("begun"));
        }
        end.await();
    }

    private static byte[] request(String path) {
        String options = "\"model\":\"gemini-x\",\"max_tokens\":100,\"stream\":true";
        String start = "{" + options + ",\"messages\":[{\"role\":\"user\",\"content\":\"";
        byte[] body = new byte[BODY_BYTES];
        java.util.Arrays.fill(body, (byte) 'x');
        byte[] head = start.getBytes(StandardCharsets.US_ASCII);
        byte[] tail = "\"}]}".getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(head, 0, body, 0, head.length);
        System.arraycopy(tail, 0, body, body.length - tail.length, tail.length);
        assertThat(path).startsWith("/v1/");
        return body;
    }

    /** The least of several looks: what has just been let go may still be on a stack. */
    private static long heapInUse(long enough) {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 20 && least > enough; i++) {
            System.gc();
            least = Math.min(
                    least,
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        return least;
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/chat/completions, openai",
        "/v1/chat/completions, anthropic",
        "/v1/chat/completions, gemini",
        "/v1/messages, anthropic",
        "/v1/messages, openai",
        "/v1/messages, gemini"
    })
    void streamThatHasBegun_holdsNothingOfItsRequest(String path, String provider) throws Exception {
        byte[] body = request(path);
        List<RawClient> clients = new ArrayList<>();
        try (ScriptedGateway gateway = ScriptedGateway.one(provider, "", this::beginAndWait)) {
            begin(gateway, path, body, clients);
            long before = heapInUse(0);
            for (int i = 1; i < STREAMS; i++) {
                begin(gateway, path, body, clients);
            }
            long each = (heapInUse(before + MOST_BYTES) - before) / (STREAMS - 1);
            long counted = gateway.gateway().gateway().memoryUsed();
            end.countDown();
            for (RawClient client : clients) {
                client.close();
            }
            assertThat(each).as("bytes held for a stream").isLessThan(MOST_BYTES);
            assertThat(counted).as("bytes counted for begun streams").isZero();
        }
    }

    private static void begin(ScriptedGateway gateway, String path, byte[] body, List<RawClient> clients)
            throws IOException {
        RawClient client = gateway.connect();
        clients.add(client);
        client.send("POST " + path + " HTTP/1.1\r\nHost: test\r\nAuthorization: Bearer " + RunningGateway.KEY
                        + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length + "\r\n\r\n")
                .send(body);
        assertThat(client.readHead()).contains("200");
        assertThat(new String(client.readChunk(), StandardCharsets.UTF_8)).isNotEmpty();
    }
}
