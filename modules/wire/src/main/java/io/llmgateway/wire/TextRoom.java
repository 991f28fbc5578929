package io.llmgateway.wire;

/**
 * How much room a parser needs beside the tree while it builds the longest text of a document: its characters in pieces
 * of two bytes each, and the text once more while it is put together. Stateless.
 */
final class TextRoom {
    private static final int LARGE = 64 * 1024;
    private static final int LATIN = 3;
    private static final int WIDE = 5;
    // the first byte of a character beyond U+00FF in UTF-8 is larger than this
    private static final int LAST_LATIN_LEAD = 0xc3;

    private TextRoom() {}

    /** Bytes that are needed beyond the text itself; 0 when all texts are small. Quotes need not be in pairs. */
    static long needed(byte[] json, int start, int length) {
        int end = start + length;
        int longest = 0;
        boolean wide = false;
        int at = start;
        while (at < end) {
            if (json[at++] != '"') {
                continue;
            }
            int from = at;
            while (at < end && json[at] != '"') {
                int b = json[at] & 0xff;
                if (b == '\\') {
                    at++;
                    wide |= at < end && json[at] == 'u';
                }
                wide |= b > LAST_LATIN_LEAD;
                at++;
            }
            longest = Math.max(longest, Math.min(at, end) - from);
            at++;
        }
        return longest <= LARGE ? 0 : (long) longest * (wide ? WIDE : LATIN);
    }
}
