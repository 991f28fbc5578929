package io.llmgateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.model.ErrorKind;
import io.llmgateway.model.InstanceName;
import io.llmgateway.model.Protocol;
import io.llmgateway.model.UpstreamFault;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What providers say when the gateway's own account is refused, in their own words. */
class AccountRefusedTest {
    private static UpstreamFault.Answered classify(Protocol protocol, int status, String body) {
        return new ErrorClassifier(Clock.systemUTC())
                .classify(
                        new AnsweredBy(new InstanceName("i"), protocol, "", 0, List.of()),
                        status,
                        _ -> null,
                        body.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
            xAI        | 400 | UPSTREAM_AUTHENTICATION | {"code":"Client specified an invalid argument",\
            "error":"Incorrect API key provided: xa***. You can obtain an API key from https://console.x.ai."}
            xAI        | 403 | UPSTREAM_BILLING | {"code":"The caller does not have permission to execute the \
            specified \
            operation","error":"Your newly created teams doesn't have any credits yet. You can purchase credits on x."}
            xAI        | 429 | UPSTREAM_BILLING | {"code":"Some resource has been exhausted","error":"Your team 1-2 \
            has \
            either used all available credits or reached its monthly spending limit."}
            OpenRouter | 403 | UPSTREAM_BILLING | {"error":{"message":"Key limit exceeded (total limit). Manage it \
            using \
            https://openrouter.ai/settings/keys","code":403}}
            OpenAI     | 403 | UPSTREAM_AUTHENTICATION | {"error":{"code":"unsupported_country_region_territory",\
            "message":"Country, region, or territory not supported","param":null,"type":"request_forbidden"}}
            OpenAI     | 403 | UPSTREAM_AUTHENTICATION | {"error":{"message":"You have insufficient permissions for \
            this \
            operation. Missing scopes: model.request.","type":"invalid_request_error","param":null,"code":null}}
            OpenAI     | 403 | UPSTREAM_AUTHENTICATION | {"error":{"message":"x","code":"ip_not_authorized"}}
            Azure      | 403 | UPSTREAM_AUTHENTICATION | {"error":{"code":"403","message":"Access denied due to \
            Virtual \
            Network/Firewall rules."}}
            Azure      | 403 | UPSTREAM_AUTHENTICATION | {"error":{"code":"PermissionDenied","message":"The principal \
            `00-11` lacks the required data action `Microsoft.CognitiveServices/x` to perform `POST /openai`."}}
            Azure      | 403 | UPSTREAM_BILLING | {"statusCode":403,"message":"Out of call volume quota. Quota will be \
            replenished in 10:00:00."}
            Groq       | 400 | UPSTREAM_AUTHENTICATION | {"error":{"message":"Organization has been restricted. Please \
            reach out to support.","type":"invalid_request_error","code":"organization_restricted"}}
            Groq       | 403 | UPSTREAM_AUTHENTICATION | {"error":{"message":"Access denied. Please check your network \
            settings."}}
            Together   | 403 | UPSTREAM_AUTHENTICATION | {"error":{"message":"Invalid API key provided.",\
            "type":"invalid_request_error","param":null,"code":null}}
            Together   | 429 | UPSTREAM_BILLING | {"error":{"message":"Credit limit exceeded, please navigate to x",\
            "type":"credit_limit","param":null,"code":null}}
            Fireworks  | 403 | UPSTREAM_AUTHENTICATION | {"error":{"object":"error","type":"invalid_request_error",\
            "code":"unauthorized","message":"The API key you provided is invalid."}}
            Fireworks  | 412 | UPSTREAM_BILLING | {"error":{"message":"Account me-1 is suspended, possibly due to \
            reaching \
            the monthly spending limit or failure to pay past invoices."}}
            Mistral    | 403 | UPSTREAM_BILLING | {"message":"Inactive subscription or usage limit reached"}
            DeepSeek   | 402 | UPSTREAM_BILLING | {"error":{"message":"Insufficient \
            Balance","code":"invalid_request_error"}}
            DeepSeek   | 401 | UPSTREAM_AUTHENTICATION | {"error":{"message":"Authentication Fails (no such user)"}}
            Perplexity | 401 | UPSTREAM_BILLING | {"error":{"message":"You exceeded your current quota",\
            "type":"insufficient_quota","code":401}}
            Cohere     | 429 | UPSTREAM_BILLING | {"message":"You are using a Trial key, which is limited to 1000 API \
            calls \
            / month. You can continue to use the Trial key for free or upgrade."}
            Cohere     | 429 | UPSTREAM_RATE_LIMIT | {"message":"You are using a Trial key, which is limited to 20 API \
            calls / minute."}
            SiliconFlow | 403 | UPSTREAM_BILLING | {"code":30001,"message":"Sorry, your account balance is \
            insufficient"}
            DeepInfra  | 403 | UPSTREAM_BILLING | {"detail":{"error":"inference prohibited, please enter a payment \
            method"}}
            NVIDIA     | 403 | UPSTREAM_AUTHENTICATION | {"status":403,"title":"Forbidden","detail":"Authorization \
            failed"}
            firewall   | 403 | UPSTREAM_AUTHENTICATION | <!DOCTYPE html><title>Attention Required! | Cloudflare</title>
            proxy      | 403 | UPSTREAM_AUTHENTICATION | Access denied by policy 10.2.3.4
            """)
    void openAi(String who, int status, ErrorKind kind, String body) {
        UpstreamFault.Answered answered = classify(Protocol.OPENAI_CHAT, status, body);

        assertThat(answered.kind()).as(who).isEqualTo(kind);
        if (kind != ErrorKind.UPSTREAM_RATE_LIMIT) {
            assertThat(answered.clientMessage())
                    .isEqualTo(new UpstreamFault.ExchangeFailed(kind, new InstanceName("i"), "").clientMessage());
            assertThat(answered.provider()).isEmpty();
            assertThat(answered.providerStatus()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
            403 | permission_error | Your API key does not have permission to use the specified resource.
            403 | permission_error | This organization has been disabled.
            400 | invalid_request_error | This organization has been disabled.
            403 | permission_error | OAuth authentication is currently not allowed for this organization.
            403 | forbidden | Request not allowed
            400 | invalid_request_error | This credential is only authorized for use with Claude Code and cannot be \
            used.
            """)
    void anthropic(int status, String type, String message) {
        String body = "{\"type\":\"error\",\"error\":{\"type\":\"" + type + "\",\"message\":\"" + message + "\"}}";

        assertThat(classify(Protocol.ANTHROPIC_MESSAGES, status, body).kind())
                .isEqualTo(ErrorKind.UPSTREAM_AUTHENTICATION);
    }

    /** Whom a client can bring about must not take the account out for others. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
            403 | PERMISSION | {"error":{"message":"You are not allowed to sample from this model",\
            "type":"invalid_request_error","param":null,"code":null}}
            403 | PERMISSION | {"error":{"message":"The model `x` is blocked at the organization level.",\
            "type":"permissions_error","code":"model_permission_blocked_org"}}
            400 | BAD_REQUEST | {"error":{"message":"Unknown role 'Incorrect API key provided'","code":null}}
            400 | BAD_REQUEST | {"error":{"message":"Incorrect API key provided","code":"invalid_value","param":"x"}}
            403 | PERMISSION | {"error":{"message":"Key limit exceeded","code":"region"}}
            400 | BAD_REQUEST | <html>403 Incorrect API key</html>
            """)
    void modelOrRequestThatIsRefused_isNotTheAccount(int status, ErrorKind kind, String body) {
        assertThat(classify(Protocol.OPENAI_CHAT, status, body).kind()).isEqualTo(kind);
    }

    @ParameterizedTest
    @EnumSource(Protocol.class)
    void pageOfAFirewall_isNotShown_whateverTheProtocol(Protocol protocol) {
        UpstreamFault.Answered answered = classify(protocol, 403, "<html>blocked: 10.2.3.4</html>");

        assertThat(answered.clientMessage()).doesNotContain("10.2.3.4").doesNotContain("blocked");
    }

    @Test
    void unregisteredCaller_ofGemini_isTheAccount() {
        String body =
                "{\"error\":{\"code\":403,\"message\":\"Method doesn't allow unregistered callers (callers without "
                        + "established identity).\",\"status\":\"PERMISSION_DENIED\"}}";

        assertThat(classify(Protocol.GEMINI, 403, body).kind()).isEqualTo(ErrorKind.UPSTREAM_AUTHENTICATION);
    }
}
