package io.llmgateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.InstanceName;
import io.llmgateway.model.UpstreamFault;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The table of error kinds, row by row, in the dialects of all providers. */
class ErrorClassifierTest {
    private static final InstanceName INSTANCE = new InstanceName("i");

    private final ErrorClassifier classifier = new ErrorClassifier(Clock.systemUTC());

    private UpstreamFault.Answered classify(int status, String body) {
        return classifier.classify(INSTANCE, status, _ -> null, body.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            400 | BAD_REQUEST | {"error":{"message":"bad","type":"invalid_request_error"}}
            400 | CONTEXT_LENGTH | {"error":{"message":"too long","code":"context_length_exceeded"}}
            400 | CONTEXT_LENGTH | {"object":"error","message":"This model's maximum context length is 4096"}
            400 | CONTENT_POLICY | {"error":{"message":"no","code":"content_policy_violation"}}
            400 | CONTENT_POLICY | {"error":{"message":"no","code":"content_filter"}}
            401 | UPSTREAM_AUTHENTICATION | {"error":{"message":"Incorrect API key","code":"invalid_api_key"}}
            402 | UPSTREAM_BILLING | {"error":{"message":"Insufficient Balance","code":402}}
            403 | PERMISSION | {"error":{"message":"no","type":"unsupported_country_region_territory"}}
            404 | MODEL_NOT_FOUND | {"error":{"message":"no such model","code":"model_not_found"}}
            408 | UPSTREAM_SERVER | {"error":"timeout"}
            409 | CONFLICT | {"error":{"message":"conflict"}}
            413 | TOO_LARGE | {"error":{"message":"large"}}
            422 | BAD_REQUEST | {"detail":[{"msg":"field required"}]}
            429 | UPSTREAM_RATE_LIMIT | {"error":{"message":"slow","type":"requests","code":"rate_limit_exceeded"}}
            429 | UPSTREAM_BILLING | {"error":{"message":"quota","code":"insufficient_quota"}}
            429 | UPSTREAM_BILLING | {"error":{"message":"x","code":"credit_balance_exhausted"}}
            500 | UPSTREAM_SERVER | {"error":{"message":"oops","type":"server_error"}}
            502 | UPSTREAM_SERVER | <html><body><h1>Bad Gateway</h1></body></html>
            503 | UPSTREAM_OVERLOADED | {"error":{"message":"x","code":"server_is_overloaded"}}
            504 | UPSTREAM_SERVER | ''
            524 | UPSTREAM_SERVER | ''
            302 | UPSTREAM_MALFORMED | ''
            200 | UPSTREAM_OVERLOADED | {"error":{"message":"x","code":"slow_down"}}
            200 | UPSTREAM_RATE_LIMIT | {"error":{"message":"x","code":"rate_limit_exceeded"}}
            200 | UPSTREAM_SERVER | {"error":{"message":"x","type":"server_error"}}
            200 | CONTEXT_LENGTH | {"error":{"message":"maximum context length is 8"}}
            """)
    void openAi(int status, ErrorKind kind, String body) {
        assertThat(classify(status, body).kind()).isEqualTo(kind);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            400 | BAD_REQUEST | invalid_request_error | max_tokens: field required
            400 | CONTEXT_LENGTH | invalid_request_error | prompt is too long: 210000 tokens > 200000 maximum
            400 | CONTEXT_LENGTH | invalid_request_error | input length and `max_tokens` exceed context limit: 1 + 2 > 2
            400 | CONTENT_POLICY | invalid_request_error | Output blocked by content filtering policy
            400 | UPSTREAM_BILLING | invalid_request_error | Your credit balance is too low to access the API
            401 | UPSTREAM_AUTHENTICATION | authentication_error  | invalid x-api-key
            402 | UPSTREAM_BILLING | billing_error         | no money
            403 | PERMISSION | permission_error      | not yours
            404 | MODEL_NOT_FOUND | not_found_error       | model: claude-9
            409 | CONFLICT | conflict_error        | again
            413 | TOO_LARGE | request_too_large     | over 32 MB
            429 | UPSTREAM_RATE_LIMIT | rate_limit_error      | slow down
            500 | UPSTREAM_SERVER | api_error             | oops
            504 | UPSTREAM_SERVER | timeout_error         | late
            529 | UPSTREAM_OVERLOADED | overloaded_error      | Overloaded
            200 | UPSTREAM_OVERLOADED | overloaded_error      | Overloaded
            200 | UPSTREAM_RATE_LIMIT | rate_limit_error      | slow down
            200 | UPSTREAM_AUTHENTICATION | authentication_error  | invalid x-api-key
            200 | UPSTREAM_SERVER | api_error             | oops
            200 | BAD_REQUEST | invalid_request_error | max_tokens
            """)
    void anthropic(int status, ErrorKind kind, String type, String message) {
        String body = "{\"type\":\"error\",\"error\":{\"type\":\"" + type + "\",\"message\":\"" + message + "\"}}";

        assertThat(classify(status, body).kind()).isEqualTo(kind);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            400 | BAD_REQUEST | INVALID_ARGUMENT | Invalid value at 'contents' | -
            400 | UPSTREAM_AUTHENTICATION | INVALID_ARGUMENT | API key not valid. Pass a valid one. | API_KEY_INVALID
            400 | CONTEXT_LENGTH | INVALID_ARGUMENT | The input token count (9) exceeds the maximum (8) | -
            401 | UPSTREAM_AUTHENTICATION | UNAUTHENTICATED | no credential | -
            403 | UPSTREAM_AUTHENTICATION | PERMISSION_DENIED | blocked | API_KEY_SERVICE_BLOCKED
            403 | PERMISSION | PERMISSION_DENIED | no | -
            404 | MODEL_NOT_FOUND | NOT_FOUND | models/x is not found | -
            409 | CONFLICT | ABORTED | again | -
            429 | UPSTREAM_RATE_LIMIT | RESOURCE_EXHAUSTED | Resource has been exhausted | -
            429 | UPSTREAM_BILLING | RESOURCE_EXHAUSTED | You exceeded your current quota | -
            500 | UPSTREAM_SERVER | INTERNAL | oops | -
            503 | UPSTREAM_OVERLOADED | UNAVAILABLE | The model is overloaded | -
            504 | UPSTREAM_SERVER | DEADLINE_EXCEEDED | late | -
            """)
    void gemini(int status, ErrorKind kind, String rpc, String message, String reason) {
        String body = "{\"error\":{\"code\":" + status + ",\"message\":\"" + message + "\",\"status\":\"" + rpc
                + "\",\"details\":[{\"@type\":\"ErrorInfo\",\"reason\":\"" + reason + "\"}]}}";

        assertThat(classify(status, body).kind()).isEqualTo(kind);
        assertThat(classify(200, "[" + body + "]").kind())
                .as("inside a success, as an array")
                .isEqualTo(kind);
    }

    @Test
    void geminiDelay_isFoundInDetailsAndText() {
        String detail = "{\"error\":{\"code\":429,\"details\":[{\"@type\":\"RetryInfo\",\"retryDelay\":\"34s\"}]}}";

        assertThat(classify(429, detail).delay()).contains(Duration.ofSeconds(34));
        assertThat(classify(429, "{\"error\":{\"message\":\"Please retry in 34.07s.\"}}")
                        .delay())
                .isPresent();
    }

    @Test
    void retryAfter_inSeconds_isBelieved() {
        Map<String, String> headers = Map.of("retry-after", "7");

        assertThat(classifier.classify(INSTANCE, 503, headers::get, new byte[0]).delay())
                .contains(Duration.ofSeconds(7));
    }

    @Test
    void anyBytes_giveAnAnswer_withoutKeys() {
        Random random = new Random(7);
        for (int i = 0; i < 5_000; i++) {
            byte[] body = new byte[random.nextInt(200)];
            random.nextBytes(body);
            assertThat(classifier.classify(INSTANCE, 200 + random.nextInt(400), _ -> null, body))
                    .isNotNull();
        }
        assertThat(classify(401, "{\"error\":{\"message\":\"Incorrect API key provided: sk-abcdefghijklmnopqrst\"}}")
                        .providerMessage())
                .doesNotContain("abcdefghijklmnop");
    }
}
