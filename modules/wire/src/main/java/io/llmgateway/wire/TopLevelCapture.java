package io.llmgateway.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Watches a whole JSON answer go by in pieces and keeps the values of a few named top-level fields, each up to a bound:
 * the way to read {@code usage} from an answer of any size with constant memory. It trusts the answer to be valid JSON.
 * Confined to one answer.
 */
public final class TopLevelCapture {
    private static final int MAX_KEY = 64;
    private static final int MAX_BEGINNING = 16;
    private static final int NONE = -1;
    private static final byte[] NOTHING = {};
    private static final VarHandle EIGHT = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGH_BITS = 0x8080808080808080L;
    private static final long QUOTES = ONES * '"';
    private static final long BACKSLASHES = ONES * '\\';

    private final byte[][] names;
    private final byte[] @Nullable [] values;
    private final int maxValueBytes;

    private int depth;
    private boolean inString;
    private boolean escaped;
    private boolean keyExpected;
    private final byte[] key = new byte[MAX_KEY];
    private int keyLength = -1;
    private boolean inKey;
    private int capturing = -1;
    private int beginningOf = NONE;
    private byte[] value = new byte[256];
    private int valueLength;
    private boolean objectSeen;
    private boolean foreign;
    private byte[] watched = NOTHING;
    private boolean watchedSeen;

    /**
     * Makes a capture for these fields.
     *
     * @param maxValueBytes longer values are dropped as if the field were absent
     */
    public TopLevelCapture(int maxValueBytes, String... names) {
        this.maxValueBytes = maxValueBytes;
        this.names = new byte[names.length][];
        for (int i = 0; i < names.length; i++) {
            this.names[i] = names[i].getBytes(StandardCharsets.UTF_8);
        }
        this.values = new byte[names.length][];
    }

    /**
     * Keeps of this field only how its value begins, at most 16 bytes: enough to tell what it is, however long.
     *
     * @return this
     */
    public TopLevelCapture beginningOnly(int field) {
        beginningOf = field;
        return this;
    }

    /**
     * Looks for a string of exactly this text, name or value, below the top level too.
     *
     * @param text ASCII that needs no escapes, at least one character
     * @return this
     */
    public TopLevelCapture watch(String text) {
        watched = text.getBytes(StandardCharsets.US_ASCII);
        return this;
    }

    /**
     * True when the string may have been there: always when it was, and seldom when it was not, such as for one that
     * ends with it behind an escape, or one whose bytes came in two pieces.
     */
    public boolean mayHaveSeenWatched() {
        return watchedSeen;
    }

    /** Takes the next bytes of the answer. */
    public void feed(byte[] bytes, int offset, int length) {
        int end = offset + length;
        int at = offset;
        while (at < end) {
            if (inString && !inKey && !escaped) {
                int plain = plainRun(bytes, at, end);
                keep(bytes, at, plain);
                watchedSeen |= plain - at <= watched.length && isWatched(bytes, at, plain, end);
                at = plain;
                if (at == end) {
                    return;
                }
            }
            step(bytes[at]);
            at++;
        }
    }

    /** The raw JSON of field i; null when it was not seen yet, or was too long. The last one wins. */
    public byte @Nullable [] value(int field) {
        return values[field];
    }

    /** True once the answer has begun as a JSON object. */
    public boolean isObject() {
        return objectSeen;
    }

    /** True when the object was closed and nothing stands before or behind it. */
    public boolean complete() {
        return objectSeen && depth == 0 && !foreign;
    }

    /** True when this run of plain text is the string looked for, or may be a part of it. */
    private boolean isWatched(byte[] bytes, int from, int to, int end) {
        return to == end || Arrays.equals(bytes, from, to, watched, 0, watched.length);
    }

    /** Where the string's plain text ends, looked for eight bytes at a time: most of a long answer is such text. */
    private static int plainRun(byte[] bytes, int from, int end) {
        int at = from;
        while (at + Long.BYTES <= end) {
            long eight = (long) EIGHT.get(bytes, at);
            if ((zeroes(eight ^ QUOTES) | zeroes(eight ^ BACKSLASHES)) != 0) {
                break;
            }
            at += Long.BYTES;
        }
        while (at < end && bytes[at] != '"' && bytes[at] != '\\') {
            at++;
        }
        return at;
    }

    /** Not 0 when one of the eight bytes is 0. */
    private static long zeroes(long eight) {
        return (eight - ONES) & ~eight & HIGH_BITS;
    }

    private void step(byte b) {
        if (inString) {
            string(b);
            return;
        }
        foreign |= depth == 0 && outside(b);
        switch (b) {
            case '"' -> openString();
            case '{', '[' -> open(b);
            case '}', ']' -> close(b);
            case ',' -> {
                if (depth == 1) {
                    endValue();
                    keyExpected = true;
                } else {
                    keep(b);
                }
            }
            case ':' -> {
                if (depth == 1) {
                    beginValue();
                } else {
                    keep(b);
                }
            }
            case ' ', '\n', '\r', '\t' -> {
                // space between tokens has no meaning
            }
            default -> keep(b);
        }
    }

    /** True for what must not stand outside of the one object: not space, not its beginning, not a byte order mark. */
    private boolean outside(byte b) {
        return switch (b) {
            case ' ', '\n', '\r', '\t' -> false;
            case '{', (byte) 0xef, (byte) 0xbb, (byte) 0xbf -> objectSeen;
            default -> true;
        };
    }

    private void string(byte b) {
        if (inKey) {
            key(b);
            return;
        }
        keep(b);
        if (escaped) {
            escaped = false;
        } else if (b == '\\') {
            escaped = true;
        } else if (b == '"') {
            inString = false;
        }
    }

    private void key(byte b) {
        if (escaped) {
            escaped = false;
            keyLength = MAX_KEY + 1;
        } else if (b == '\\') {
            escaped = true;
        } else if (b == '"') {
            inString = false;
            inKey = false;
        } else if (keyLength < MAX_KEY) {
            key[keyLength++] = b;
        } else {
            keyLength = MAX_KEY + 1;
        }
    }

    private void openString() {
        inString = true;
        if (depth == 1 && keyExpected) {
            keyExpected = false;
            inKey = true;
            keyLength = 0;
        } else {
            keep((byte) '"');
        }
    }

    private void open(byte b) {
        if (depth == 0) {
            objectSeen |= b == '{';
            keyExpected = b == '{';
        } else {
            keep(b);
        }
        depth++;
    }

    private void close(byte b) {
        depth--;
        if (depth == 0) {
            endValue();
        } else {
            keep(b);
        }
    }

    private void beginValue() {
        capturing = -1;
        valueLength = 0;
        for (int i = 0; i < names.length; i++) {
            if (names[i].length == keyLength && Arrays.equals(names[i], 0, keyLength, key, 0, keyLength)) {
                capturing = i;
            }
        }
    }

    private void endValue() {
        if (capturing >= 0 && valueLength > 0) {
            int kept = capturing == beginningOf ? Math.min(valueLength, MAX_BEGINNING) : valueLength;
            values[capturing] = Arrays.copyOf(value, kept);
        }
        capturing = -1;
    }

    private void keep(byte b) {
        if (capturing < 0) {
            return;
        }
        if (valueLength == value.length && !grow(1)) {
            return;
        }
        value[valueLength++] = b;
    }

    private void keep(byte[] bytes, int from, int to) {
        if (capturing < 0 || to == from) {
            return;
        }
        int length = capturing == beginningOf ? Math.min(to - from, MAX_BEGINNING) : to - from;
        if (valueLength + length > value.length && !grow(length)) {
            return;
        }
        System.arraycopy(bytes, from, value, valueLength, length);
        valueLength += length;
    }

    private boolean grow(int more) {
        if (capturing == beginningOf) {
            endValue();
            return false;
        }
        int wanted = valueLength + more;
        if (wanted > maxValueBytes) {
            capturing = -1;
            return false;
        }
        value = Arrays.copyOf(value, Math.min(maxValueBytes, Math.max(value.length * 2, wanted)));
        return true;
    }
}
