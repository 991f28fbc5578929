package io.llmgateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.llmgateway.model.ModelName;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelListingTest {
    private static Optional<List<String>> read(String json) {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        return ModelListing.read(body, body.length)
                .map(names -> names.stream().map(ModelName::value).toList());
    }

    private static Stream<Arguments> lists() {
        return Stream.of(
                Arguments.of("vllm", """
                        {"object":"list","data":[{"id":"/models/Qwen3-32B","object":"model","created":1,
                        "root":"/models/Qwen3-32B","max_model_len":512,"permission":[{"id":"modelperm-1"}]}]}
                        """, List.of("/models/Qwen3-32B")),
                Arguments.of("llama-server: both forms of the same models", """
                        {"models":[{"name":"a.gguf","model":"a.gguf","capabilities":["completion"]}],
                        "object":"list","data":[{"id":"a.gguf","meta":{"n_ctx_train":512}}]}
                        """, List.of("a.gguf")),
                Arguments.of("ollama", """
                        {"models":[{"name":"llama3.2:3b","model":"llama3.2:3b","details":{"families":["llama"]}},
                        {"model":"qwen3:8b"}]}
                        """, List.of("llama3.2:3b", "qwen3:8b")),
                Arguments.of(
                        "together, github", "[{\"id\":\"meta/Llama\"},{\"id\":\"b\"}]", List.of("meta/Llama", "b")),
                Arguments.of("texts", "{\"data\":[\"x\",\"y\",\"x\"]}", List.of("x", "y")),
                Arguments.of("anthropic", """
                        {"data":[{"type":"model","id":"claude-x","display_name":"Claude X","capabilities":{"a":[1]}}],
                        "has_more":false,"first_id":"claude-x","last_id":"claude-x"}
                        """, List.of("claude-x")),
                Arguments.of(
                        "gemini: what generates nothing is left out", """
                        {"models":[{"name":"models/gemini-x","supportedGenerationMethods":["generateContent"]},
                        {"name":"models/embedding-1","supportedGenerationMethods":["embedContent"]},
                        {"name":"tunedModels/mine"}],"nextPageToken":"t"}
                        """, List.of("gemini-x", "tunedModels/mine")),
                Arguments.of(
                        "names that are none",
                        "{\"data\":[{\"id\":\"\"},{\"id\":\"a\\nb\"},{\"id\":7},{},null,3,[[\"z\"]],{\"id\":\"ok\"}]}",
                        List.of("ok")),
                Arguments.of("nothing", "{\"data\":[]}", List.of()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("lists")
    void everyShapeOfAList_isRead(String name, String json, List<String> models) {
        assertThat(read(json)).as(name).contains(models);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "\"x\"",
                "{}",
                "{\"data\":{}}",
                "{\"error\":{\"message\":\"no\"}}",
                "<html>",
                "{\"data\":[{\"id\":\"a\"}",
                "[{\"id\":\"a\"",
                "{\"data\":[{\"id\":\"a\""
            })
    void whatIsNoList_isNone(String json) {
        assertThat(read(json)).isEmpty();
    }

    @Test
    void listWithoutEnd_isBounded() {
        StringBuilder json = new StringBuilder("{\"data\":[");
        for (int i = 0; i < ModelListing.MOST_MODELS + 500; i++) {
            json.append(i == 0 ? "" : ",").append("{\"id\":\"m").append(i).append("\"}");
        }

        assertThat(read(json + "]}").orElseThrow())
                .hasSize(ModelListing.MOST_MODELS)
                .startsWith("m0", "m1");
    }

    @Test
    void deepNesting_isNoList() {
        assertThat(read("{\"x\":" + "[".repeat(10_000) + "]".repeat(10_000) + ",\"data\":[]}"))
                .isEmpty();
    }
}
