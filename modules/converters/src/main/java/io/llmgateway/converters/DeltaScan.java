package io.llmgateway.converters;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Looks at the bytes of a chunk's list of choices, or of an event with one delta, without a tree. Names are found by
 * their quotes: inside of a text they would carry backslashes. What is not understood counts as content. Stateless,
 * thread-safe.
 */
public final class DeltaScan {
    private static final byte[] FINISH_REASON = ascii("\"finish_reason\"");
    private static final byte[] DELTA = ascii("\"delta\"");
    private static final byte[] ROLE = ascii("\"role\"");
    private static final byte[] TYPE = ascii("\"type\"");
    private static final byte[] FAILED = ascii("\"error\"");

    private DeltaScan() {}

    /** True when a finish reason has a value. */
    public static boolean finishes(byte[] json, int from, int end) {
        int value = value(json, FINISH_REASON, from, end);
        return value < end && json[value] == '"' && value + 1 < end && json[value + 1] != '"';
    }

    /** True when the finish reason says that the answer failed, as routers do. */
    public static boolean failed(byte[] json, int from, int end) {
        int value = value(json, FINISH_REASON, from, end);
        return is(json, value, end, FAILED);
    }

    /** True when every delta is empty but for its role, its type and empty texts; false when no delta is there. */
    public static boolean saysNothing(byte[] json, int from, int end) {
        int at = value(json, DELTA, from, end);
        if (at >= end) {
            return false;
        }
        while (at < end) {
            at = afterEmpty(json, at, end);
            if (at < 0) {
                return false;
            }
            at = value(json, DELTA, at, end);
        }
        return true;
    }

    /** The place behind an object whose members say nothing; -1 when one says something or is not understood. */
    private static int afterEmpty(byte[] json, int open, int end) {
        if (json[open] != '{') {
            return json[open] == 'n' ? open : -1;
        }
        int at = space(json, open + 1, end);
        while (at < end && json[at] == '"') {
            int name = at;
            int nameEnd = textEnd(json, at, end);
            int value = nameEnd < 0 ? end : colon(json, nameEnd, end);
            int valueEnd = value < end ? quietEnd(json, name, value, end) : -1;
            if (valueEnd < 0) {
                return -1;
            }
            at = space(json, valueEnd, end);
            if (at < end && json[at] == ',') {
                at = space(json, at + 1, end);
            }
        }
        return at < end && json[at] == '}' ? at + 1 : -1;
    }

    /** The place behind a member's value that says nothing; -1 when it says something. */
    private static int quietEnd(byte[] json, int name, int value, int end) {
        boolean label = is(json, name, end, ROLE) || is(json, name, end, TYPE);
        return label ? textEnd(json, value, end) : emptyEnd(json, value, end);
    }

    /** The place behind null, an empty text or an empty list; -1 for every other value. */
    private static int emptyEnd(byte[] json, int at, int end) {
        if (json[at] == 'n') {
            return at + 4;
        }
        boolean text = json[at] == '"';
        if (!text && json[at] != '[') {
            return -1;
        }
        int next = text ? at + 1 : space(json, at + 1, end);
        return next < end && json[next] == (text ? '"' : ']') ? next + 1 : -1;
    }

    /** The place behind a text; -1 for any other value. */
    private static int textEnd(byte[] json, int at, int end) {
        if (json[at] != '"') {
            return -1;
        }
        for (int i = at + 1; i < end; i++) {
            if (json[i] == '\\') {
                i++;
            } else if (json[i] == '"') {
                return i + 1;
            }
        }
        return -1;
    }

    /** Where the value of the next member of this name begins; the end when there is none. */
    private static int value(byte[] json, byte[] name, int from, int end) {
        for (int at = from; at < end - name.length; at++) {
            if (json[at] == '"' && is(json, at, end, name)) {
                int value = colon(json, at + name.length, end);
                if (value < end) {
                    return value;
                }
            }
        }
        return end;
    }

    /** Where the value behind a colon begins; the end when no colon comes. */
    private static int colon(byte[] json, int from, int end) {
        int at = space(json, from, end);
        return at < end && json[at] == ':' ? space(json, at + 1, end) : end;
    }

    private static int space(byte[] json, int from, int end) {
        int at = from;
        while (at < end && json[at] <= ' ') {
            at++;
        }
        return at;
    }

    private static boolean is(byte[] json, int at, int end, byte[] text) {
        return at + text.length <= end && Arrays.equals(json, at, at + text.length, text, 0, text.length);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
