package io.llmgateway.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ByteSearchTest {
    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "\"error\", {\"error\":1}",
                "\"error\", {\"error\"",
                "\"error\", {\"errors\":\"error\"}",
                "\"error\", \"\"error\"",
                "\"error\", \\\"error\\\"",
                "\"error\", error",
                "aba, abacaba",
                "aba, xxaab",
                "aa, aaa",
                "x, abcx",
                "x, abc",
            })
    void findsWhatAPlainSearchFinds(String wanted, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);

        assertThat(new ByteSearch(wanted).find(bytes, 0, bytes.length)).isEqualTo(text.indexOf(wanted));
    }

    @Test
    void looksOnlyWithinItsBounds() {
        byte[] bytes = "usage usage usage".getBytes(StandardCharsets.US_ASCII);
        ByteSearch search = new ByteSearch("usage");

        assertThat(search.find(bytes, 1, bytes.length)).isEqualTo(6);
        assertThat(search.find(bytes, 1, 10)).isEqualTo(-1);
        assertThat(search.find(bytes, 6, 11)).isEqualTo(6);
        assertThat(search.find(bytes, 13, bytes.length)).isEqualTo(-1);
        assertThat(search.find(bytes, 5, 5)).isEqualTo(-1);
    }

    @Test
    void agreesWithAPlainSearchOnBytesOfEveryValue() {
        Random random = new Random(7);
        for (int round = 0; round < 2_000; round++) {
            byte[] bytes = new byte[random.nextInt(60)];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) (random.nextInt(8) == 0 ? random.nextInt(256) : "ab\"".charAt(random.nextInt(3)));
            }
            String text = new String(bytes, StandardCharsets.ISO_8859_1);
            for (String wanted : new String[] {"ab", "\"a\"", "aab", "b", "abab"}) {
                assertThat(new ByteSearch(wanted).find(bytes, 0, bytes.length))
                        .as("%s in %s", wanted, text)
                        .isEqualTo(text.indexOf(wanted));
            }
        }
    }
}
