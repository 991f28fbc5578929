package io.llmgateway.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Looks for one short piece of text among bytes, skipping as far as its length at each step (Horspool's rule).
 * Immutable, thread-safe.
 */
public final class ByteSearch {
    private static final int BYTES = 256;

    private final byte[] wanted;
    private final byte[] skip = new byte[BYTES];
    private final int afterMatchOfLast;

    /**
     * Looks for this text.
     *
     * @param text 1 to 100 characters of ASCII
     */
    public ByteSearch(String text) {
        this.wanted = text.getBytes(StandardCharsets.US_ASCII);
        int last = wanted.length - 1;
        Arrays.fill(skip, (byte) wanted.length);
        for (int i = 0; i < last; i++) {
            skip[wanted[i]] = (byte) (last - i);
        }
        this.afterMatchOfLast = skip[wanted[last]];
        skip[wanted[last]] = 0;
    }

    /** Where the text begins within {@code [from, to)} for the first time; -1 when it is not there. */
    public int find(byte[] bytes, int from, int to) {
        int last = wanted.length - 1;
        int at = from + last;
        while (at < to) {
            int step = skip[bytes[at] & 0xff];
            if (step == 0) {
                int begin = at - last;
                if (Arrays.equals(bytes, begin, at, wanted, 0, last)) {
                    return begin;
                }
                step = afterMatchOfLast;
            }
            at += step;
        }
        return -1;
    }
}
