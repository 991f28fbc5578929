package io.llmgateway.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

    @ParameterizedTest
    @CsvSource({
        "0, 3, 0",
        "1, 3, 0.001",
        "10, 3, 0.01",
        "100, 3, 0.1",
        "1000, 3, 1",
        "1050, 3, 1.05",
        "123456, 0, 123456",
        "120, 0, 120",
        "1, 9, 0.000000001",
        "2500000000, 9, 2.5",
        "9223372036854775807, 9, 9223372036.854775807",
        "9223372036854775807, 18, 9.223372036854775807"
    })
    void decimals_haveNoZerosAtTheirEnd(long unscaled, int scale, String expected) {
        OutBuffer out = new OutBuffer(4);
        new JsonOut(out).decimal(unscaled, scale);

        assertThat(new String(out.array(), 0, out.length(), StandardCharsets.UTF_8))
                .isEqualTo(expected);
    }

    @Test
    void randomDecimals_areThoseOfALibrary() {
        Random random = new Random(6);
        for (int i = 0; i < 10_000; i++) {
            long unscaled = random.nextLong() >>> (1 + random.nextInt(62));
            int scale = random.nextInt(19);
            OutBuffer out = new OutBuffer(4);
            new JsonOut(out).decimal(unscaled, scale);

            assertThat(new String(out.array(), 0, out.length(), StandardCharsets.UTF_8))
                    .isEqualTo(
                            unscaled == 0
                                    ? "0"
                                    : BigDecimal.valueOf(unscaled, scale)
                                            .stripTrailingZeros()
                                            .toPlainString());
        }
    }

    @Test
    void preparedNames_areWrittenLikeOthers() {
        OutBuffer prepared = new OutBuffer(4);
        OutBuffer plain = new OutBuffer(4);
        FieldName name = new FieldName("na\"me");

        new JsonOut(prepared)
                .object()
                .field(name, 1)
                .field(name, "x")
                .field(name, true)
                .endObject();
        new JsonOut(plain)
                .object()
                .field("na\"me", 1)
                .field("na\"me", "x")
                .field("na\"me", true)
                .endObject();

        assertThat(prepared.toByteArray()).isEqualTo(plain.toByteArray());
    }
}
