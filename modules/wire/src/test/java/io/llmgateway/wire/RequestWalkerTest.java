package io.llmgateway.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestWalkerTest {
    private static RequestFacts walk(String json) throws MalformedJsonException {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        return RequestWalker.walk(bytes, bytes.length);
    }

    private static String at(String json, RequestFacts.Range range) {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        return new String(bytes, range.start(), range.end() - range.start(), StandardCharsets.UTF_8);
    }

    @Nested
    class Facts {
        @Test
        void walk_fieldsInOddOrder_findsThemWithTheirRanges() throws Exception {
            String json = """
                    { "ü" : [1, {"model":"inner"}], "stream_options" : {"x":1, "include_usage" : false },
                    "stream":true, "n":3, "max_tokens":5,"max_completion_tokens":7 , "model" : "gpt-\\u0035" ,
                    "user":"u", "metadata":{"user_id":"m"}, "prompt_cache_key":"k"}\s\s
                    """;

            RequestFacts facts = walk(json);

            assertThat(facts.model()).isEqualTo("gpt-5");
            assertThat(at(json, facts.modelRange())).isEqualTo("\"gpt-\\u0035\"");
            assertThat(at(json, facts.streamOptions())).isEqualTo("{\"x\":1, \"include_usage\" : false }");
            assertThat(at(json, facts.includeUsageRange())).isEqualTo("false");
            assertThat(facts.stream()).isTrue();
            assertThat(facts.includeUsage()).isFalse();
            assertThat(facts.maxTokens()).isEqualTo(7);
            assertThat(facts.candidates()).isEqualTo(3);
            assertThat(facts.user()).isEqualTo("u");
            assertThat(facts.metadataUserId()).isEqualTo("m");
            assertThat(facts.promptCacheKey()).isEqualTo("k");
            assertThat(json.getBytes(StandardCharsets.UTF_8)[facts.rootEnd()]).isEqualTo((byte) '}');
        }

        @Test
        void walk_nullStreamOptions_isToldApartFromAnObject() throws Exception {
            String json = "{\"model\":\"m\",\"stream_options\":null}";

            RequestFacts facts = walk(json);

            assertThat(facts.streamOptionsObject()).isFalse();
            assertThat(at(json, facts.streamOptions())).isEqualTo("null");
        }

        @Test
        void walk_hugeNumbers_areNotTokenLimits() throws Exception {
            assertThat(walk("{\"model\":\"m\",\"max_tokens\":99999999999999999999999}")
                            .maxTokens())
                    .isEqualTo(-1);
            assertThat(walk("{\"model\":\"m\",\"max_tokens\":\"12\"}").maxTokens())
                    .isEqualTo(-1);
        }
    }

    @Nested
    class Refusals {
        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                quoteCharacter = '`',
                value = {
                    "``|empty",
                    "[]|must be a JSON object",
                    "\"x\"|must be a JSON object",
                    "{}|'model' is missing",
                    "{\"model\":5}|'model' must be a text",
                    "{\"model\":\"a\",\"model\":\"b\"}|'model' is given twice",
                    "{\"model\":\"a\",\"mode\\u006c\":\"b\"}|'model' is given twice",
                    "{\"model\":\"a\",\"Model\":\"b\"}|unknown field 'Model'",
                    "{\"model\":\"a\",\"STREAM\":true}|unknown field 'STREAM'",
                    "{\"model\":\"a\",\"stream\":true,\"stream\":false}|'stream' is given twice",
                    "{\"model\":\"a\",\"stream\":\"true\"}|'stream' must be true or false",
                    "{\"model\":\"a\",\"stream_options\":[]}|'stream_options' must be an object",
                    "{\"model\":\"a\"} {}|text after the JSON object",
                    "{\"model\":\"a\"}x|not valid JSON",
                    "{\"model\":\"a\",}|not valid JSON",
                    "{\"model\":\"a\"|not valid JSON",
                    "{\"model\":\"a\",\"t\":NaN}|not valid JSON",
                    "{'model':'a'}|not valid JSON",
                    "\uFEFF{\"model\":\"a\"}|byte order mark"
                })
        void walk_badBody_saysWhy(String json, String reason) {
            assertThatThrownBy(() -> walk(json))
                    .isInstanceOf(MalformedJsonException.class)
                    .hasMessageContaining(reason);
        }

        @ParameterizedTest
        @ValueSource(ints = {101, 1_000, 100_000})
        void walk_deepNesting_isRefused(int depth) {
            String json = "{\"model\":\"a\",\"x\":" + "[".repeat(depth) + "]".repeat(depth) + "}";

            assertThatThrownBy(() -> walk(json)).isInstanceOf(MalformedJsonException.class);
        }

        @Test
        void walk_wideEncodings_areRefused() {
            for (var charset : new java.nio.charset.Charset[] {
                StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE, StandardCharsets.UTF_16
            }) {
                byte[] bytes = "{\"model\":\"a\"}".getBytes(charset);
                assertThatThrownBy(() -> RequestWalker.walk(bytes, bytes.length))
                        .isInstanceOf(MalformedJsonException.class);
            }
        }

        @Test
        void walk_hugeNumberLiteral_isRefused() {
            assertThatThrownBy(() -> walk("{\"model\":\"a\",\"max_tokens\":" + "1".repeat(1_001) + "}"))
                    .isInstanceOf(MalformedJsonException.class);
        }
    }
}
