package io.llmgateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.InstanceName;
import io.llmgateway.model.Protocol;
import io.llmgateway.model.UpstreamFault;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whose fault an error is: the account's behind the gateway, the server's, or the request's, whatever its status. */
class ErrorOwnerTest {
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
            ANTHROPIC_MESSAGES | 400 | {"type":"error","error":{"type":"invalid_request_error","message":"You have \
            reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC."}}
            ANTHROPIC_MESSAGES | 400 | {"type":"error","error":{"type":"invalid_request_error","message":"You're \
            out of extra usage. Add more at claude.ai/settings/usage and keep going."}}
            ANTHROPIC_MESSAGES | 400 | {"type":"error","error":{"type":"invalid_request_error","message":"You\u2019re \
            out of extra usage."}}
            ANTHROPIC_MESSAGES | 500 | {"type":"error","error":{"type":"api_error","message":"insufficient balance \
            (1008)"},"request_id":"x"}
            OPENAI_CHAT | 400 | {"error":{"message":"Budget has been exceeded! Current cost: 10.5, Max budget: 10.0",\
            "type":"budget_exceeded","param":null,"code":"400"}}
            OPENAI_CHAT | 429 | {"error":{"message":"Budget has been exceeded! Team=RP3 Current cost: 26.07, Max \
            budget: 0.25","type":"budget_exceeded","param":null,"code":"429"}}
            OPENAI_CHAT | 400 | {"error":{"message":"ExceededBudget: User=4865 over budget. Spend=10.6, \
            Budget=10.0","type":"budget_exceeded","param":null,"code":"400"}}
            OPENAI_CHAT | 400 | {"error":{"message":"ExceededBudget: User=4865 over budget. Spend=10.6, \
            Budget=10.0","type":null,"param":null,"code":"400"}}
            OPENAI_CHAT | 429 | {"error":{"http_code":"429","message":"insufficient balance (1008)","type":\
            "insufficient_balance_error"},"request_id":"x"}
            OPENAI_CHAT | 429 | {"error":{"code":"1113","message":"Insufficient balance or no resource package. \
            Please recharge."}}
            OPENAI_CHAT | 200 | {"id":"x","choices":null,"object":"","usage":{"total_tokens":0},"base_resp":\
            {"status_code":1008,"status_msg":"insufficient balance"}}
            GEMINI | 400 | {"error":{"code":400,"message":"Gemini API free tier is not available in your country. \
            Please enable billing on your project in Google AI Studio.","status":"FAILED_PRECONDITION"}}
            """)
    void emptyAccountBehindTheGateway_isNotTheClientsRequest_andStaysUntold(
            Protocol protocol, int status, String body) {
        UpstreamFault.Answered answered = classify(protocol, status, body);

        assertThat(answered.kind()).isEqualTo(ErrorKind.UPSTREAM_BILLING);
        assertThat(answered.clientMessage())
                .doesNotContain("10.", "RP3", "4865", "26.07", "claude.ai", "2026-12-01", "1008", "country");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
            ANTHROPIC_MESSAGES | 400 | {"type":"error","error":{"type":"invalid_request_error","message":"This \
            organization has been disabled."}}
            GEMINI | 400 | {"error":{"code":400,"message":"User location is not supported for the API use.",\
            "status":"FAILED_PRECONDITION"}}
            GEMINI | 403 | {"error":{"code":403,"message":"Permission denied: Consumer 'api_key:x' has been \
            suspended.","status":"PERMISSION_DENIED","details":[{"reason":"CONSUMER_SUSPENDED"}]}}
            GEMINI | 403 | {"error":{"code":403,"message":"Generative Language API has not been used in project 1 \
            before or it is disabled.","status":"PERMISSION_DENIED","details":[{"reason":"SERVICE_DISABLED"}]}}
            OPENAI_CHAT | 200 | {"choices":null,"base_resp":{"status_code":1004,"status_msg":"login fail"}}
            OPENAI_CHAT | 200 | {"choices":null,"base_resp":{"status_code":2049,"status_msg":"invalid api key"}}
            """)
    void refusedAccount_isNotTheClientsRequest(Protocol protocol, int status, String body) {
        assertThat(classify(protocol, status, body).kind()).isEqualTo(ErrorKind.UPSTREAM_AUTHENTICATION);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
            OPENAI_CHAT | 403 | {"error":{"message":"Your organization must be verified to stream this. Please go to: \
            https://platform.openai.com/settings/organization/general and click on Verify.","type":"x","code":"y"}}
            OPENAI_CHAT | 403 | {"error":{"message":"Not enabled. See console.groq.com/settings/project/limits.",\
            "metadata":{"help":"https://openrouter.ai/settings/privacy"}}}
            GEMINI | 403 | {"error":{"code":403,"message":"Enable it by visiting (https://console.developers.google.com\
            /apis/x?project=1) then retry.","status":"PERMISSION_DENIED","details":[{"links":[{"url":\
            "https://console.developers.google.com/apis/x?project=1"}]}]}}
            ANTHROPIC_MESSAGES | 403 | {"type":"error","error":{"type":"permission_error","message":"Ask your admin at \
            'https://console.anthropic.com/settings/limits'"}}
            """)
    void rightsOfTheAccount_areTold_withoutTheWayToItsConsole(Protocol protocol, int status, String body) {
        UpstreamFault.Answered answered = classify(protocol, status, body);

        assertThat(answered.kind()).isEqualTo(ErrorKind.PERMISSION);
        assertThat(answered.clientMessage()).contains("***").doesNotContain("://", ".com", "settings");
        assertThat(answered.provider().orElseThrow().members().toString()).doesNotContain("://", ".com", "settings");
        assertThat(answered.message()).as("operators need it").containsAnyOf("https://", "console.");
    }

    @ParameterizedTest
    @CsvSource({"meta-llama/Llama-3.1-8B", "gpt-4.1/x", "and/or", "a.b", "1.5/2"})
    void wordsThatAreNoLinks_stay(String word) {
        String body = "{\"error\":{\"message\":\"no right to " + word + ", sorry\"}}";
        assertThat(classify(Protocol.OPENAI_CHAT, 403, body).clientMessage())
                .isEqualTo("no right to " + word + ", sorry");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"key_model_access_denied", "team_model_access_denied", "user_model_access_denied"})
    void keyThatMayNotUseAModel_isAGoodKey(String type) {
        String body = "{\"error\":{\"message\":\"key not allowed to access model. This key can only access models=['x']"
                + ". Tried to access m\",\"type\":\"" + type + "\",\"param\":\"model\",\"code\":\"401\"}}";

        assertThat(classify(Protocol.OPENAI_CHAT, 401, body).kind()).isEqualTo(ErrorKind.PERMISSION);
        assertThat(classify(Protocol.ANTHROPIC_MESSAGES, 401, body).kind()).isEqualTo(ErrorKind.PERMISSION);
        assertThat(classify(Protocol.OPENAI_CHAT, 401, body.replace(type, "auth_error"))
                        .kind())
                .isEqualTo(ErrorKind.UPSTREAM_AUTHENTICATION);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
            1002 | UPSTREAM_RATE_LIMIT | rate limit
            1026 | CONTENT_POLICY | input new_sensitive
            1027 | CONTENT_POLICY | output new_sensitive
            1039 | CONTEXT_LENGTH | token limit
            2013 | BAD_REQUEST | invalid params, tool call result does not follow tool call
            1033 | UPSTREAM_SERVER | system error
            """)
    void numberInBaseResp_saysWhatIsWrong(int code, ErrorKind kind, String message) {
        UpstreamFault.Answered answered = classify(
                Protocol.OPENAI_CHAT,
                200,
                "{\"id\":\"x\",\"choices\":null,\"base_resp\":{\"status_code\":" + code + ",\"status_msg\":\"" + message
                        + "\"}}");

        assertThat(answered.kind()).isEqualTo(kind);
        assertThat(answered.providerMessage()).isEqualTo(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
            ANTHROPIC_MESSAGES | 429 | CONTEXT_LENGTH | {"type":"error","error":{"type":"rate_limit_error",\
            "message":"Extra usage is required for long context requests."}}
            ANTHROPIC_MESSAGES | 500 | CONTENT_POLICY | {"type":"error","error":{"type":"api_error","message":\
            "input new_sensitive (1026)"}}
            ANTHROPIC_MESSAGES | 400 | CONTEXT_LENGTH | {"type":"error","error":{"type":"invalid_request_error",\
            "message":"invalid params, context window exceeds limit (2013)"}}
            OPENAI_CHAT | 403 | CONTENT_POLICY | {"error":{"code":403,"message":"openai/gpt-4o requires moderation \
            on OpenAI. Your input was flagged for \\"violence\\". No credits were charged.","metadata":{"reasons":\
            ["violence"],"flagged_input":"foo","provider_name":"OpenAI"}}}
            OPENAI_CHAT | 403 | PERMISSION | {"error":{"code":403,"message":"no","metadata":{"reasons":[]}}}
            OPENAI_CHAT | 500 | BAD_REQUEST | {"error":{"code":500,"message":"Conversation roles must alternate \
            user/assistant/user/assistant/... at row 1, column 2","type":"server_error"}}
            """)
    void requestsOwnFault_underAnotherStatus_isNotTheInstances(
            Protocol protocol, int status, ErrorKind kind, String body) {
        assertThat(classify(protocol, status, body).kind()).isEqualTo(kind);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
            OPENAI_CHAT | 498 | UPSTREAM_OVERLOADED | {"error":{"message":"Flex tier capacity exceeded","type":"x",\
            "code":"capacity_exceeded"}}
            OPENAI_CHAT | 424 | UPSTREAM_SERVER | {"error":"Request failed during generation: CUDA out of memory",\
            "error_type":"generation"}
            GEMINI | 499 | UPSTREAM_SERVER | {"error":{"code":499,"message":"The operation was cancelled.",\
            "status":"CANCELLED"}}
            OPENAI_CHAT | 425 | UPSTREAM_SERVER | ''
            OPENAI_CHAT | 421 | UPSTREAM_SERVER | ''
            OPENAI_CHAT | 418 | BAD_REQUEST | {"error":"x"}
            """)
    void serversOwnFault_underAStatusOfTheRequests_isNotTheRequests(
            Protocol protocol, int status, ErrorKind kind, String body) {
        assertThat(classify(protocol, status, body).kind()).isEqualTo(kind);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
            400 | {"error":{"message":"messages.0: 'You're out of extra usage' is too long","type":"invalid_request"}}
            400 | {"error":{"message":"Insufficient balance","param":"messages","type":"invalid_request_error"}}
            400 | {"error":{"message":"Unknown tool 'Budget has been exceeded!'","code":400}}
            400 | {"error":{"message":"This organization has been disabled.","code":"invalid_value"}}
            """)
    void wordsThatTheClientCanMakeAProviderRepeat_benchNobody(int status, String body) {
        assertThat(classify(Protocol.OPENAI_CHAT, status, body).kind()).isEqualTo(ErrorKind.BAD_REQUEST);
    }
}
