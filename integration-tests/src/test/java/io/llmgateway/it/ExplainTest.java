package io.llmgateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.launcher.Main;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;

/** The running gateway explains what it would do, with what it has learned. */
class ExplainTest {
    private static HttpResponse<String> send(HttpClient http, HttpRequest.Builder request)
            throws IOException, InterruptedException {
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void page_showsLiveHealth_andCallsNobody() throws Exception {
        try (RunningGateway gateway = RunningGateway.start();
                HttpClient http = HttpClient.newHttpClient()) {
            URI url = URI.create(gateway.url() + "/v1/chat/completions");
            for (int i = 0; i < 3; i++) {
                HttpRequest.Builder ask = HttpRequest.newBuilder(url)
                        .header("Authorization", "Bearer " + RunningGateway.KEY)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(
                                "{\"model\":\"half-x\",\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]}"));
                assertThat(send(http, ask).statusCode()).isEqualTo(200);
            }
            gateway.simulator().clear();

            String admin = "http://127.0.0.1:" + gateway.adminPort();
            String text = send(
                            http,
                            HttpRequest.newBuilder(URI.create(admin + "/explain?format=text&key=test&model=half-x")))
                    .body();
            assertThat(text).contains("half-dead (100 % of priority 1): out (open) after upstream_connect, back in ");
            assertThat(text).contains("half-good (100 % of priority 2)\n").doesNotContain(RunningGateway.PROVIDER_KEY);
            assertThat(send(http, HttpRequest.newBuilder(URI.create(admin + "/explain?model=gpt-5&key=narrow")))
                            .body())
                    .contains("\"served\": true");
            assertThat(send(http, HttpRequest.newBuilder(URI.create(admin + "/explain")))
                            .statusCode())
                    .isEqualTo(400);
            assertThat(gateway.simulator().requests()).isEmpty();
            assertThat(Main.run("explain", "--admin", admin, "--model", "claude-x", "--key", "narrow"))
                    .isEqualTo(1);
            assertThat(Main.run("explain", "--admin", admin, "--model", "claude-x", "--json"))
                    .isZero();
        }
    }
}
