package io.llmgateway.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelNameTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "gpt-5.4-mini",
                "/models/Qwen3-32B",
                "claude-opus-5[1m]",
                "C:\\models\\phi-4.gguf",
                "~/llama/Llama-3.3-70B.gguf",
                "hf.co/unsloth/Qwen3-GGUF:Q4_K_M",
                "@cf/meta/llama-3",
                "My Fine Model (v2)",
                "Größter Helfer",
                "通义千问-max",
                "a\uD83D\uDE00b",
                "ft:gpt-4o:org::id",
                "accounts/x/models/y#z?t=1&u",
                "a\"b'c<d>{e}|f^g`h$i"
            })
    void namesThatProvidersAndToolsUse_areAllowed(String name) {
        assertThat(ModelName.explain(name)).isEmpty();
        assertThat(ModelName.parse(name)).contains(new ModelName(name));
    }

    private static Stream<Arguments> misleading() {
        return Stream.of(
                Arguments.of("", "the model name is empty"),
                Arguments.of("a\nb", "position 2"),
                Arguments.of("a\r\nx-evil: 1", "position 2"),
                Arguments.of("\tx", "position 1"),
                Arguments.of("a\u0000", "position 2"),
                Arguments.of("a\u001B[31m", "position 2"),
                Arguments.of("a\u0085b", "position 2"),
                Arguments.of("a\u2028b", "position 2"),
                Arguments.of("a\u202Eb", "position 2"),
                Arguments.of("a\u200Bb", "position 2"),
                Arguments.of("a\u00A0b", "position 2"),
                Arguments.of("gpt-*", "position 5"),
                Arguments.of(" x", "begin or end with a space"),
                Arguments.of("x ", "begin or end with a space"));
    }

    @ParameterizedTest
    @MethodSource("misleading")
    void nameThatCouldBeTakenForSomethingElse_isRefusedWithItsPlace(String name, String reason) {
        assertThat(ModelName.explain(name)).get().asString().contains(reason);
        assertThat(ModelName.parse(name)).isEmpty();
    }

    @Test
    void halfOfASurrogatePair_isRefused() {
        // written here, since a constant of a class file cannot hold them
        String high = Character.toString((char) 0xD83D);
        String low = Character.toString((char) 0xDE00);

        assertThat(ModelName.parse("a" + high)).isEmpty();
        assertThat(ModelName.parse(high + "a")).isEmpty();
        assertThat(ModelName.parse(low + "a")).isEmpty();
        assertThat(ModelName.parse("a" + high + low)).isPresent();
        assertThat(ModelName.parse("a" + high + low + low)).isEmpty();
    }

    @Test
    void length_isBounded() {
        assertThat(ModelName.parse("x".repeat(ModelName.MAX_LENGTH))).isPresent();
        assertThat(ModelName.explain("x".repeat(ModelName.MAX_LENGTH + 1)).orElse(""))
                .contains("257 characters, at most 256");
    }
}
