package io.llmgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.core.JsonValue;
import com.anthropic.errors.AnthropicServiceException;
import com.anthropic.models.messages.MessageCreateParams;
import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.errors.OpenAIServiceException;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import io.llmgateway.testing.ProviderAnswers;
import io.llmgateway.testing.ScriptedUpstream;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The table of error kinds, as the official SDKs show them: class, status, code, and the words they begin with. */
class SdkErrorsTest {
    private static final String CALM =
            "circuit-breaker: {enabled: false, cooldown: 0s, max-cooldown: 0s, auth-failure-cooldown: 0s}";

    private static OpenAIClient openAi(ScriptedGateway gateway, String key, int retries) {
        return OpenAIOkHttpClient.builder()
                .baseUrl("http://127.0.0.1:" + gateway.gateway().port() + "/v1")
                .apiKey(key)
                .maxRetries(retries)
                .build();
    }

    private static AnthropicClient anthropic(ScriptedGateway gateway, String key, int retries) {
        return AnthropicOkHttpClient.builder()
                .baseUrl("http://127.0.0.1:" + gateway.gateway().port())
                .apiKey(key)
                .maxRetries(retries)
                .build();
    }

    private static OpenAIServiceException fails(OpenAIClient client) {
        try {
            Throwable thrown = catchThrowable(() -> client.chat()
                    .completions()
                    .create(ChatCompletionCreateParams.builder()
                            .model("m")
                            .addUserMessage("x")
                            .build()));
            assertThat(thrown).isInstanceOf(OpenAIServiceException.class);
            return (OpenAIServiceException) thrown;
        } finally {
            client.close();
        }
    }

    private static AnthropicServiceException fails(AnthropicClient client, MessageCreateParams.Builder params) {
        try {
            Throwable thrown = catchThrowable(() -> client.messages()
                    .create(params.model("m").maxTokens(9).addUserMessage("x").build()));
            assertThat(thrown).isInstanceOf(AnthropicServiceException.class);
            return (AnthropicServiceException) thrown;
        } finally {
            client.close();
        }
    }

    private static ScriptedUpstream.Script says(int status, String body) {
        return call -> call.write(ProviderAnswers.json(status, body));
    }

    private static String shown(Exception error, int status) {
        return error.getClass().getSimpleName().replace("Exception", "") + " " + status;
    }

    /** Provider, what it says; class, status, code and beginning of what an OpenAI client is told. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
            openai|400|{"error":{"message":"Unsupported parameter: 'x'","type":"invalid_request_error","param":"x",\
            "code":"unsupported_parameter"}}|BadRequest 400|unsupported_parameter|Unsupported parameter
            openai|400|{"error":{"code":400,"message":"request (9 tokens) exceeds the available context size (5)",\
            "type":"exceed_context_size_error"}}|BadRequest 400|context_length_exceeded|This model's maximum context
            anthropic|400|{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 9"}}\
            |BadRequest 400|context_length_exceeded|This model's maximum context
            gemini|400|{"error":{"code":400,"message":"The input token count (9) exceeds the maximum (8)","status":\
            "INVALID_ARGUMENT"}}|BadRequest 400|context_length_exceeded|This model's maximum context
            anthropic|400|{"type":"error","error":{"type":"invalid_request_error","message":"Output blocked by \
            content filtering policy"}}|BadRequest 400|content_policy_violation|Output blocked
            openai|404|{"error":{"message":"The model `m` does not exist","type":"invalid_request_error","code":\
            "model_not_found"}}|NotFound 404|model_not_found|The model `m`
            openai|422|{"detail":[{"loc":["body","n"],"msg":"bad"}]}|UnprocessableEntity 422|-|body.n: bad
            openai|429|{"error":{"message":"Rate limit reached for m","code":"rate_limit_exceeded"}}\
            |RateLimit 429|rate_limit_exceeded|Rate limit reached
            openai|401|{"error":{"message":"Incorrect API key provided: sk-abcdef0123456789","code":"invalid_api_key"}}\
            |InternalServer 502|upstream_authentication_failed|the provider refused the gateway's
            openai|503|{"error":{"message":"Loading model","code":503}}|InternalServer 503|-|Loading model
            anthropic|529|{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\
            |InternalServer 503|overloaded|Overloaded
            """)
    void openAi(String type, int status, String body, String told, String code, String words) throws IOException {
        try (ScriptedGateway gateway = ScriptedGateway.one(type, CALM, says(status, body))) {
            OpenAIServiceException error = fails(openAi(gateway, RunningGateway.KEY, 0));

            assertThat(shown(error, error.statusCode())).isEqualTo(told);
            if (!"-".equals(code)) {
                assertThat(error.code()).hasValue(code);
            }
            assertThat(error.getMessage()).contains(": " + words);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
            openai|400|{"error":{"message":"Unsupported parameter: 'x'","type":"invalid_request_error","param":"x",\
            "code":"unsupported_parameter"}}|BadRequest 400|invalid_request_error|Unsupported parameter
            openai|400|{"error":{"message":"This model's maximum context length is 5 tokens","code":null}}\
            |BadRequest 400|invalid_request_error|prompt is too long
            openai|400|{"error":{"message":"no","code":"content_filter"}}|BadRequest 400|invalid_request_error\
            |Output blocked by content filtering policy
            gemini|429|{"error":{"code":429,"message":"slow","status":"RESOURCE_EXHAUSTED"}}|RateLimit 429\
            |rate_limit_error|slow
            anthropic|404|{"type":"error","error":{"type":"not_found_error","message":"model: m"}}|NotFound 404\
            |not_found_error|model: m
            openai|503|{"error":{"message":"busy"}}|Overloaded 529|overloaded_error|Overloaded: busy
            anthropic|401|{"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"}}\
            |InternalServer 502|api_error|the provider refused the gateway's
            """)
    void anthropic(String type, int status, String body, String told, String kind, String words) throws IOException {
        try (ScriptedGateway gateway = ScriptedGateway.one(type, CALM, says(status, body))) {
            AnthropicServiceException error =
                    fails(anthropic(gateway, RunningGateway.KEY, 0), MessageCreateParams.builder());

            assertThat(shown(error, error.statusCode())).isEqualTo(told);
            assertThat(error.body().toString()).contains(kind, words);
        }
    }

    @Test
    void wrongKey_isSaidInTheWordsOfTheClientsProvider() throws IOException {
        try (ScriptedGateway gateway = ScriptedGateway.one("openai", CALM, says(200, "{}"))) {
            OpenAIServiceException openAi = fails(openAi(gateway, "wrong-key-0123456789", 0));
            AnthropicServiceException anthropic =
                    fails(anthropic(gateway, "wrong-key-0123456789", 0), MessageCreateParams.builder());

            assertThat(openAi.getClass().getSimpleName()).startsWith("Unauthorized");
            assertThat(openAi.code()).hasValue("invalid_api_key");
            assertThat(openAi.getMessage()).contains(": Incorrect API key provided");
            assertThat(anthropic.getClass().getSimpleName()).startsWith("Unauthorized");
            assertThat(anthropic.body().toString()).contains("authentication_error", "invalid x-api-key");
        }
    }

    /** What a repetition cannot mend is not repeated: each SDK would ask three times otherwise. */
    @ParameterizedTest
    @CsvSource({"401, 1", "402, 1", "500, 3", "429, 3"})
    void officialSdks_obeyWhetherToRepeat(int status, int times) throws IOException {
        AtomicInteger asked = new AtomicInteger();
        ScriptedUpstream.Script script = call -> {
            asked.incrementAndGet();
            call.write(ProviderAnswers.json(status, "{\"error\":{\"message\":\"m\"}}"));
        };
        try (ScriptedGateway gateway = ScriptedGateway.one("openai", CALM + ", retries: {max-attempts: 1}", script)) {
            fails(openAi(gateway, RunningGateway.KEY, 2));
            assertThat(asked.getAndSet(0)).isEqualTo(times);
            fails(anthropic(gateway, RunningGateway.KEY, 2), MessageCreateParams.builder());
            assertThat(asked.get()).isEqualTo(times);
        }
    }

    @Test
    void threadTowardsAProviderWithoutThem_isRefusedAsTheSdkExpects() throws IOException {
        try (ScriptedGateway gateway = ScriptedGateway.one("openai", CALM, says(200, "{}"))) {
            AnthropicServiceException error = fails(
                    anthropic(gateway, RunningGateway.KEY, 0),
                    MessageCreateParams.builder()
                            .putAdditionalBodyProperty("thread", JsonValue.from(Map.of("type", "create"))));

            assertThat(error.statusCode()).isEqualTo(400);
            assertThat(error.body().toString()).contains("error_code=thread_unsupported_request");
            assertThat(gateway.upstream(0).asked()).isZero();
        }
    }

    @Test
    void threadsOfAKey_stayWithOneAccount() throws IOException {
        ScriptedUpstream.Script answers = ProviderAnswers::serve;
        try (ScriptedGateway gateway = ScriptedGateway.start("""
                server: {port: 0}
                providers:
                  p:
                    type: anthropic
                    instances: [{name: one, base-url: "%1$s"}, {name: two, base-url: "%2$s"}]
                routing: {default-provider: p}
                """, answers, answers)) {
            String thread = ScriptedGateway.request("m", false)
                    .replace("{\"model\"", "{\"thread\":{\"type\":\"create\"},\"model\"");
            for (int i = 0; i < 6; i++) {
                assertThat(gateway.ask(ScriptedGateway.MESSAGES, thread)).startsWith("HTTP/1.1 200");
            }
            assertThat(new int[] {
                        gateway.upstream(0).asked(), gateway.upstream(1).asked()
                    })
                    .containsExactlyInAnyOrder(6, 0);
        }
    }
}
