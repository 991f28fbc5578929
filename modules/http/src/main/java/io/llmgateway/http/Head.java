package io.llmgateway.http;

import io.llmgateway.http.BadMessageException.Fault;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The head of a message as ranges in one array; a field becomes a text only when it is asked for. Strict: what two
 * readers could take in two ways is refused, at the byte that makes it so. Reused for every message of a connection and
 * confined to its thread. Source: RFC 9112, sections 2 to 6.
 */
public abstract sealed class Head permits RequestHead, ResponseHead {
    private static final int FIRST_BYTES = 512;
    private static final int FIRST_FIELDS = 16;
    private static final int MAX_LENGTH_DIGITS = 18;

    private final Limits limits;
    private byte[] bytes = {};
    private int length;
    private int lines;
    private boolean begun;
    private int[] ranges = {};
    private int fields;
    private int lengths;
    private int lengthAt;
    private int codings;
    private int codingAt;
    private int hosts;
    private int hostAt;

    Head(Limits limits) {
        this.limits = limits;
    }

    /** True when the message is one of HTTP/1.1, false for HTTP/1.0. */
    public abstract boolean http11();

    /** True when a byte of a message has come since the last reading began, whatever became of it. */
    public final boolean begun() {
        return begun;
    }

    /** Number of fields. */
    public final int size() {
        return fields;
    }

    /** The first value of a field without the blanks around it; null when there is no such field. */
    public final @Nullable String value(String lowerName) {
        for (int i = 0; i < fields; i++) {
            if (named(i, lowerName)) {
                return value(i);
            }
        }
        return null;
    }

    /** How often a field occurs. */
    public final int count(String lowerName) {
        int count = 0;
        for (int i = 0; i < fields; i++) {
            count += named(i, lowerName) ? 1 : 0;
        }
        return count;
    }

    /** True when the comma-separated list in one of the fields of this name has this element, in any letter case. */
    public final boolean hasToken(String lowerName, String lowerToken) {
        for (int i = 0; i < fields; i++) {
            if (named(i, lowerName) && listed(ranges[4 * i + 2], ranges[4 * i + 3], lowerToken)) {
                return true;
            }
        }
        return false;
    }

    /** The name of a field in lower case. */
    public final String name(int i) {
        return text(ranges[4 * i], ranges[4 * i + 1]).toLowerCase(Locale.ROOT);
    }

    /** The value of a field without the blanks around it; a byte above 127 is the character of the same number. */
    public final String value(int i) {
        return text(ranges[4 * i + 2], ranges[4 * i + 3]);
    }

    /** True when a field has this name, in any letter case. */
    public final boolean named(int i, String lowerName) {
        return same(ranges[4 * i], ranges[4 * i + 1], lowerName);
    }

    /** Gives large arrays back before the connection waits; the fields are gone. */
    public final void trim() {
        clear();
        if (bytes.length > 4 * FIRST_BYTES) {
            bytes = new byte[0];
        }
        if (ranges.length > 4 * 4 * FIRST_FIELDS) {
            ranges = new int[0];
        }
    }

    /** Bytes that its text holds of the heap; may be asked by any thread, which may see an older number. */
    public final int held() {
        return bytes.length;
    }

    /** A new reading begins. */
    final void start() {
        begun = false;
        clear();
    }

    /** Its first byte is there. */
    final void begin() {
        begun = true;
    }

    final void clear() {
        length = 0;
        lines = 0;
        fields = 0;
        lengths = 0;
        codings = 0;
        hosts = 0;
    }

    final byte[] bytes() {
        return bytes;
    }

    /** One past the last byte of the line that was read last. */
    final int end() {
        return length;
    }

    final int hosts() {
        return hosts;
    }

    final int hostStart() {
        return ranges[4 * hostAt + 2];
    }

    final int hostEnd() {
        return ranges[4 * hostAt + 3];
    }

    final String text(int start, int end) {
        return new String(bytes, start, end - start, StandardCharsets.ISO_8859_1);
    }

    final boolean same(int start, int end, String lower) {
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

    private boolean listed(int start, int end, String lowerToken) {
        int from = start;
        while (from < end) {
            int comma = from;
            while (comma < end && bytes[comma] != ',') {
                comma++;
            }
            int to = blanksBefore(from, comma);
            if (same(blanksBehind(from, to), to, lowerToken)) {
                return true;
            }
            from = comma + 1;
        }
        return false;
    }

    private int blanksBehind(int from, int end) {
        int at = from;
        while (at < end && Bytes.blank(bytes[at])) {
            at++;
        }
        return at;
    }

    private int blanksBefore(int start, int end) {
        int at = end;
        while (at > start && Bytes.blank(bytes[at - 1])) {
            at--;
        }
        return at;
    }

    /** Reads the fields behind the first line, up to the empty line. */
    final void readFields(Input in) throws IOException {
        int start = readLine(in, Fault.HEAD_TOO_LARGE);
        while (start < length) {
            field(start);
            start = readLine(in, Fault.HEAD_TOO_LARGE);
        }
    }

    /**
     * Reads a line and its end, which is CRLF and nothing else (RFC 9112, 2.2); a control character inside it is
     * refused (RFC 9110, 5.5).
     *
     * @return where it begins; it ends at {@link #end}
     */
    final int readLine(Input in, Fault tooLong) throws IOException {
        int start = length;
        while (true) {
            if (!in.await()) {
                throw BadMessageException.malformed("the connection ended inside the head");
            }
            int from = in.position();
            // its own end and the empty line must fit as well
            int room = Math.min(limits.maxLine() - (length - start), limits.maxBytes() - length - 2 * lines - 4);
            int at = textEnd(in, from, Math.min(in.limit() - from, Math.max(0, room)));
            append(in.buffer(), from, at - from);
            in.position(at);
            if (at < in.limit()) {
                endLine(in, tooLong, length - start);
                return start;
            }
        }
    }

    private static int textEnd(Input in, int from, int count) {
        byte[] source = in.buffer();
        int end = from + count;
        int at = from;
        while (at < end && Bytes.text(source[at])) {
            at++;
        }
        return at;
    }

    private void endLine(Input in, Fault tooLong, int lineBytes) throws IOException {
        byte last = (byte) in.next();
        if (last != '\r') {
            if (Bytes.text(last)) {
                throw new BadMessageException(tooLong, tooLarge(tooLong, lineBytes));
            }
            throw BadMessageException.malformed("the head has a control character");
        }
        int next = in.next();
        if (next < 0) {
            throw BadMessageException.malformed("the connection ended inside the head");
        }
        if (next != '\n') {
            throw BadMessageException.malformed("the head has a carriage return alone");
        }
        lines++;
    }

    private String tooLarge(Fault fault, int lineBytes) {
        if (fault == Fault.TARGET_TOO_LONG) {
            return "the first line is longer than " + limits.maxLine() + " bytes";
        }
        return lineBytes >= limits.maxLine()
                ? "a header field is longer than " + limits.maxLine() + " bytes"
                : "the head is larger than " + limits.maxBytes() + " bytes";
    }

    private void append(byte[] source, int from, int count) {
        if (bytes.length - length < count) {
            bytes = Arrays.copyOf(bytes, Math.max(Math.max(FIRST_BYTES, 2 * bytes.length), length + count));
        }
        System.arraycopy(source, from, bytes, length, count);
        length += count;
    }

    /** RFC 9112, 5: a name that is a token, the colon right behind it, and a value; no folded lines (5.2). */
    private void field(int start) throws BadMessageException {
        int colon = start;
        while (colon < length && Bytes.token(bytes[colon])) {
            colon++;
        }
        if (colon == start || colon == length || bytes[colon] != ':') {
            throw BadMessageException.malformed("a header field has no valid name");
        }
        if (fields == limits.maxFields()) {
            throw new BadMessageException(
                    Fault.HEAD_TOO_LARGE, "the head has more than " + limits.maxFields() + " fields");
        }
        if (4 * fields == ranges.length) {
            ranges = Arrays.copyOf(ranges, Math.max(4 * FIRST_FIELDS, ranges.length * 2));
        }
        int from = blanksBehind(colon + 1, length);
        ranges[4 * fields] = start;
        ranges[4 * fields + 1] = colon;
        ranges[4 * fields + 2] = from;
        ranges[4 * fields + 3] = blanksBefore(from, length);
        note(colon - start);
        fields++;
    }

    /** Remembers the fields that frame the message. */
    private void note(int nameLength) {
        if (nameLength == "host".length() && named(fields, "host")) {
            hosts++;
            hostAt = fields;
        } else if (nameLength == "content-length".length() && named(fields, "content-length")) {
            lengths++;
            lengthAt = fields;
        } else if (nameLength == "transfer-encoding".length() && named(fields, "transfer-encoding")) {
            codings++;
            codingAt = fields;
        }
    }

    /** True when a field says how long a body is. */
    final boolean framed() {
        return lengths + codings > 0;
    }

    /** True when a field says that the body comes in chunks. */
    final boolean chunked() {
        return codings > 0;
    }

    /** Checks the fields that frame the body: RFC 9112, 6.1 to 6.3; what is not said in exactly one way is refused. */
    final void checkFraming() throws BadMessageException {
        if (lengths > 1 || codings > 1 || (lengths > 0 && codings > 0)) {
            throw BadMessageException.malformed("the message is framed in more than one way");
        }
        if (codings > 0) {
            checkCoding(ranges[4 * codingAt + 2], ranges[4 * codingAt + 3]);
        }
        if (lengths > 0) {
            contentLength();
        }
    }

    private void checkCoding(int start, int end) throws BadMessageException {
        if (!http11()) {
            throw BadMessageException.malformed("a message of HTTP/1.0 has a transfer coding");
        }
        if (same(start, end, "chunked")) {
            return;
        }
        boolean other = false;
        int from = start;
        while (from < end) {
            int comma = from;
            while (comma < end && bytes[comma] != ',') {
                comma++;
            }
            int to = blanksBefore(from, comma);
            from = blanksBehind(from, to);
            other |= from < to && !same(from, to, "chunked");
            if (from < to && !Bytes.token(bytes[from])) {
                throw BadMessageException.malformed("the transfer coding is malformed");
            }
            from = comma + 1;
        }
        throw other
                ? new BadMessageException(Fault.TRANSFER_CODING, "a transfer coding other than 'chunked'")
                : BadMessageException.malformed("the transfer coding is not 'chunked' once");
    }

    /** RFC 9110, 8.6: digits and nothing else, once; -1 when there is none. */
    final long contentLength() throws BadMessageException {
        if (lengths == 0) {
            return -1;
        }
        int start = ranges[4 * lengthAt + 2];
        int end = ranges[4 * lengthAt + 3];
        if (start == end || end - start > MAX_LENGTH_DIGITS) {
            throw BadMessageException.malformed("the content length is not a number");
        }
        long value = 0;
        for (int i = start; i < end; i++) {
            if (!Bytes.digit(bytes[i])) {
                throw BadMessageException.malformed("the content length is not a number");
            }
            value = value * 10 + bytes[i] - '0';
        }
        return value;
    }
}
