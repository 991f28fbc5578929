package io.llmgateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.models.messages.MessageCreateParams;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import io.llmgateway.testing.RawClient;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Paths as clients make them of a base URL with and without its version, and those that are not served. */
class PathsTest {
    private static RunningGateway gateway;

    @BeforeAll
    static void start() {
        gateway = RunningGateway.start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static RawClient.Response send(String method, String path, String headers, String body) throws IOException {
        try (RawClient client = RawClient.connect(gateway.port())) {
            return client.send(method + " " + path + " HTTP/1.1\r\nHost: t\r\n" + headers
                            + "Content-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
                    .read();
        }
    }

    private static String bearer() {
        return "Authorization: Bearer " + RunningGateway.KEY + "\r\n";
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "/v1", "/v1/", "/v1/v1"})
    void openAisSdk_worksWithEveryBaseUrl(String path) {
        OpenAIClient client = OpenAIOkHttpClient.builder()
                .baseUrl(gateway.url() + path)
                .apiKey(RunningGateway.KEY)
                .maxRetries(0)
                .build();
        try {
            var params =
                    ChatCompletionCreateParams.builder().model("gpt-5-mini").addUserMessage("hi");

            assertThat(client.chat().completions().create(params.build()).choices())
                    .isNotEmpty();
            assertThat(client.models().retrieve("fast").id()).isEqualTo("fast");
            assertThat(client.models().list().data()).isNotEmpty();
        } finally {
            client.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "/v1", "/v1/"})
    void anthropicsSdk_worksWithEveryBaseUrl(String path) {
        AnthropicClient client = AnthropicOkHttpClient.builder()
                .baseUrl(gateway.url() + path)
                .apiKey(RunningGateway.KEY)
                .maxRetries(0)
                .build();
        try {
            var params = MessageCreateParams.builder()
                    .model("claude-sonnet-4-5")
                    .maxTokens(10)
                    .addUserMessage("hi");

            assertThat(client.messages().create(params.build()).content()).isNotEmpty();
        } finally {
            client.close();
        }
    }

    @ParameterizedTest
    @CsvSource({"/v1/chat/completions/", "/chat/completions/", "/v1/v1/chat/completions"})
    void slashAtTheEnd_andDoubledVersion_work(String path) throws IOException {
        assertThat(send(
                                "POST",
                                path,
                                bearer(),
                                "{\"model\":\"gpt-5-mini\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}")
                        .status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            POST | /v1/responses | '' | '/v1/chat/completions' | OPENAI_BASE_URL
            POST | /openai/v1/chat/completions | '' | '/v1/chat/completions' | OPENAI_BASE_URL
            POST | /v1/chat/completions/chat/completions | '' | '/v1/chat/completions' | OPENAI_BASE_URL
            POST | /v1/embeddings | '' | '/v1/chat/completions' | OPENAI_BASE_URL
            POST | /anthropic/v1/messages | 'anthropic-version: 2023-06-01' | '/v1/messages' | ANTHROPIC_BASE_URL
            POST | /v1/complete | 'x-api-key: wrong-key-0123456' | '/v1/messages' | ANTHROPIC_BASE_URL
            POST | /v2/messages/count_tokens | '' | '/v1/messages/count_tokens' | ANTHROPIC_BASE_URL
            GET | /v2/models | '' | '/v1/models' | OPENAI_BASE_URL
            GET | /v2/models | 'anthropic-version: 2023-06-01' | '/v1/models' | ANTHROPIC_BASE_URL
            """)
    void unknownPath_namesItselfAndTheNearest_inTheShapeOfItsClient(
            String method, String path, String header, String near, String variable) throws IOException {
        RawClient.Response response = send(method, path, header.isEmpty() ? "" : header + "\r\n", "");

        assertThat(response.status()).isEqualTo(404);
        assertThat(response.body()).contains("'" + path + "'", "'" + near + "'", variable);
        assertThat(response.headers()).containsEntry("x-should-retry", "false");
        if (variable.startsWith("ANTHROPIC")) {
            assertThat(response.body()).startsWith("{\"type\":\"error\",\"error\":{\"type\":\"not_found_error\"");
        } else {
            assertThat(response.body()).startsWith("{\"error\":{\"message\":");
        }
    }

    @Test
    void strangePath_isShownWithoutItsStrangeness() throws IOException {
        RawClient.Response response = send("POST", "/v1/'x\"" + "y".repeat(500), "", "");

        assertThat(response.status()).isIn(400, 404);
        assertThat(response.body()).doesNotContain("y".repeat(121)).doesNotContain("'x");
    }
}
