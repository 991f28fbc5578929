package io.llmgateway.model;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A span of a trace as W3C Trace Context carries it in {@code traceparent} and {@code tracestate}. What does not follow
 * the specification is no context at all: nothing is repaired. Immutable, thread-safe.
 *
 * @param high the first half of the trace's id
 * @param low the second half; not both halves are zero
 * @param span the span's id, never zero
 * @param flags the flags, one byte; the lowest bit says that the spans are kept
 * @param state the value of {@code tracestate}, printable and bounded; empty when there is none
 */
public record TraceContext(long high, long low, long span, int flags, String state) {
    private static final int VERSION_ZERO_LENGTH = 55;
    private static final int TRACE_AT = 3;
    private static final int TRACE_LOW_AT = 19;
    private static final int SPAN_AT = 36;
    private static final int FLAGS_AT = 53;
    private static final int HALF = 16;
    private static final int MAX_STATE = 512;
    private static final char[] HEX = "0123456789abcdef".toCharArray();

    public TraceContext {
        if ((high | low) == 0 || span == 0) {
            throw new IllegalArgumentException("a trace and a span must not have the id zero");
        }
    }

    /**
     * Reads the headers of a request; empty when there is no {@code traceparent} or it is not valid. A {@code
     * tracestate} that is too long or not printable is left out. Versions later than 00 are read by what they have in
     * common with it.
     *
     * @see <a href="https://www.w3.org/TR/trace-context/#traceparent-header">W3C Trace Context, 3.2</a>
     */
    public static Optional<TraceContext> parse(@Nullable String traceparent, @Nullable String tracestate) {
        if (traceparent == null || !wellFormed(traceparent)) {
            return Optional.empty();
        }
        long high = hex(traceparent, TRACE_AT);
        long low = hex(traceparent, TRACE_LOW_AT);
        long span = hex(traceparent, SPAN_AT);
        if ((high | low) == 0 || span == 0) {
            return Optional.empty();
        }
        int flags = digit(traceparent.charAt(FLAGS_AT)) << 4 | digit(traceparent.charAt(FLAGS_AT + 1));
        return Optional.of(new TraceContext(high, low, span, flags, usable(tracestate)));
    }

    /** Whether the spans of this trace are kept. */
    public boolean sampled() {
        return (flags & 1) == 1;
    }

    /** The same trace with another span, as a child has it. */
    public TraceContext withSpan(long id) {
        return new TraceContext(high, low, id, flags, state);
    }

    /** The value of the header {@code traceparent}, in version 00. */
    public String traceparent() {
        char[] text = new char[VERSION_ZERO_LENGTH];
        text[0] = '0';
        text[1] = '0';
        text[2] = '-';
        put(text, TRACE_AT, high);
        put(text, TRACE_LOW_AT, low);
        text[SPAN_AT - 1] = '-';
        put(text, SPAN_AT, span);
        text[FLAGS_AT - 1] = '-';
        text[FLAGS_AT] = HEX[flags >> 4 & 0xf];
        text[FLAGS_AT + 1] = HEX[flags & 0xf];
        return new String(text);
    }

    /** The trace's id: 32 lower-case hexadecimal digits. */
    public String traceId() {
        char[] text = new char[2 * HALF];
        put(text, 0, high);
        put(text, HALF, low);
        return new String(text);
    }

    /** A span's id as it is written: 16 lower-case hexadecimal digits. */
    public static String spanId(long id) {
        char[] text = new char[HALF];
        put(text, 0, id);
        return new String(text);
    }

    private static void put(char[] text, int at, long value) {
        for (int i = 0; i < HALF; i++) {
            text[at + i] = HEX[(int) (value >>> (60 - 4 * i)) & 0xf];
        }
    }

    private static boolean wellFormed(String text) {
        int length = text.length();
        boolean versionZero = text.startsWith("00-");
        boolean longEnough = versionZero ? length == VERSION_ZERO_LENGTH : length >= VERSION_ZERO_LENGTH;
        if (!longEnough || text.startsWith("ff")) {
            return false;
        }
        if (length > VERSION_ZERO_LENGTH && text.charAt(VERSION_ZERO_LENGTH) != '-') {
            return false;
        }
        for (int i = 0; i < VERSION_ZERO_LENGTH; i++) {
            boolean dash = i == TRACE_AT - 1 || i == SPAN_AT - 1 || i == FLAGS_AT - 1;
            char c = text.charAt(i);
            if (dash ? c != '-' : digit(c) < 0) {
                return false;
            }
        }
        return true;
    }

    private static long hex(String text, int at) {
        long value = 0;
        for (int i = at; i < at + HALF; i++) {
            value = value << 4 | digit(text.charAt(i));
        }
        return value;
    }

    /** Lower case only, as the specification wants; -1 for everything else. */
    private static int digit(char c) {
        if (c >= '0' && c <= '9') {
            return c - '0';
        }
        return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    }

    private static String usable(@Nullable String state) {
        if (state == null || state.length() > MAX_STATE) {
            return "";
        }
        for (int i = 0; i < state.length(); i++) {
            char c = state.charAt(i);
            if ((c < ' ' && c != '\t') || c > '~') {
                return "";
            }
        }
        return state;
    }
}
