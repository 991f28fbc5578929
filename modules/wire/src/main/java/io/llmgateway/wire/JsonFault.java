package io.llmgateway.wire;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Says where bytes stop being JSON and what was expected there, in the gateway's own words. It reads the bytes once
 * more, and only when a parser has refused them. Source: RFC 8259. Confined to one document.
 */
public final class JsonFault {
    private static final String VALUE = "a value";
    private static final String NAME_OR_END = "a field name in double quotes or '}'";
    private static final String NAME = "a field name in double quotes";
    private static final String COLON = "':'";
    private static final String NEXT_FIELD = "',' or '}'";
    private static final String NEXT_ELEMENT = "',' or ']'";

    private final byte[] json;
    private final int end;
    private final boolean[] objects = new boolean[Json.MAX_DEPTH + 1];
    private int depth;
    private int at;
    private String expected = VALUE;
    private boolean mayEnd;

    private JsonFault(byte[] json, int length) {
        this.json = json;
        this.end = length;
    }

    /** The fault that a parser refused a document for, as {@code line 3, column 7: expected ',' or '}', found 'x'}. */
    public static String of(byte[] json, int length, IOException refusal) {
        JsonFault fault = new JsonFault(json, length);
        String found = fault.find();
        if (!found.isEmpty()) {
            return fault.place() + ": " + found;
        }
        if (refusal instanceof StreamConstraintsException) {
            return "a limit is exceeded: a document has at most " + Json.MAX_TOKENS + " values, and strings of at most "
                    + Json.MAX_STRING_LENGTH + " characters";
        }
        JsonLocation where = refusal instanceof JsonProcessingException e ? e.getLocation() : null;
        if (where == null) {
            // a refusal of our own
            return refusal instanceof JsonProcessingException e ? e.getOriginalMessage() : "it cannot be read";
        }
        fault.at = Math.clamp(where.getByteOffset(), 0, length);
        return fault.place() + ": " + reason(refusal);
    }

    /** What is wrong with a document whose form is right. */
    private static String reason(IOException refusal) {
        return refusal instanceof JsonParseException
                ? "a text or a name is not valid UTF-8 or has half of a surrogate pair"
                : "a field is given twice in one object";
    }

    private String place() {
        int line = 1;
        int column = 1;
        for (int i = 0; i < Math.min(at, end); i++) {
            if (json[i] == '\n') {
                line++;
                column = 1;
            } else if ((json[i] & 0xc0) != 0x80) {
                column++;
            }
        }
        return "line " + line + ", column " + column;
    }

    /** Empty when the form of the document is right. */
    private String find() {
        while (true) {
            skipSpace();
            if (at >= end) {
                return done() ? "" : unexpected();
            }
            if (done()) {
                return "expected the end of the document, found " + found();
            }
            String fault = step(json[at]);
            if (fault != null) {
                return fault;
            }
        }
    }

    private boolean done() {
        return depth == 0 && expected.isEmpty();
    }

    private void skipSpace() {
        while (at < end && (json[at] == ' ' || json[at] == '\n' || json[at] == '\r' || json[at] == '\t')) {
            at++;
        }
    }

    private @Nullable String step(byte b) {
        if (expected.equals(VALUE)) {
            return value(b);
        }
        if (expected.equals(NAME) || expected.equals(NAME_OR_END)) {
            if (b == '}' && expected.equals(NAME_OR_END)) {
                return close();
            }
            return b == '"' ? name() : unexpected();
        }
        if (expected.equals(COLON)) {
            return b == ':' ? next(VALUE) : unexpected();
        }
        if (b == ',') {
            return next(objects[depth] ? NAME : VALUE);
        }
        return b == (objects[depth] ? '}' : ']') ? close() : unexpected();
    }

    private @Nullable String name() {
        int opened = at;
        expected = COLON;
        String fault = string();
        if (fault == null && at - opened > Json.MAX_NAME_LENGTH) {
            at = opened;
            return "a field name is longer than " + Json.MAX_NAME_LENGTH + " characters";
        }
        return fault;
    }

    private @Nullable String next(String what) {
        at++;
        expected = what;
        mayEnd = false;
        return null;
    }

    private @Nullable String value(byte b) {
        return switch (b) {
            case '{', '[' -> open(b);
            case ']' -> mayEnd ? close() : unexpected();
            case '"' -> {
                ended();
                yield string();
            }
            default -> {
                ended();
                yield b == '-' || isDigit(b) ? number() : word();
            }
        };
    }

    private @Nullable String open(byte b) {
        if (depth == Json.MAX_DEPTH) {
            return "more than " + Json.MAX_DEPTH + " objects and arrays stand inside each other";
        }
        objects[++depth] = b == '{';
        at++;
        mayEnd = b == '[';
        expected = b == '{' ? NAME_OR_END : VALUE;
        return null;
    }

    private @Nullable String close() {
        at++;
        depth--;
        ended();
        return null;
    }

    private void ended() {
        mayEnd = false;
        expected = depth == 0 ? "" : objects[depth] ? NEXT_FIELD : NEXT_ELEMENT;
    }

    private @Nullable String string() {
        int opened = at++;
        while (at < end && json[at] != '"') {
            if ((json[at] & 0xff) < ' ') {
                return "a control character in a string must be written as an escape";
            }
            if (json[at] == '\\') {
                String fault = escape();
                if (fault != null) {
                    return fault;
                }
            } else {
                at++;
            }
        }
        if (at >= end) {
            at = opened;
            return "expected '\"' at the end of the string that begins here, found the end of the document";
        }
        at++;
        return null;
    }

    private @Nullable String escape() {
        int escaped = at + 1 < end ? json[at + 1] : -1;
        if (escaped == 'u') {
            for (int i = 2; i < 6; i++) {
                if (at + i >= end || Character.digit(json[at + i], 16) < 0) {
                    return "expected four hexadecimal digits after \\u";
                }
            }
            at += 6;
            return null;
        }
        if ("\"\\/bfnrt".indexOf(escaped) < 0) {
            return "expected one of \" \\ / b f n r t u after \\";
        }
        at += 2;
        return null;
    }

    private @Nullable String number() {
        int began = at;
        at += json[at] == '-' ? 1 : 0;
        int whole = at;
        digits();
        if (at == whole) {
            return "expected a digit, found " + found();
        }
        if (at - whole > 1 && json[whole] == '0') {
            at = whole;
            return "a number must not begin with 0";
        }
        if (at < end && json[at] == '.') {
            at++;
            int fraction = at;
            digits();
            if (at == fraction) {
                return "expected a digit after '.', found " + found();
            }
        }
        if (at < end && (json[at] == 'e' || json[at] == 'E')) {
            at++;
            at += at < end && (json[at] == '+' || json[at] == '-') ? 1 : 0;
            int exponent = at;
            digits();
            if (at == exponent) {
                return "expected a digit in the exponent, found " + found();
            }
        }
        if (at - began > Json.MAX_NUMBER_LENGTH) {
            at = began;
            return "a number is longer than " + Json.MAX_NUMBER_LENGTH + " characters";
        }
        return null;
    }

    private void digits() {
        while (at < end && isDigit(json[at])) {
            at++;
        }
    }

    private static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }

    private @Nullable String word() {
        for (String word : new String[] {"true", "false", "null"}) {
            if (matches(word)) {
                at += word.length();
                return null;
            }
        }
        expected = VALUE;
        return unexpected();
    }

    private boolean matches(String word) {
        if (at + word.length() > end) {
            return false;
        }
        for (int i = 0; i < word.length(); i++) {
            if (json[at + i] != word.charAt(i)) {
                return false;
            }
        }
        return at + word.length() == end || !Character.isLetterOrDigit(json[at + word.length()]);
    }

    private String unexpected() {
        String what = mayEnd ? VALUE + " or ']'" : expected;
        return "expected " + what + ", found " + found();
    }

    private String found() {
        if (at >= end) {
            return "the end of the document";
        }
        int b = json[at] & 0xff;
        if (b > ' ' && b < 0x7f) {
            return "'" + (char) b + "'";
        }
        return b < 0x80 ? "a control character" : "another character";
    }
}
