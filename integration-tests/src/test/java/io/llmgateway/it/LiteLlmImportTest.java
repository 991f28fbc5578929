package io.llmgateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.imports.LiteLlmImport;
import io.llmgateway.simulator.RecordedRequest;
import io.llmgateway.simulator.Simulator;
import io.llmgateway.simulator.SimulatorOptions;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What was imported from LiteLLM leads the same names to the same upstreams. */
class LiteLlmImportTest {
    private static Simulator first;
    private static Simulator second;
    private static RunningGateway gateway;
    private static HttpClient http;

    @BeforeAll
    static void start() {
        first = Simulator.start(SimulatorOptions.defaults());
        second = Simulator.start(SimulatorOptions.defaults());
        String lite = """
                model_list:
                  - model_name: gpt-4
                    litellm_params:
                      {model: openai/gpt-4o, api_base: "%1$s/v1/", api_key: os.environ/PROVIDER_KEY, weight: 3}
                  - model_name: gpt-4
                    litellm_params:
                      {model: openai/gpt-4o, api_base: "%2$s/v1", api_key: os.environ/OTHER_KEY, weight: 1}
                  - model_name: claude
                    litellm_params: {model: claude-sonnet-4-5, api_base: "%2$s/v1", api_key: os.environ/PROVIDER_KEY}
                  - model_name: broken
                    litellm_params:
                      {model: openai/sim/status-500, api_base: "%1$s/v1", api_key: os.environ/PROVIDER_KEY}
                  - model_name: limited
                    litellm_params: {model: openai/gpt-4o-mini, api_base: "%1$s/v1", rpm: 2, tpm: 100000,
                                     api_key: os.environ/PROVIDER_KEY}
                  - model_name: "o3*"
                    litellm_params: {model: "openai/o3*", api_base: "%1$s/v1", api_key: os.environ/PROVIDER_KEY}
                router_settings:
                  model_group_alias: {gpt-4-latest: gpt-4}
                  fallbacks: [{broken: [claude]}]
                litellm_settings: {drop_params: true, request_timeout: 30}
                general_settings: {master_key: os.environ/CLIENT_KEY}
                """.formatted(first.baseUri(), second.baseUri());
        LiteLlmImport.Imported imported = LiteLlmImport.of("config.yaml", lite, Map.of());
        assertThat(imported.notes())
                .extracting(Object::toString)
                .allMatch(note -> note.contains("rpm and tpm") || note.contains("request_timeout and timeout"));
        gateway = RunningGateway.configured("server: {port: 0}\nadmin: {port: 0}\n" + imported.yaml(), first);
        http = HttpClient.newHttpClient();
    }

    @AfterAll
    static void stop() {
        gateway.close();
        second.close();
        http.close();
    }

    @BeforeEach
    void forget() {
        first.clear();
        second.clear();
    }

    private static HttpResponse<String> ask(String model) throws IOException, InterruptedException {
        String body = "{\"model\":\"" + model + "\",\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}]}";
        return http.send(
                HttpRequest.newBuilder(URI.create(gateway.url() + "/v1/chat/completions"))
                        .header("Authorization", "Bearer " + RunningGateway.KEY)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static String body(RecordedRequest request) {
        return new String(request.body(), StandardCharsets.UTF_8);
    }

    private static String all(List<RecordedRequest> requests) {
        StringBuilder text = new StringBuilder();
        requests.forEach(request ->
                text.append(request.pathAndQuery()).append(request.headers()).append(body(request)));
        return text.toString();
    }

    @Test
    void weights_shareOneNameBetweenTheSameUpstreams_withTheirKeys() throws Exception {
        for (int i = 0; i < 4; i++) {
            assertThat(ask("gpt-4").statusCode()).isEqualTo(200);
            assertThat(ask("gpt-4-latest").statusCode()).isEqualTo(200);
        }

        assertThat(first.requests())
                .hasSize(6)
                .allMatch(request -> body(request).contains("\"gpt-4o\""));
        assertThat(second.requests())
                .hasSize(2)
                .allMatch(request -> body(request).contains("\"gpt-4o\""));
        assertThat(all(first.requests()))
                .contains(RunningGateway.PROVIDER_KEY)
                .doesNotContain(RunningGateway.OTHER_KEY);
        assertThat(all(second.requests())).contains(RunningGateway.OTHER_KEY);
    }

    @Test
    void fallback_isTakenWhenTheTargetFails() throws Exception {
        assertThat(ask("broken").statusCode()).isEqualTo(200);

        assertThat(first.requests()).isNotEmpty();
        assertThat(second.requests()).hasSize(1).first().satisfies(request -> {
            assertThat(request.pathAndQuery()).isEqualTo("/v1/messages");
            assertThat(body(request)).contains("claude-sonnet-4-5");
        });
    }

    @Test
    void requestsPerMinute_holdForTheName() throws Exception {
        assertThat(ask("limited").statusCode()).isEqualTo(200);
        assertThat(ask("limited").statusCode()).isEqualTo(200);
        assertThat(ask("limited").statusCode()).isEqualTo(429);
    }

    @Test
    void otherNames_areNotServed_namesWithAStarAre() throws Exception {
        assertThat(ask("gpt-5").statusCode()).isEqualTo(403);
        assertThat(ask("o3-mini").statusCode()).isEqualTo(200);
        assertThat(first.requests())
                .hasSize(1)
                .allMatch(request -> body(request).contains("o3-mini"));
    }
}
