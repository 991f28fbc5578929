package io.llmgateway.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonOutTest {
    private static String written(String text) {
        OutBuffer out = new OutBuffer(4);
        new JsonOut(out).string(text);
        return new String(out.array(), 0, out.length(), StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "plain", "a\"b", "\\", "\n\r\t\b\f\u0000\u001f\u007f", "é", "日本", "🦊 fox 🦊", "end\""})
    void text_readsBackAsItWas(String text) throws Exception {
        assertThat(Json.mapper().readTree(written(text)).textValue()).isEqualTo(text);
    }

    @Test
    void loneHalves_areEscaped() {
        assertThat(written("a\ud83e")).isEqualTo("\"a\\ud83e\"");
        assertThat(written("\udd8ab")).isEqualTo("\"\\udd8ab\"");
    }

    @Test
    void randomTexts_readBackAsTheyWere() throws Exception {
        Random random = new Random(5);
        String[] pieces = {"word ", "\"", "\\", "\n", "\u0001", "ß", "€", "🦊", "x".repeat(300)};
        for (int i = 0; i < 2_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int k = random.nextInt(12); k > 0; k--) {
                text.append(pieces[random.nextInt(pieces.length)]);
            }
            String said = text.toString();
            assertThat(Json.mapper().readTree(written(said)).textValue()).isEqualTo(said);
        }
    }
}
