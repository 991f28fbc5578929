package io.llmgateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.testing.ProviderAnswers;
import io.llmgateway.testing.ScriptedUpstream;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the model did is told to the client: no other instance is asked, and none is blamed. */
class WhatTheModelDidTest {
    private static final int TIMES = 12;

    private static ScriptedGateway gateway(String type, String whole, String stream) throws IOException {
        ScriptedUpstream.Script script = call -> {
            if (call.line().contains("streamGenerateContent") || call.body().contains("\"stream\":true")) {
                call.write(ProviderAnswers.STREAM_HEAD);
                call.chunk(stream);
                call.write(ProviderAnswers.LAST_CHUNK);
            } else {
                call.write(ProviderAnswers.json(200, whole));
            }
        };
        return ScriptedGateway.start("""
                server: {port: 0}
                providers:
                  p: {type: %s, instances: [{name: a, base-url: "%%1$s"}, {name: b, base-url: "%%2$s"}]}
                routing: {default-provider: p}
                """.formatted(type), script, script);
    }

    private static int asked(ScriptedGateway gateway) {
        return gateway.upstream(0).asked() + gateway.upstream(1).asked();
    }

    private static ScriptedGateway gemini(String answer) throws IOException {
        return gateway("gemini", answer, "data: " + answer + "\n\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"promptFeedback\":{\"blockReason\":\"PROHIBITED_CONTENT\"}}|content_filter",
                "{\"candidates\":[{\"content\":{\"role\":\"model\"},\"finishReason\":\"MAX_TOKENS\"}]}|length",
                "{\"candidates\":[{\"finishReason\":\"SAFETY\"}]}|content_filter",
                "{\"candidates\":[{\"content\":{\"parts\":[]},\"finishReason\":\"STOP\"}]}|stop"
            })
    void answerWithoutContent_isAnAnswer_andNobodysFault(String answer, String reason) throws Exception {
        try (ScriptedGateway gateway = gemini(answer)) {
            for (int i = 0; i < TIMES; i++) {
                String told = gateway.ask(ScriptedGateway.CHAT, ScriptedGateway.request("m", i % 2 == 0));

                assertThat(told).startsWith("HTTP/1.1 200").contains("\"finish_reason\":\"" + reason + "\"");
            }
            assertThat(asked(gateway)).isEqualTo(TIMES);
            assertThat(gateway.admin("/instances")).contains("\"closed\"").doesNotContain("\"open\"");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "MALFORMED_RESPONSE"})
    void answerThatCannotBeRead_isAnErrorInTheProvidersWords_andNobodysFault(String reason) throws Exception {
        String answer =
                "{\"candidates\":[{\"finishReason\":\"" + reason + "\",\"finishMessage\":\"because of that\"}]}";
        try (ScriptedGateway gateway = gemini(answer)) {
            for (int i = 0; i < TIMES; i++) {
                String path = i % 3 == 0 ? ScriptedGateway.MESSAGES : ScriptedGateway.CHAT;
                String told = gateway.ask(path, ScriptedGateway.request("m", i % 2 == 0));

                assertThat(told).startsWith("HTTP/1.1 502").contains(reason).contains("because of that");
            }
            assertThat(asked(gateway)).isEqualTo(TIMES);
            assertThat(gateway.admin("/instances")).contains("\"closed\"").doesNotContain("\"open\"");
        }
    }

    @Test
    void whatIsLostOfAWholeAnswer_isInItsHeader() throws Exception {
        String answer = "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"hi\"}]},\"finishReason\":\"STOP\","
                + "\"x\\r\\ny\":\"new\"}],\"groundingHints\":[1]}";
        try (ScriptedGateway gateway = gemini(answer)) {
            String told = gateway.ask(ScriptedGateway.CHAT, ScriptedGateway.request("m", false));

            assertThat(told)
                    .startsWith("HTTP/1.1 200")
                    .contains("dropped:response.groundingHints")
                    .contains("dropped:response.candidates[].x??y");
        }
    }

    @Test
    void streamThatIsNoJson_isAMalformedAnswer() throws Exception {
        try (ScriptedGateway gateway = gateway("openai", "{}", "data: <html>\n\n")) {
            String told = gateway.ask(ScriptedGateway.MESSAGES, ScriptedGateway.request("m", true));

            assertThat(told).startsWith("HTTP/1.1 502").doesNotContain("html");
            assertThat(asked(gateway)).isEqualTo(2);
        }
    }
}
