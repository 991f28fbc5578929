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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** How servers of every make word the same things, and what reaches the client of them. */
class ErrorWordingTest {
    private final ErrorClassifier classifier = new ErrorClassifier(Clock.systemUTC());

    private UpstreamFault.Answered classify(Protocol protocol, int status, String body) {
        return classifier.classify(
                new AnsweredBy(new InstanceName("i"), protocol, "", 0, List.of()),
                status,
                _ -> null,
                body.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
            400 | {"error":{"code":400,"message":"request (18014 tokens) exceeds the available context size \
            (512 tokens), try increasing it","type":"exceed_context_size_error","n_prompt_tokens":18014}}
            400 | {"error":{"message":"max_tokens=5000 cannot be greater than max_model_len=512. (parameter=\
            max_tokens, value=5000)","type":"BadRequestError","param":"max_tokens","code":400}}
            400 | {"error":{"message":"The decoder prompt (length 9000) is longer than the maximum model length \
            of 4096.","type":"BadRequestError","param":null,"code":400}}
            400 | {"object":"error","message":"The input (9000 tokens) is longer than the model's context length \
            (4096 tokens).","type":"BadRequestError","param":null,"code":400}
            400 | {"error":"prompt too long; exceeded max context length by 44 tokens"}
            500 | {"error":{"message":"prompt too long; exceeded max context length by 44 tokens","type":"api_error"}}
            400 | {"error":{"message":"Too many","type":"too_many_prompt_tokens","code":400}}
            400 | {"error":{"message":"Too many","type":"invalid_request","code":"too_many_prompt_tokens"}}
            422 | {"error":"Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4097. Given: 5000 \
            `inputs` tokens and 100 `max_new_tokens`","error_type":"validation"}
            422 | {"error":"Input validation error: `inputs` must have less than 1024 tokens. Given: 1048",\
            "error_type":"validation"}
            400 | {"error":"Trying to keep the first 6180 tokens when context the overflows. However, the model is \
            loaded with context length of only 4096 tokens"}
            400 | {"code":"Client specified an invalid argument","error":"This model's maximum prompt length is \
            131072 but the request contains 537812 tokens."}
            400 | {"message":"Please reduce the length of the messages or completion. Current length is 9000 while \
            limit is 8192","type":"invalid_request_error","param":"messages","code":"context_length_exceeded"}
            400 | {"object":"error","message":"Prompt contains 65673 tokens and 0 draft tokens, too large for model \
            with 32768 maximum context length","type":"invalid_request_prompt","param":null,"code":"3051"}
            400 | {"error":{"message":"litellm.ContextWindowExceededError: litellm.BadRequestError: too big",\
            "type":null,"param":null,"code":"400"}}
            400 | {"error":{"message":"Invalid request: Your request exceeded model token limit: 8192",\
            "type":"invalid_request_error"}}
            400 | {"error":{"message":"Your input exceeds the context window of this model. Please adjust your \
            input and try again.","type":"invalid_request_error","param":"input"}}
            413 | {"error":{"message":"This model's maximum context length is 8192 tokens"}}
            200 | {"error":{"code":400,"message":"the request exceeds the available context size. try increasing \
            the context size","type":"invalid_request_error"}}
            """)
    void tooLong_inTheWordsOfEveryServer_isTooLong(int status, String body) {
        UpstreamFault.Answered answered = classify(Protocol.OPENAI_CHAT, status, body);

        assertThat(answered.kind()).isEqualTo(ErrorKind.CONTEXT_LENGTH);
        assertThat(answered.clientMessage()).isNotEqualTo("the conversation is longer than the model's context");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
            400 | BAD_REQUEST | {"error":{"message":"max_tokens is too large: 100000. This model supports at most \
            16384 completion tokens","type":"invalid_request_error","param":"max_tokens","code":"invalid_value"}}
            400 | BAD_REQUEST | {"error":{"message":"Invalid 'user': too long.","code":"string_above_max_length"}}
            400 | BAD_REQUEST | {"error":{"message":"Unknown role 'exceeds the available context size'"}}
            400 | MODEL_NOT_FOUND | {"error":{"message":"Model Not Exist","type":"invalid_request_error"}}
            400 | MODEL_NOT_FOUND | {"error":{"message":"gone","code":"model_decommissioned"}}
            400 | CONTENT_POLICY | {"error":{"message":"Content Exists Risk","type":"invalid_request_error"}}
            400 | CONTENT_POLICY | {"error":{"message":"Input data may contain inappropriate content.",\
            "code":"data_inspection_failed"}}
            403 | CONTENT_POLICY | {"error":"Content violates usage guidelines. Team: x"}
            500 | BAD_REQUEST | {"error":{"code":500,"message":"image input is not supported - hint: if this is \
            unexpected, you may need to provide the mmproj","type":"server_error"}}
            501 | BAD_REQUEST | {"error":{"code":501,"message":"This server does not support embeddings. Start it \
            with `--embeddings`","type":"not_supported_error"}}
            500 | UPSTREAM_SERVER | Internal Server Error
            503 | UPSTREAM_OVERLOADED | {"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}
            422 | BAD_REQUEST | {"detail":"Unexpected fields in the request: {'top_k'}"}
            429 | UPSTREAM_BILLING | {"error":{"message":"x","type":"exceeded_current_quota_error"}}
            429 | UPSTREAM_RATE_LIMIT | {"error":{"code":429,"message":"You exceeded your current quota, please \
            check your plan and billing details.","status":"RESOURCE_EXHAUSTED"}}
            429 | UPSTREAM_RATE_LIMIT | {"error":{"code":429,"message":"You exceeded your current quota. Please \
            retry in 7.1s.","status":"RESOURCE_EXHAUSTED","details":[{"@type":"QuotaFailure","violations":[{\
            "quotaMetric":"x/generate_content_free_tier_requests","quotaId":\
            "GenerateRequestsPerMinutePerProjectPerModel-FreeTier"}]}]}}
            200 | BAD_REQUEST | {"error":{"message":"1 validation error","type":"BadRequestError","code":"400"}}
            200 | UPSTREAM_SERVER | {"error":{"message":"EngineCore encountered an issue","type":\
            "InternalServerError","param":null,"code":500}}
            200 | UPSTREAM_SERVER | {"error":"text"}
            """)
    void everythingElse_isWhatItsServerMeans(int status, ErrorKind kind, String body) {
        assertThat(classify(Protocol.OPENAI_CHAT, status, body).kind()).isEqualTo(kind);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            400 | thread_unsupported_request | BAD_REQUEST
            404 | thread_not_found | BAD_REQUEST
            400 | image_dimensions_too_large | BAD_REQUEST
            400 | organization_on_hold | UPSTREAM_AUTHENTICATION
            402 | linked_organization_spend_limit_reached | UPSTREAM_BILLING
            429 | enforced_spend_limit_reached | UPSTREAM_BILLING
            429 | ramp_limit_exceeded | UPSTREAM_RATE_LIMIT
            503 | cmek_key_unreachable | UPSTREAM_OVERLOADED
            413 | request_body_too_large_after_decoding | TOO_LARGE
            """)
    void anthropicsCodes_decide_andReachTheClient(int status, String code, ErrorKind kind) {
        String body = "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"message\":\"m\","
                + "\"details\":{\"error_code\":\"" + code + "\"}}}";
        UpstreamFault.Answered answered = classify(Protocol.ANTHROPIC_MESSAGES, status, body);

        assertThat(answered.kind()).isEqualTo(kind);
        assertThat(answered.details().code()).isEqualTo(code);
        assertThat(answered.details().members()).containsEntry("details", "{\"error_code\":\"" + code + "\"}");
    }

    @ParameterizedTest
    @EnumSource(Protocol.class)
    void openAisWordsForAnEmptyAccount_areNoOnesCode(Protocol protocol) {
        String words = "{\"error\":{\"message\":\"insufficient_quota billing_error invalid_api_key\"}}";

        assertThat(classify(protocol, 429, words).kind()).isEqualTo(ErrorKind.UPSTREAM_RATE_LIMIT);
        assertThat(classify(protocol, 400, words).kind()).isEqualTo(ErrorKind.BAD_REQUEST);
    }

    /** Body, message, field. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', nullValues = "-", textBlock = """
            {"detail":[{"type":"missing","loc":["body","messages",0,"content"],"msg":"Field required"}]}\
            |body.messages.0.content: Field required|body.messages.0.content
            {"object":"error","message":{"detail":[{"loc":["body","n"],"msg":"a"},{"loc":["body","k"],"msg":"b"}]}}\
            |body.n: a; body.k: b|body.n
            {"error":"ValidationError","message":"temperature must be a number","status":422}\
            |temperature must be a number|-
            {"error":{"message":"line one\\nline two","param":"body.messages"}}|line one\\nline two|body.messages
            {"message":["a must be set","b must be set"],"error":"Bad Request","statusCode":400}\
            |a must be set; b must be set|-
            {"title":"Bad Request","detail":"stop is no list","status":400}|stop is no list|-
            {"errors":[{"message":"no such field","code":7003}]}|no such field|-
            {"status":"failure","message":"Invalid config"}|Invalid config|-
            {"error":{"code":400,"message":"Bad","status":"INVALID_ARGUMENT","details":[{"fieldViolations":[{"field":\
            "contents[0].parts"}]}]}}|Bad|contents[0].parts
            {"choices":[{"error":{"code":502,"message":"Provider failed"},"finish_reason":"error"}]}|Provider failed|-
            """)
    void whatIsWrong_isFoundInEveryShape(String body, String message, String field) {
        UpstreamFault.Answered answered = classify(Protocol.OPENAI_CHAT, 422, body);

        assertThat(answered.clientMessage()).isEqualTo(message.replace("\\n", "\n"));
        assertThat(answered.details().param()).isEqualTo(field == null ? "" : field);
        assertThat(answered.message()).as("the log's line").doesNotContain("\n");
    }

    @Test
    void delayInASentence_isBelievedUpToADay() {
        assertThat(classify(Protocol.GEMINI, 429, "{\"error\":{\"message\":\"Please retry in 34.07s.\"}}")
                        .delay())
                .contains(Duration.ofMillis(34_070));
        assertThat(classify(Protocol.GEMINI, 429, "{\"error\":{\"message\":\"Please retry in 99999999s.\"}}")
                        .delay())
                .contains(Duration.ofHours(24));
        assertThat(classify(Protocol.OPENAI_CHAT, 429, "{\"error\":{\"message\":\"Please try again in 1m2.5s.\"}}")
                        .delay())
                .contains(Duration.ofMillis(62_500));
        assertThat(classify(Protocol.OPENAI_CHAT, 429, "{\"error\":{\"message\":\"Please try again in 250ms\"}}")
                        .delay())
                .contains(Duration.ofMillis(250));
        assertThat(classify(Protocol.OPENAI_CHAT, 429, "{\"error\":{\"message\":\"Please retry after 32 seconds.\"}}")
                        .delay())
                .contains(Duration.ofSeconds(32));
        for (String said : new String[] {"in a while", "in s", "in 1.2.3s", "in -4s", "in 4 apples", "in 7d"}) {
            assertThat(classify(Protocol.GEMINI, 429, "{\"error\":{\"message\":\"Please retry " + said + "\"}}")
                            .delay())
                    .as(said)
                    .isEmpty();
        }
    }
}
