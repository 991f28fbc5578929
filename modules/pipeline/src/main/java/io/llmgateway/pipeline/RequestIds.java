package io.llmgateway.pipeline;

import io.llmgateway.model.RequestId;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Makes request ids: {@code req_} and 24 hexadecimal digits, unique in one process and, by its random seed, very
 * probably unique among all. Thread-safe, without a lock.
 */
public final class RequestIds {
    private static final char[] HEX = "0123456789abcdef".toCharArray();
    private static final int PREFIX_LENGTH = 4;
    private static final int DIGITS = 24;
    private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

    private final long seed;
    private final AtomicLong counter = new AtomicLong();

    /** Starts a series; two processes should not share a seed. */
    public RequestIds(long seed) {
        this.seed = seed;
    }

    /** The next id. */
    public RequestId next() {
        long number = counter.incrementAndGet();
        long high = mix(seed + number * GOLDEN_GAMMA);
        char[] text = new char[PREFIX_LENGTH + DIGITS];
        "req_".getChars(0, PREFIX_LENGTH, text, 0);
        for (int i = 0; i < 16; i++) {
            text[PREFIX_LENGTH + i] = HEX[(int) (high >>> (60 - 4 * i)) & 0xf];
        }
        for (int i = 0; i < 8; i++) {
            text[PREFIX_LENGTH + 16 + i] = HEX[(int) (number >>> (28 - 4 * i)) & 0xf];
        }
        return new RequestId(new String(text));
    }

    private static long mix(long value) {
        long mixed = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return mixed ^ (mixed >>> 31);
    }
}
