package io.llmgateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.llmgateway.testing.ProviderAnswers;
import io.llmgateway.testing.RawClient;
import io.llmgateway.testing.ScriptedUpstream;
import io.llmgateway.testing.SseEvents;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What clients get to read of a provider's error: in their own protocol as it came, in another one what it says. */
class ProviderErrorsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String CALM =
            "circuit-breaker: {enabled: false, cooldown: 0s, max-cooldown: 0s, auth-failure-cooldown: 0s}";

    private static ScriptedUpstream.Script says(int status, String body) {
        return call -> call.write(ProviderAnswers.json(status, body));
    }

    private static RawClient.Response ask(String type, String path, ScriptedUpstream.Script script) throws IOException {
        try (ScriptedGateway gateway = ScriptedGateway.one(type, CALM, script);
                RawClient client = gateway.send(path, ScriptedGateway.request("m", false))) {
            return client.read();
        }
    }

    /** Status, body as it comes and goes; what is not named there is not looked at. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
            400 | {"error":{"message":"Unsupported value: 'temperature'","type":"invalid_request_error",\
            "param":"temperature","code":"unsupported_value"}}
            404 | {"error":{"message":"No model `x`.","type":"NotFoundError","param":"model","code":404}}
            422 | {"error":{"message":"1 validation error:\\n  {'loc': 'body'}","type":"Unprocessable","param":"body",\
            "code":422},"provider":"openai"}
            403 | {"error":{"message":"no","type":"permission_error","param":null,"code":"region","a":{"b":[1,2.50]}}}
            429 | {"error":{"message":"slow","type":"tokens","param":null,"code":"rate_limit_exceeded"}}
            408 | {"error":{"message":"late","type":"timeout","param":null,"code":null}}
            503 | {"error":{"message":"Loading model","type":"unavailable_error","code":503}}
            500 | {"error":{"message":"oops","type":"InternalServerError","param":null,"code":500}}
            """)
    void openAi_relayed_comesAsItWas(int status, String body) throws IOException {
        RawClient.Response response = ask("openai", ScriptedGateway.CHAT, says(status, body));

        assertThat(response.status()).isEqualTo(status);
        holds(JSON.readTree(response.body()), JSON.readTree(body));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
            400 | {"type":"error","error":{"type":"invalid_request_error","message":"thread","details":{"error_code":\
            "thread_fingerprint_mismatch"}}}
            404 | {"type":"error","error":{"type":"not_found_error","message":"m","details":{"error_code":\
            "thread_not_found"}}}
            403 | {"type":"error","error":{"type":"permission_error","message":"m","new":{"x":1}},"hint":"h"}
            429 | {"type":"error","error":{"type":"rate_limit_error","message":"slow"}}
            500 | {"type":"error","error":{"type":"api_error","message":"oops"}}
            504 | {"type":"error","error":{"type":"timeout_error","message":"late"}}
            """)
    void anthropic_relayed_comesAsItWas(int status, String body) throws IOException {
        RawClient.Response response = ask("anthropic", ScriptedGateway.MESSAGES, says(status, body));

        assertThat(response.status()).isEqualTo(status);
        holds(JSON.readTree(response.body()), JSON.readTree(body));
        assertThat(JSON.readTree(response.body()).path("request_id").asText())
                .isEqualTo(response.headers().get("request-id"));
    }

    private static void holds(JsonNode told, JsonNode came) {
        for (var member : came.properties()) {
            if (member.getValue().isObject()) {
                holds(told.path(member.getKey()), member.getValue());
            } else {
                assertThat(told.path(member.getKey())).as(member.getKey()).isEqualTo(member.getValue());
            }
        }
    }

    @Test
    void validationOfAnotherVendor_toAnAnthropicClient_hasAClassItKnows() throws IOException {
        JsonNode error = JSON.readTree(ask(
                                "anthropic",
                                ScriptedGateway.MESSAGES,
                                says(
                                        400,
                                        "{\"error\":{\"message\":\"bad\",\"type\":\"BadRequestError\",\"code\":400}}"))
                        .body())
                .path("error");

        assertThat(error.path("type").asText()).isEqualTo("invalid_request_error");
        assertThat(error.path("details").path("type").asText()).isEqualTo("BadRequestError");
        assertThat(error.path("code").asInt()).isEqualTo(400);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '\0', textBlock = """
            openai | /v1/messages | 400 | {"error":{"message":"Use x","param":"max_tokens","code":\
            "unsupported_parameter"}} | unsupported_parameter | max_tokens
            anthropic | /v1/chat/completions | 400 | {"type":"error","error":{"type":"invalid_request_error",\
            "message":"Use x","details":{"error_code":"image_dimensions_too_large"}}} | image_dimensions_too_large | -
            gemini | /v1/chat/completions | 400 | {"error":{"code":400,"message":"Use x","status":"INVALID_ARGUMENT",\
            "details":[{"fieldViolations":[{"field":"contents[0]"}]}]}} | - | contents[0]
            openai | /v1/messages | 422 | {"detail":[{"loc":["body","n"],"msg":"Use x"}]} | - | body.n
            """)
    void otherProtocol_getsMessageCodeAndField(
            String type, String path, int status, String body, String code, String param) throws IOException {
        RawClient.Response response = ask(type, path, says(status, body));
        JsonNode error = JSON.readTree(response.body()).path("error");
        JsonNode codes = path.equals(ScriptedGateway.MESSAGES) ? error.path("details") : error;

        assertThat(response.status()).isEqualTo(400);
        assertThat(error.path("message").asText()).contains("Use x");
        assertThat(codes.path(path.equals(ScriptedGateway.MESSAGES) ? "error_code" : "code")
                        .asText("-"))
                .isIn(code, "null");
        assertThat(codes.path("param").asText("-")).isIn(param, "null");
    }

    @Test
    void errorInTheMiddleOfAStream_comesAsItWas_andTheStreamEnds() throws IOException {
        String event = "{\"error\": {\"message\": \"EngineCore encountered an issue\", \"type\": "
                + "\"InternalServerError\", \"param\": null, \"code\": 500, \"trace\": [1]}}";
        CountDownLatch begun = new CountDownLatch(1);
        ScriptedUpstream.Script script = call -> {
            call.write(ProviderAnswers.STREAM_HEAD);
            call.chunk(ProviderAnswers.OPENAI_START + ProviderAnswers.openAiDelta("w"));
            assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
            call.chunk("data: " + event + "\n\ndata: [DONE]\n\n");
            call.write(ProviderAnswers.LAST_CHUNK);
        };
        try (ScriptedGateway gateway = ScriptedGateway.one("openai", CALM, script);
                RawClient client = gateway.send(ScriptedGateway.CHAT, ScriptedGateway.request("m", true))) {
            assertThat(client.readHead()).startsWith("HTTP/1.1 200");
            StringBuilder stream = new StringBuilder();
            byte[] chunk = client.readChunk();
            begun.countDown();
            while (chunk.length > 0) {
                stream.append(new String(chunk, StandardCharsets.UTF_8));
                chunk = client.readChunk();
            }
            List<SseEvents.Event> events = SseEvents.parse(stream.toString());

            assertThat(events.getLast().data()).isEqualTo("[DONE]");
            holds(JSON.readTree(events.get(events.size() - 2).data()), JSON.readTree(event));
        }
    }

    @Test
    void keysAndAddresses_areHiddenWhereverTheyStand() throws IOException {
        String body = ask(
                        "openai",
                        ScriptedGateway.CHAT,
                        says(
                                400,
                                "{\"error\":{\"message\":\"no\",\"type\":\"x\",\"at\":[\"http://10.1.2.3:8000/v1\","
                                        + "{\"sent\":\"Bearer abcdef0123456789\"}],\"word\":\"a secret\"}}"))
                .body();

        assertThat(body)
                .contains("\"at\":[\"http://***/v1\",{\"sent\":\"Bearer ***\"}]")
                .contains("\"word\":\"a secret\"");
    }

    @ParameterizedTest
    @CsvSource({"401", "402"})
    void whatConcernsTheGatewaysAccount_isNotTold(int status) throws IOException {
        RawClient.Response response = ask(
                "openai",
                ScriptedGateway.CHAT,
                says(status, "{\"error\":{\"message\":\"Org org-7 is unpaid\",\"type\":\"t\",\"code\":\"org-7\"}}"));

        assertThat(response.status()).isEqualTo(502);
        assertThat(response.body()).doesNotContain("org-7");
        assertThat(response.headers()).containsEntry("x-should-retry", "false");
    }

    @ParameterizedTest
    @CsvSource({
        "400, '', false",
        "429, '', true",
        "429, 'retry-after: 7', true",
        "429, 'retry-after: 3600', false",
        "503, '', true",
        "503, 'x-should-retry: false', false",
        "409, 'x-should-retry: false', false",
        "400, 'x-should-retry: true', true",
        "404, '', false"
    })
    void everyErrorSaysWhetherToRepeat(int status, String header, boolean again) throws IOException {
        String body = "{\"error\":{\"message\":\"m\"}}";
        String head = header.isEmpty() ? "" : header + "\r\n";
        RawClient.Response response = ask(
                "openai",
                ScriptedGateway.CHAT,
                call -> call.write("HTTP/1.1 " + status + " X\r\ncontent-type: application/json\r\n" + head
                        + "content-length: " + body.length() + "\r\n\r\n" + body));

        assertThat(response.headers()).containsEntry("x-should-retry", Boolean.toString(again));
    }
}
