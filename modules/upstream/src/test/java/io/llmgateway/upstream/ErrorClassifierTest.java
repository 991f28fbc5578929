package io.llmgateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.InstanceName;
import io.llmgateway.model.Protocol;
import io.llmgateway.model.UpstreamFault;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The table of error kinds, row by row, in the dialects of all providers. */
class ErrorClassifierTest {
    private static final InstanceName INSTANCE = new InstanceName("i");

    private final ErrorClassifier classifier = new ErrorClassifier(Clock.systemUTC());

    private static AnsweredBy origin(Protocol protocol) {
        return new AnsweredBy(INSTANCE, protocol, "", 0, List.of());
    }

    private UpstreamFault.Answered classify(int status, String body) {
        return classify(Protocol.OPENAI_CHAT, status, body);
    }

    private UpstreamFault.Answered classify(Protocol protocol, int status, String body) {
        return classifier.classify(origin(protocol), status, _ -> null, body.getBytes(StandardCharsets.UTF_8));
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
            403 | UPSTREAM_AUTHENTICATION | {"error":{"message":"no","type":"unsupported_country_region_territory"}}
            404 | MODEL_NOT_FOUND | {"error":{"message":"no such model","code":"model_not_found"}}
            408 | UPSTREAM_SERVER | {"error":"timeout"}
            409 | CONFLICT | {"error":{"message":"conflict"}}
            413 | TOO_LARGE | {"error":{"message":"large"}}
            422 | BAD_REQUEST | {"detail":[{"msg":"field required"}]}
            429 | UPSTREAM_RATE_LIMIT | {"error":{"message":"slow","type":"requests","code":"rate_limit_exceeded"}}
            429 | UPSTREAM_BILLING | {"error":{"message":"quota","code":"insufficient_quota"}}
            429 | UPSTREAM_BILLING | {"error":{"message":"x","code":"credit_balance_exhausted"}}
            429 | UPSTREAM_BILLING | {"error":{"message":"x","type":"insufficient_quota"}}
            429 | UPSTREAM_RATE_LIMIT | {"error":{"message":"You exceeded your current quota","code":"rate_limit"}}
            429 | UPSTREAM_RATE_LIMIT | {"error":{"message":"see insufficient_quota in the documentation"}}
            200 | UPSTREAM_BILLING | {"error":{"message":"x","code":"insufficient_quota"}}
            500 | UPSTREAM_SERVER | {"error":{"message":"oops","type":"server_error"}}
            400 | UPSTREAM_TLS | <html><h1>400 Bad Request</h1>The plain HTTP request was sent to HTTPS port</html>
            400 | UPSTREAM_TLS | <html><body><h1>400 Bad Request</h1>No required SSL certificate was sent</body></html>
            400 | UPSTREAM_TLS | <html><body><h1>400 Bad Request</h1>The SSL certificate error</body></html>
            400 | BAD_REQUEST | <html><body><h1>400 Bad Request</h1></body></html>
            400 | BAD_REQUEST | {"error":{"message":"No required SSL certificate was sent"}}
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
            429 | UPSTREAM_RATE_LIMIT | RESOURCE_EXHAUSTED | You exceeded your current quota | -
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

    /** Phrases that decide somewhere, which a client can make a provider repeat. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "invalid_api_key",
                "API_KEY_INVALID",
                "API key not valid. Please pass a valid API key.",
                "authentication_error",
                "Your credit balance is too low to access the Anthropic API",
                "insufficient_quota",
                "billing_error",
                "content_policy_violation",
                "content filtering policy",
                "maximum context length",
                "context_length_exceeded",
                "prompt is too long",
                "model_not_found",
                "rate_limit_exceeded",
                "Request too large",
                "overloaded"
            })
    void phraseOfTheClientThatIsRepeated_isTheClientsFault(String phrase) {
        for (char quote : new char[] {'\'', '`', '\u201c'}) {
            String message = "Invalid value: " + quote + phrase + quote + ". Supported values are 'a' and 'b'.";
            for (String fields : new String[] {
                "\"type\":\"invalid_request_error\",\"param\":\"x\",\"code\":\"invalid_value\"",
                "\"type\":\"invalid_request_error\",\"code\":\"invalid_value\"",
            }) {
                String body = "{\"error\":{\"message\":\"" + message + "\"," + fields + "}}";

                assertThat(classify(400, body).kind()).as(body).isEqualTo(ErrorKind.BAD_REQUEST);
                assertThat(classify(422, body).kind()).as(body).isEqualTo(ErrorKind.BAD_REQUEST);
                assertThat(classify(200, body).kind()).as(body).isEqualTo(ErrorKind.BAD_REQUEST);
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
            400 | BAD_REQUEST | {"error":{"type":"invalid_request_error","message":"tools.0.type: Input \
            'invalid_api_key'"}}
            400 | BAD_REQUEST | {"error":{"type":"invalid_request_error","message":"Input 'prompt is too long' \
            is no role"}}
            400 | BAD_REQUEST | {"error":{"type":"invalid_request_error","message":"x: credit balance is too low"}}
            400 | BAD_REQUEST | {"error":{"code":400,"status":"INVALID_ARGUMENT","message":"Bad 'API key not \
            valid. '"}}
            400 | BAD_REQUEST | {"code":"invalid_value","error":"API key not valid. Please pass a valid API key."}
            400 | BAD_REQUEST | {"error":{"param":"x","message":"API key not valid. Please pass a valid API key."}}
            400 | BAD_REQUEST | {"error":{"param":"x","message":"Your credit balance is too low to access the API"}}
            400 | BAD_REQUEST | {"error":{"code":"invalid_value","message":"prompt is too long"}}
            400 | BAD_REQUEST | {"error":{"code":"invalid_value","message":"blocked by content filtering policy"}}
            400 | BAD_REQUEST | no role invalid_api_key
            403 | PERMISSION | {"error":{"code":"region","message":"API key not valid. Please pass a valid API key."}}
            403 | PERMISSION | {"error":{"message":"model 'invalid_api_key' is not yours"}}
            429 | UPSTREAM_RATE_LIMIT | {"error":{"message":"'Request too large' Your credit balance is too low"}}
            429 | UPSTREAM_RATE_LIMIT | {"error":{"type":"rate_limit_error","message":"Your credit balance is \
            too low to access the"}}
            500 | UPSTREAM_SERVER | {"error":{"message":"invalid_api_key insufficient_quota"}}
            200 | UPSTREAM_SERVER | {"error":{"type":"server_error","message":"invalid_api_key rate_limit \
            overloaded"}}
            """)
    void wordsInsideAMessage_orBesideAnotherCode_decideNothing(int status, ErrorKind kind, String body) {
        assertThat(classify(status, body).kind()).isEqualTo(kind);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
            400 | UPSTREAM_BILLING | {"type":"error","error":{"type":"invalid_request_error","message":"Your \
            credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or \
            purchase credits."}}
            400 | UPSTREAM_AUTHENTICATION | {"error":{"code":400,"message":"API key not valid. Please pass a \
            valid API key.","status":"INVALID_ARGUMENT",\
            "details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID",\
            "domain":"googleapis.com"}]}}
            400 | UPSTREAM_AUTHENTICATION | [{"error":{"code":400,"message":"API key not valid. Please pass a \
            valid API key.","status":"INVALID_ARGUMENT"}}]
            400 | UPSTREAM_AUTHENTICATION | {"error":{"code":400,"message":"API key expired. Please renew the \
            API key.","status":"INVALID_ARGUMENT"}}
            403 | UPSTREAM_AUTHENTICATION | {"error":{"code":403,"message":"Your API key was reported as \
            leaked. Please use another API key.","status":"PERMISSION_DENIED"}}
            400 | CONTENT_POLICY | {"error":{"message":"The response was filtered","param":"prompt",\
            "code":"content_filter","innererror":{"code":"ResponsibleAIPolicyViolation"}}}
            400 | CONTEXT_LENGTH | {"object":"error","message":"'max_tokens' or 'max_completion_tokens' is too \
            large: 5000. This model's maximum context length is 4096 tokens and your request has 5 input \
            tokens","type":"BadRequestError","param":"max_tokens","code":400}
            400 | CONTEXT_LENGTH | {"error":{"message":"This model's maximum context length is 8192 tokens.",\
            "type":"invalid_request_error","param":"messages","code":"context_length_exceeded"}}
            401 | UPSTREAM_AUTHENTICATION | {"error":{"message":"Your credit balance is too low to access the \
            API","code":"invalid_value","param":"x"}}
            401 | UPSTREAM_AUTHENTICATION | maximum context length
            402 | UPSTREAM_BILLING | {"error":{"message":"API key not valid","code":"invalid_value"}}
            429 | UPSTREAM_RATE_LIMIT | {"error":{"message":"Rate limit reached for gpt-4 in organization org-x \
            on tokens per min (TPM): Limit 10000, Used 9000, Requested 3100.","type":"tokens","param":null,\
            "code":"rate_limit_exceeded"}}
            429 | TOO_LARGE | {"error":{"message":"Request too large for gpt-4 in organization org-x on tokens \
            per min (TPM): Limit 10000, Requested 31000. The input or output tokens must be reduced in order to \
            run successfully.","type":"tokens","param":null,"code":"rate_limit_exceeded"}}
            413 | TOO_LARGE | {"error":{"message":"Request too large for model `x` on tokens per minute (TPM): \
            Limit 6000, Requested 7000","type":"tokens","code":"rate_limit_exceeded"}}
            200 | TOO_LARGE | {"error":{"message":"Request too large for gpt-4 on tokens per min (TPM): Limit \
            10000, Requested 31000","type":"tokens","code":"rate_limit_exceeded"}}
            """)
    void bodiesAsProvidersSendThem(int status, ErrorKind kind, String body) {
        assertThat(classify(status, body).kind()).isEqualTo(kind);
    }

    @Test
    void geminiDelay_isFoundInDetailsAndText() {
        String detail = "{\"error\":{\"code\":429,\"details\":[{\"@type\":\"RetryInfo\",\"retryDelay\":\"34s\"}]}}";

        assertThat(classify(429, detail).delay()).contains(Duration.ofSeconds(34));
        assertThat(classify(429, "{\"error\":{\"message\":\"Please retry in 34.07s.\"}}")
                        .delay())
                .isPresent();
    }

    /** Quota, whether it names a delay, what it is, and the delay that is told. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            GenerateRequestsPerMinutePerProjectPerModel-FreeTier | 23s | UPSTREAM_RATE_LIMIT | 23
            GenerateContentInputTokensPerModelPerMinute-FreeTier | 23.5s | UPSTREAM_RATE_LIMIT | 24
            GenerateRequestsPerMinutePerProjectPerModel-FreeTier | - | UPSTREAM_RATE_LIMIT | 0
            GenerateRequestsPerDayPerProjectPerModel-FreeTier | - | UPSTREAM_BILLING | 0
            GenerateRequestsPerDayPerProjectPerModel-FreeTier | 40s | UPSTREAM_BILLING | 40
            SomethingElse | 7s | UPSTREAM_RATE_LIMIT | 7
            SomethingElse | - | UPSTREAM_RATE_LIMIT | 0
            """)
    void geminiQuota_decidesWhatIsUsedUp(String quota, String delay, ErrorKind kind, long seconds) {
        String retry = "-".equals(delay)
                ? ""
                : ",{\"@type\":\"type.googleapis.com/google.rpc.RetryInfo\",\"retryDelay\":\"" + delay + "\"}";
        String body =
                "{\"error\":{\"code\":429,\"message\":\"You exceeded your current quota, please check your plan and"
                        + " billing details.\",\"status\":\"RESOURCE_EXHAUSTED\",\"details\":[{\"@type\":"
                        + "\"type.googleapis.com/google.rpc.QuotaFailure\",\"violations\":[{\"quotaId\":\"" + quota
                        + "\"}]}"
                        + retry + "]}}";

        UpstreamFault.Answered answered = classify(429, body);

        assertThat(answered.kind()).isEqualTo(kind);
        assertThat(answered.delay()
                        .map(wait -> wait.plusMillis(999).toSeconds())
                        .orElse(0L))
                .isEqualTo(seconds);
    }

    @Test
    void quotaOfAMinuteBesideOneOfADay_isARateLimit() {
        String body = "{\"error\":{\"status\":\"RESOURCE_EXHAUSTED\",\"details\":[{\"violations\":["
                + "{\"quotaId\":\"XPerDayY\"},{\"quotaId\":\"XPerMinuteY\"}]}]}}";

        assertThat(classify(429, body).kind()).isEqualTo(ErrorKind.UPSTREAM_RATE_LIMIT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-1",
                "-0.5",
                "NaN",
                "Infinity",
                "-Infinity",
                "soon",
                "",
                " ",
                "\u0665",
                "caf\u00e9",
                "\u00bd",
                "\ud83d\ude00",
                "0x10p3junk",
                "1e",
                "Wed, 99 Foo 2020 00:00:00 GMT",
                "Wed, 21 Oct 2015 07:28:00 GMT"
            })
    void retryAfter_thatMakesNoSense_isAsIfItWasNotSent(String value) {
        for (String name : new String[] {"retry-after", "retry-after-ms"}) {
            Map<String, String> headers = Map.of(name, value);

            assertThat(classifier
                            .classify(origin(Protocol.OPENAI_CHAT), 429, headers::get, new byte[0])
                            .delay())
                    .as(name)
                    .isEmpty();
        }
        String body = "{\"error\":{\"message\":\"Please retry in " + value + "s\",\"details\":[{\"retryDelay\":\""
                + value + "s\"}]}}";
        assertThat(classify(429, body).delay()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e308", "99999999999999999999999999", "86401", "Fri, 31 Dec 9999 23:59:59 GMT"})
    void retryAfter_thatIsHuge_isADay(String value) {
        Map<String, String> headers = Map.of("retry-after", value);

        assertThat(classifier
                        .classify(origin(Protocol.OPENAI_CHAT), 429, headers::get, new byte[0])
                        .delay())
                .contains(Duration.ofHours(24));
    }

    @Test
    void retryAfter_inSeconds_isBelieved() {
        Map<String, String> headers = Map.of("retry-after", "7");

        assertThat(classifier
                        .classify(origin(Protocol.OPENAI_CHAT), 503, headers::get, new byte[0])
                        .delay())
                .contains(Duration.ofSeconds(7));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e99999999999", "-1e-99999999999", "1e2147483648", "1e400", "123456789012345678901e99999"})
    void numberOutOfRange_inAnError_isNoDefect(String number) {
        String body = "{\"error\":{\"message\":\"slow down\",\"type\":\"rate_limit_error\",\"code\":" + number + "}}";

        assertThat(classifier
                        .classify(origin(Protocol.OPENAI_CHAT), 429, _ -> null, body.getBytes(StandardCharsets.UTF_8))
                        .kind())
                .isEqualTo(ErrorKind.UPSTREAM_RATE_LIMIT);
    }

    @Test
    void anyBytes_giveAnAnswer_withoutKeys() {
        Random random = new Random(7);
        for (int i = 0; i < 5_000; i++) {
            byte[] body = new byte[random.nextInt(200)];
            random.nextBytes(body);
            assertThat(classifier.classify(origin(Protocol.OPENAI_CHAT), 200 + random.nextInt(400), _ -> null, body))
                    .isNotNull();
        }
        assertThat(classify(401, "{\"error\":{\"message\":\"Incorrect API key provided: sk-abcdefghijklmnopqrst\"}}")
                        .providerMessage())
                .doesNotContain("abcdefghijklmnop");
    }
}
