package io.llmgateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.testing.ProviderAnswers;
import io.llmgateway.testing.RawClient;
import io.llmgateway.testing.ScriptedUpstream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Errors whose bodies come slowly, or never end: the status is there, and another instance waits. */
class SlowErrorsTest {
    private static final CountDownLatch NEVER = new CountDownLatch(1);

    private static ScriptedUpstream.Script trickling(int status, String begin) {
        return call -> {
            call.write("HTTP/1.1 " + status
                    + " Any\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n" + begin);
            for (int i = 0; i < 600; i++) {
                call.write(" ");
                assertThat(NEVER.await(100, TimeUnit.MILLISECONDS)).isFalse();
            }
        };
    }

    @ParameterizedTest
    @CsvSource({
        "500, /v1/chat/completions, true",
        "503, /v1/chat/completions, false",
        "429, /v1/messages, true",
        "529, /v1/messages, false",
        "401, /v1/chat/completions, true",
    })
    void bodyThatTrickles_doesNotKeepTheNextInstanceWaiting(int status, String path, boolean stream) throws Exception {
        try (ScriptedGateway gateway = ScriptedGateway.start("""
                        server: {port: 0}
                        providers:
                          p:
                            type: openai
                            timeouts: {first-token: 50s, total: 55s}
                            instances:
                              - {name: one, base-url: "%1$s", priority: 1}
                              - {name: two, base-url: "%2$s", priority: 2}
                        routing: {default-provider: p}
                        """, trickling(status, "{"), ProviderAnswers::serve);
                RawClient client = gateway.connect().patience(40)) {
            long begun = System.nanoTime();
            RawClient.Response answer = client.post(path, RunningGateway.KEY, ScriptedGateway.request("m", stream))
                    .read();
            long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun);

            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
            assertThat(answer.body()).contains("ok");
            assertThat(seconds).as("2 s, and a busy machine").isLessThan(15);
            assertThat(gateway.upstream(1).asked()).isEqualTo(1);
        }
    }

    @Test
    void errorThatIsThere_isTold_althoughItsBodyDoesNotEnd() throws Exception {
        String error = "{\"error\":{\"message\":\"no such tool\",\"type\":\"invalid_request_error\"}}";
        try (ScriptedGateway gateway = ScriptedGateway.one("openai", "timeouts: {total: 55s}", trickling(400, error));
                RawClient client = gateway.connect().patience(40)) {
            RawClient.Response answer = client.post(
                            ScriptedGateway.CHAT, RunningGateway.KEY, ScriptedGateway.request("m", false))
                    .read();

            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.body()).contains("no such tool");
        }
    }
}
