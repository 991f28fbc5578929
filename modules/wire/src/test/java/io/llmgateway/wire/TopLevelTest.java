package io.llmgateway.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TopLevelTest {
    private static final String JSON =
            " { \"a\" : \"}]\\\"{\" , \"usage\" : { \"x\" : [1, {\"y\":\"a b\"}] }, \"list\":[1,2],"
                    + "\"n\" : -1.5e3 , \"nothing\":null,\"inner\":{\"usage\":1},\"text\":\"ü \\\" , }\"}";

    private static byte[] bytes() {
        return JSON.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void fields_scan_findsRangesOfTopLevelFieldsOnly() {
        byte[] json = bytes();
        TopLevelFields fields = new TopLevelFields("usage", "n", "nothing", "text", "absent");

        assertThat(fields.scan(json, 0, json.length)).isTrue();

        assertThat(text(json, fields, 0)).isEqualTo("{ \"x\" : [1, {\"y\":\"a b\"}] }");
        assertThat(text(json, fields, 1)).isEqualTo("-1.5e3");
        assertThat(fields.beginsWith(json, 2, 'n')).isTrue();
        assertThat(text(json, fields, 3)).isEqualTo("\"ü \\\" , }\"");
        assertThat(fields.start(4)).isEqualTo(-1);
        assertThat((char) json[fields.memberStart(0)]).isEqualTo(',');
    }

    @Test
    void fields_truncatedJson_neverLeavesTheRange() {
        byte[] json = bytes();
        TopLevelFields fields = new TopLevelFields("usage", "text");

        for (int end = 0; end <= json.length; end++) {
            fields.scan(json, 0, end);
            assertThat(fields.end(0)).isLessThanOrEqualTo(json.length);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "data: {\"a\":1}\n\n",
                "x{\"a\":1}",
                "\"text\"{\"a\":1}",
                "{\"a\":1}x",
                "{\"a\":1}{\"b\":2}",
                "{\"a\":1},",
                "{\"a\":1}]",
                "[{\"a\":1}]",
                "}{\"a\":1}"
            })
    void capture_somethingBesideTheObject_isNoAnswer(String text) {
        TopLevelCapture capture = new TopLevelCapture(1_000, "a");

        capture.feed(text.getBytes(StandardCharsets.UTF_8), 0, text.length());

        assertThat(capture.complete()).isFalse();
    }

    @Test
    void capture_spaceAndAByteOrderMarkAroundTheObject_areNothing() {
        byte[] text = "\ufeff \r\n{\"a\":1}\t\n ".getBytes(StandardCharsets.UTF_8);
        TopLevelCapture capture = new TopLevelCapture(1_000, "a");

        capture.feed(text, 0, text.length);

        assertThat(capture.complete()).isTrue();
    }

    @Test
    void capture_anyCutPosition_givesTheSameValues() {
        byte[] json = bytes();
        for (int cut = 0; cut <= json.length; cut++) {
            TopLevelCapture capture = new TopLevelCapture(1_000, "usage", "text", "n", "absent");

            capture.feed(json, 0, cut);
            capture.feed(json, cut, json.length - cut);

            assertThat(capture.complete()).isTrue();
            assertThat(string(capture, 0)).isEqualTo("{\"x\":[1,{\"y\":\"a b\"}]}");
            assertThat(string(capture, 1)).isEqualTo("\"ü \\\" , }\"");
            assertThat(string(capture, 2)).isEqualTo("-1.5e3");
            assertThat(capture.value(3)).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "data: {\"a\":1}\n\n",
                "data: {\"a\":1}\n\ndata: {\"a\":2}\n\ndata: [DONE]\n\n",
                "{\"a\":1}{\"a\":2}",
                "{\"a\":1} rest",
                "{\"a\":1}}",
                "\"text\" {\"a\":1}",
                "[{\"a\":1}]",
                "<html>{}</html>",
                "{\"a\":1"
            })
    void capture_notExactlyOneObject_isNotComplete(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        for (int cut = 0; cut <= bytes.length; cut++) {
            TopLevelCapture capture = new TopLevelCapture(1_000, "a");

            capture.feed(bytes, 0, cut);
            capture.feed(bytes, cut, bytes.length - cut);

            assertThat(capture.complete()).isFalse();
        }
    }

    @Test
    void capture_longText_endsAtItsOwnQuote_whereverThatAndItsEscapesStand() {
        for (String filler : new String[] {"a", "!", "#", "[", "]", "ü", "\u00ff", "😀"}) {
            for (int before = 0; before < 20; before++) {
                String text = "\"" + filler.repeat(before) + "\\\"" + filler.repeat(11) + "\\\\\"";
                byte[] json = ("{\"text\":" + text + ",\"n\":1}").getBytes(StandardCharsets.UTF_8);
                TopLevelCapture capture = new TopLevelCapture(1_000, "text", "n");

                capture.feed(json, 0, json.length);

                assertThat(string(capture, 0)).isEqualTo(text);
                assertThat(string(capture, 1)).isEqualTo("1");
                assertThat(capture.complete()).isTrue();
            }
        }
    }

    @Test
    void capture_valueOverTheBound_isAbsent() {
        TopLevelCapture capture = new TopLevelCapture(300, "big", "small");
        byte[] json = ("{\"big\":\"" + "x".repeat(1_000) + "\",\"small\":1}").getBytes(StandardCharsets.UTF_8);

        capture.feed(json, 0, json.length);

        assertThat(capture.value(0)).isNull();
        assertThat(string(capture, 1)).isEqualTo("1");
    }

    @Test
    void capture_beginningOnly_keepsHowALongValueBegins_andAShortOneWhole() {
        String[] values = {"[{\"a\":\"" + "x".repeat(5_000) + "\"}]", "[{\"a\":\"xxxxxxxxx", "[]", "null"};
        String[] kept = {"[{\"a\":\"xxxxxxxxx", "[{\"a\":\"xxxxxxxxx", "[]", "null"};
        for (int i = 0; i < values.length; i++) {
            for (int piece : new int[] {1, 7, 10_000}) {
                TopLevelCapture capture = new TopLevelCapture(300, "other", "list").beginningOnly(1);
                byte[] json = ("{\"list\":" + values[i] + (i == 1 ? "\"}]" : "") + ",\"other\":1}")
                        .getBytes(StandardCharsets.UTF_8);
                for (int at = 0; at < json.length; at += piece) {
                    capture.feed(json, at, Math.min(piece, json.length - at));
                }

                assertThat(string(capture, 1)).isEqualTo(kept[i]);
                assertThat(string(capture, 0)).isEqualTo("1");
                assertThat(capture.complete()).isTrue();
            }
        }
    }

    @Test
    void capture_array_isNotAnObject() {
        TopLevelCapture capture = new TopLevelCapture(300, "a");
        byte[] json = "[{\"a\":1}]".getBytes(StandardCharsets.UTF_8);

        capture.feed(json, 0, json.length);

        assertThat(capture.isObject()).isFalse();
        assertThat(capture.value(0)).isNull();
    }

    private static String text(byte[] json, TopLevelFields fields, int i) {
        return new String(json, fields.start(i), fields.end(i) - fields.start(i), StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "true, {\"a\":[{\"error\":1}]}",
                "true, {\"a\":[\"error\"]}",
                "true, {\"a\":\"error\"}",
                "true, {\"a\":{\"b\":{\"error\" : null}}}",
                "false, {\"a\":[{\"errors\":1}]}",
                "false, {\"a\":\"an error\"}",
                "false, {\"a\":[]}",
                "false, {\"a\":\"err\\\\or\"}",
            })
    void watchedText_isNoticedBelowTheTopLevel_whereverTheBytesAreCut(boolean there, String json) {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        TopLevelCapture whole = new TopLevelCapture(100, "none").watch("error");
        whole.feed(bytes, 0, bytes.length);
        assertThat(whole.mayHaveSeenWatched()).isEqualTo(there);
        for (int cut = 1; cut < bytes.length; cut++) {
            TopLevelCapture capture = new TopLevelCapture(100, "none").watch("error");
            capture.feed(bytes, 0, cut);
            capture.feed(bytes, cut, bytes.length - cut);
            assertThat(!there || capture.mayHaveSeenWatched())
                    .as("cut at %s", cut)
                    .isTrue();
        }
    }

    private static String string(TopLevelCapture capture, int i) {
        byte[] value = capture.value(i);
        return value == null ? "null" : new String(value, StandardCharsets.UTF_8);
    }
}
