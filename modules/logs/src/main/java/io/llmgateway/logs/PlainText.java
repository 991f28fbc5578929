package io.llmgateway.logs;

import io.llmgateway.wire.OutBuffer;
import java.nio.charset.StandardCharsets;

/** Writes texts for people: what could steer a terminal or forge a line is written as an escape. Stateless. */
final class PlainText {
    private static final char[] HEX = "0123456789abcdef".toCharArray();

    private PlainText() {}

    /** Appends a text that stays on its line. */
    static void line(OutBuffer out, String text) {
        append(out, text, false);
    }

    /** Appends a text that may have several lines, each further one set in. */
    static void lines(OutBuffer out, String text) {
        append(out, text, true);
    }

    /** Appends characters that are known to be harmless. */
    static void ascii(OutBuffer out, String text) {
        for (int i = 0; i < text.length(); i++) {
            out.write(text.charAt(i));
        }
    }

    private static void append(OutBuffer out, String text, boolean manyLines) {
        int plain = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean tab = c == '\t';
            if (harmless(c) && !tab) {
                continue;
            }
            utf8(out, text, plain, i);
            plain = i + 1;
            if (manyLines && c == '\n') {
                ascii(out, "\n    ");
            } else if (tab) {
                out.write(' ');
            } else if (!manyLines || c != '\r') {
                escaped(out, c);
            }
        }
        utf8(out, text, plain, text.length());
    }

    private static boolean harmless(char c) {
        boolean control = c < ' ' || (c >= 0x7f && c <= 0x9f);
        boolean separator = c == '\u2028' || c == '\u2029';
        boolean direction = (c >= '\u202a' && c <= '\u202e') || (c >= '\u2066' && c <= '\u2069');
        return !control && !separator && !direction;
    }

    private static void utf8(OutBuffer out, String text, int from, int to) {
        if (from < to) {
            out.write(text.substring(from, to).getBytes(StandardCharsets.UTF_8));
        }
    }

    private static void escaped(OutBuffer out, char c) {
        if (c == '\n') {
            ascii(out, "\\n");
            return;
        }
        ascii(out, "\\u");
        out.write(HEX[c >> 12])
                .write(HEX[(c >> 8) & 15])
                .write(HEX[(c >> 4) & 15])
                .write(HEX[c & 15]);
    }
}
