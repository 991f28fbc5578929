package io.llmgateway.upstream;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The head of a response as ranges in one array; a field becomes a text only when it is asked for. Strict: what two
 * readers could take in two ways is refused. Reused for every exchange of a connection and confined to it. Source: RFC
 * 9112, sections 4 to 6.
 */
final class ResponseHead {
    static final int MAX_BYTES = 64 * 1024;
    private static final int MAX_FIELDS = 200;

    private byte[] bytes = new byte[1024];
    private int status;
    private boolean http11;
    private int fields;
    private int[] ranges = new int[4 * 24];

    /** Parses the {@code length} bytes of a head that ends with its empty line. */
    void parse(byte[] source, int offset, int length) throws BadResponseException {
        if (bytes.length < length) {
            bytes = new byte[length];
        }
        System.arraycopy(source, offset, bytes, 0, length);
        fields = 0;
        int end = length - 2;
        int lineEnd = statusLine(end);
        while (lineEnd < end) {
            lineEnd = field(lineEnd, end);
        }
    }

    int status() {
        return status;
    }

    boolean http11() {
        return http11;
    }

    int size() {
        return fields;
    }

    @Nullable
    String value(String lowerName) {
        for (int i = 0; i < fields; i++) {
            if (named(i, lowerName)) {
                return value(i);
            }
        }
        return null;
    }

    /** True when the comma-separated list in one of the fields of this name has this element, in any letter case. */
    boolean hasToken(String lowerName, String lowerToken) {
        for (int i = 0; i < fields; i++) {
            if (named(i, lowerName) && listed(ranges[4 * i + 2], ranges[4 * i + 3], lowerToken)) {
                return true;
            }
        }
        return false;
    }

    private boolean listed(int start, int end, String lowerToken) {
        int from = start;
        while (from < end) {
            int comma = from;
            while (comma < end && bytes[comma] != ',') {
                comma++;
            }
            int to = comma;
            while (from < to && blank(bytes[from])) {
                from++;
            }
            while (to > from && blank(bytes[to - 1])) {
                to--;
            }
            if (same(from, to, lowerToken)) {
                return true;
            }
            from = comma + 1;
        }
        return false;
    }

    private static boolean blank(byte b) {
        return b == ' ' || b == '\t';
    }

    /** How often a field occurs. */
    int count(String lowerName) {
        int count = 0;
        for (int i = 0; i < fields; i++) {
            count += named(i, lowerName) ? 1 : 0;
        }
        return count;
    }

    String name(int i) {
        return text(ranges[4 * i], ranges[4 * i + 1]).toLowerCase(java.util.Locale.ROOT);
    }

    String value(int i) {
        return text(ranges[4 * i + 2], ranges[4 * i + 3]);
    }

    private boolean named(int i, String lowerName) {
        return same(ranges[4 * i], ranges[4 * i + 1], lowerName);
    }

    private boolean same(int start, int end, String lower) {
        if (end - start != lower.length()) {
            return false;
        }
        for (int k = 0; k < lower.length(); k++) {
            int c = bytes[start + k];
            int folded = c >= 'A' && c <= 'Z' ? c + 32 : c;
            if (folded != lower.charAt(k)) {
                return false;
            }
        }
        return true;
    }

    private String text(int start, int end) {
        return new String(bytes, start, end - start, StandardCharsets.ISO_8859_1);
    }

    private int statusLine(int end) throws BadResponseException {
        boolean version = end >= 13
                && bytes[0] == 'H'
                && bytes[1] == 'T'
                && bytes[2] == 'T'
                && bytes[3] == 'P'
                && bytes[4] == '/'
                && bytes[5] == '1'
                && bytes[6] == '.'
                && (bytes[7] == '1' || bytes[7] == '0')
                && bytes[8] == ' ';
        if (!version || !digit(bytes[9]) || !digit(bytes[10]) || !digit(bytes[11])) {
            throw new BadResponseException("the status line is not one of HTTP/1.1");
        }
        if (bytes[12] != ' ' && bytes[12] != '\r') {
            throw new BadResponseException("the status has more than three digits");
        }
        http11 = bytes[7] == '1';
        status = (bytes[9] - '0') * 100 + (bytes[10] - '0') * 10 + bytes[11] - '0';
        return lineEnd(12);
    }

    private int field(int start, int end) throws BadResponseException {
        int colon = start;
        while (colon < end && token(bytes[colon])) {
            colon++;
        }
        if (colon == start || colon == end || bytes[colon] != ':') {
            throw new BadResponseException("a header field has no valid name");
        }
        int next = lineEnd(colon + 1);
        int from = colon + 1;
        int to = next - 2;
        while (from < to && blank(bytes[from])) {
            from++;
        }
        while (to > from && blank(bytes[to - 1])) {
            to--;
        }
        remember(start, colon, from, to);
        return next;
    }

    private void remember(int... range) throws BadResponseException {
        if (fields == MAX_FIELDS) {
            throw new BadResponseException("the response has more than " + MAX_FIELDS + " header fields");
        }
        if (4 * fields == ranges.length) {
            ranges = Arrays.copyOf(ranges, ranges.length * 2);
        }
        System.arraycopy(range, 0, ranges, 4 * fields, 4);
        fields++;
    }

    /** One past the CRLF that ends the line; bare CR, LF and other controls are refused. */
    private int lineEnd(int from) throws BadResponseException {
        int at = from;
        while (bytes[at] != '\r') {
            if ((bytes[at] >= 0 && bytes[at] < ' ' && bytes[at] != '\t') || bytes[at] == 127) {
                throw new BadResponseException("the head has a control character");
            }
            at++;
        }
        if (bytes[at + 1] != '\n') {
            throw new BadResponseException("the head has a carriage return alone");
        }
        return at + 2;
    }

    private static boolean digit(byte b) {
        return b >= '0' && b <= '9';
    }

    private static boolean token(byte b) {
        return (b >= 'a' && b <= 'z')
                || (b >= 'A' && b <= 'Z')
                || digit(b)
                || (b > ' ' && "!#$%&'*+-.^_`|~".indexOf(b) >= 0);
    }
}
