package io.llmgateway.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonFaultTest {
    private static final int ROUNDS = 2_000;

    private static String message(byte[] json) {
        MalformedJsonException refusal =
                catchThrowableOfType(MalformedJsonException.class, () -> RequestWalker.walk(json, json.length));
        return refusal == null ? "" : String.valueOf(refusal.getMessage());
    }

    private static String message(String json) {
        return message(json.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"a\":1,}|line 1, column 8: expected a field name in double quotes, found '}'",
                "{\"a\" 1}|line 1, column 6: expected ':', found '1'",
                "{\"a\":1 \"b\":2}|line 1, column 8: expected ',' or '}', found '\"'",
                "{\"a\":[1 2]}|line 1, column 9: expected ',' or ']', found '2'",
                "{\"a\":[1,]}|line 1, column 9: expected a value, found ']'",
                "{\"a\":[|line 1, column 7: expected a value or ']', found the end of the document",
                "{\"a\":|line 1, column 6: expected a value, found the end of the document",
                "{\"a\":'x'}|line 1, column 6: expected a value, found '''",
                "{a:1}|line 1, column 2: expected a field name in double quotes or '}', found 'a'",
                "{\"a\":True}|line 1, column 6: expected a value, found 'T'",
                "{\"a\":NaN}|line 1, column 6: expected a value, found 'N'",
                "{\"a\":01}|line 1, column 6: a number must not begin with 0",
                "{\"a\":1.}|line 1, column 8: expected a digit after '.', found '}'",
                "{\"a\":1e}|line 1, column 8: expected a digit in the exponent, found '}'",
                "{\"a\":-}|line 1, column 7: expected a digit, found '}'",
                "{\"a\":\"x\\q\"}|line 1, column 8: expected one of \" \\ / b f n r t u after \\",
                "{\"a\":\"x\\u12\"}|line 1, column 8: expected four hexadecimal digits after \\u",
                "{\"a\":\"x}|line 1, column 6: expected '\"' at the end of the string that begins here, found the"
                        + " end of the document",
                "{\"ü\":1;}|line 1, column 7: expected ',' or '}', found ';'",
                "{\"a\":1}}|line 1, column 8: expected the end of the document, found '}'",
            })
    void malformedJson_isToldByLineAndColumn(String json, String fault) {
        assertThat(message(json)).isEqualTo("the body is not valid JSON, " + fault);
    }

    @Test
    void linesAreCounted_andControlCharactersNamed() {
        assertThat(message("{\n  \"a\": 1,\n  \"b\" = 2\n}")).contains("line 3, column 7: expected ':', found '='");
        assertThat(message("{\"a\":\"x\ny\"}"))
                .contains("line 1, column 8: a control character in a string must be written as an escape");
    }

    @Test
    void whatIsNotAboutTheForm_isToldToo() {
        assertThat(message("{\"model\":\"m\",\"a\":" + "[".repeat(200)))
                .contains("more than 100 objects and arrays stand inside each other");
        assertThat(message("{\"model\":\"m\",\"a\":" + "1".repeat(2_000) + "}"))
                .contains("a number is longer than 1000 characters");
        assertThat(message("{\"model\":\"m\",\"" + "n".repeat(60_000) + "\":1}"))
                .contains("line 1, column 14: a field name is longer than 50000 characters");
        assertThat(message("{\"model\":\"m\",\"a\":[" + "1,".repeat(1_100_000) + "1]}"))
                .contains("a document has at most 1000000 values");
        assertThat(message(new byte[] {'{', '"', 'a', '"', ':', '"', (byte) 0xff, '"', '}'}))
                .contains("line 1, column ")
                .contains("not valid UTF-8");
        assertThat(message("{\"a\\ud83d b\":1}")).contains("half of a surrogate pair");
    }

    /** Whatever the parser refuses has a place and nothing of the parser's own words. */
    @Test
    void anyDamage_isToldInOurWords() {
        long seed = Long.getLong("seed", 20_261_127L);
        Random random = new Random(seed);
        byte[] whole = ("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"h\\u00e9\\n é\"}],"
                        + "\"n\":-1.5e3,\"x\":[true,false,null,{}],\"y\":{\"z\":[[]]}}")
                .getBytes(StandardCharsets.UTF_8);
        int refused = 0;
        for (int round = 0; round < ROUNDS; round++) {
            byte[] damaged = whole.clone();
            int hits = 1 + random.nextInt(3);
            for (int i = 0; i < hits; i++) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            String message = message(damaged);
            refused += message.startsWith("the body is not valid JSON") ? 1 : 0;
            assertThat(message)
                    .as("seed " + seed + ": " + new String(damaged, StandardCharsets.ISO_8859_1))
                    .doesNotContain("was expecting", "Unexpected character", "JsonToken", "Unrecognized", "code ")
                    .doesNotContainIgnoringCase("jackson");
            if (message.startsWith("the body is not valid JSON")) {
                assertThat(message).contains("line ").contains("column ");
            }
        }
        assertThat(refused).isGreaterThan(ROUNDS / 4);
    }
}
