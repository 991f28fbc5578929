package io.llmgateway.wire;

import java.util.Arrays;

/**
 * Finds the values of a few named fields at the top level of one JSON object, as byte ranges and without parsing the
 * rest. It trusts the object to be valid JSON: it is for events from upstream on the relay path, where a wrong answer
 * on broken JSON changes bookkeeping only. Reusable; confined to one stream.
 */
public final class TopLevelFields {
    private static final int MAX_DIGITS = 18;

    private final byte[][] names;
    private final int[] starts;
    private boolean closed;
    private final int[] ends;
    private final int[] members;

    /** Makes a finder for these field names; index i of every answer is the i-th name. Names must not need escapes. */
    public TopLevelFields(String... names) {
        this.names = new byte[names.length][];
        for (int i = 0; i < names.length; i++) {
            this.names[i] = names[i].getBytes(java.nio.charset.StandardCharsets.UTF_8);
        }
        this.starts = new int[names.length];
        this.ends = new int[names.length];
        this.members = new int[names.length];
    }

    private TopLevelFields(byte[][] names) {
        this.names = names;
        this.starts = new int[names.length];
        this.ends = new int[names.length];
        this.members = new int[names.length];
    }

    /** Another finder for the same names, which it shares with this one. */
    public TopLevelFields another() {
        return new TopLevelFields(names);
    }

    /** The value of field i when it is a whole number of up to 18 digits, else 0. */
    public long number(byte[] json, int field) {
        return isWhole(json, field) ? whole(json, starts[field], ends[field]) : 0;
    }

    /** True when field i is present and a whole number, of whatever length. */
    public boolean isWhole(byte[] json, int field) {
        int start = starts[field];
        if (start < 0 || start == ends[field]) {
            return false;
        }
        int first = json[start] == '-' ? start + 1 : start;
        for (int at = first; at < ends[field]; at++) {
            if (json[at] < '0' || json[at] > '9') {
                return false;
            }
        }
        return first < ends[field];
    }

    private static long whole(byte[] json, int start, int end) {
        boolean negative = json[start] == '-';
        int at = negative ? start + 1 : start;
        if (end - at > MAX_DIGITS) {
            return 0;
        }
        long value = 0;
        for (; at < end; at++) {
            value = value * 10 + json[at] - '0';
        }
        return negative ? -value : value;
    }

    /** Scans one object in {@code [start, end)}; false when it is not an object. */
    public boolean scan(byte[] json, int start, int end) {
        Arrays.fill(starts, -1);
        closed = false;
        int at = skipSpace(json, start, end);
        if (at >= end || json[at] != '{') {
            return false;
        }
        at = skipSpace(json, at + 1, end);
        int member = at;
        while (at < end && json[at] == '"') {
            int keyEnd = stringEnd(json, at, end);
            int colon = skipSpace(json, keyEnd, end);
            int valueStart = skipSpace(json, colon + 1, end);
            int valueEnd = valueEnd(json, valueStart, end);
            remember(json, at + 1, keyEnd - 1, valueStart, valueEnd, member);
            member = skipSpace(json, valueEnd, end);
            at = member < end && json[member] == ',' ? skipSpace(json, member + 1, end) : end;
        }
        closed = member < end && json[member] == '}' && skipSpace(json, member + 1, end) >= end;
        return true;
    }

    /** True when the object that was scanned ends with its brace, and nothing stands behind it. */
    public boolean closed() {
        return closed;
    }

    /** First byte of the value of field i; -1 when the field is absent. */
    public int start(int field) {
        return starts[field];
    }

    /** One past the last byte of the value of field i. */
    public int end(int field) {
        return ends[field];
    }

    /** Where the member of field i begins: at the comma in front of it, or at its name when it is the first. */
    public int memberStart(int field) {
        return members[field];
    }

    /** True when field i is present and its value begins with this byte. */
    public boolean beginsWith(byte[] json, int field, char c) {
        return starts[field] >= 0 && json[starts[field]] == c;
    }

    private void remember(byte[] json, int keyStart, int keyEnd, int valueStart, int valueEnd, int member) {
        for (int i = 0; i < names.length; i++) {
            if (keyEnd - keyStart == names[i].length
                    && Arrays.equals(json, keyStart, keyEnd, names[i], 0, names[i].length)) {
                starts[i] = Math.min(valueStart, valueEnd);
                ends[i] = valueEnd;
                members[i] = member;
                return;
            }
        }
    }

    private static int skipSpace(byte[] json, int from, int end) {
        int at = from;
        while (at < end && (json[at] == ' ' || json[at] == '\n' || json[at] == '\r' || json[at] == '\t')) {
            at++;
        }
        return at;
    }

    /** One past the closing quote of the string that opens at {@code open}. */
    private static int stringEnd(byte[] json, int open, int end) {
        int at = open + 1;
        while (at < end) {
            byte b = json[at];
            if (b == '"') {
                return at + 1;
            }
            at += b == '\\' ? 2 : 1;
        }
        return end;
    }

    private static int valueEnd(byte[] json, int start, int end) {
        if (start >= end) {
            return end;
        }
        byte first = json[start];
        if (first == '"') {
            return stringEnd(json, start, end);
        }
        if (first == '{' || first == '[') {
            return nestedEnd(json, start, end);
        }
        int at = start;
        while (at < end && json[at] != ',' && json[at] != '}' && json[at] > ' ') {
            at++;
        }
        return at;
    }

    private static int nestedEnd(byte[] json, int start, int end) {
        int depth = 0;
        int at = start;
        while (at < end) {
            byte b = json[at];
            if (b == '"') {
                at = stringEnd(json, at, end);
                continue;
            }
            at++;
            if (b == '{' || b == '[') {
                depth++;
            } else if (b == '}' || b == ']') {
                depth--;
                if (depth == 0) {
                    return at;
                }
            }
        }
        return end;
    }
}
