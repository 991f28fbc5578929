package io.llmgateway.model;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * A value that must never be printed: a provider key, a client key, a password. {@link #toString()} gives
 * {@code ***}, so a secret that slips into a log, an error or a dump shows nothing. Comparison takes the same time for
 * every pair of values of one length. Immutable, thread-safe. Not a record on purpose: a record would print itself.
 */
public final class Secret {
    private final String value;

    private Secret(String value) {
        this.value = value;
    }

    /** Wraps a value; an empty one is allowed and {@link #isEmpty() says so}. */
    public static Secret of(String value) {
        return new Secret(value);
    }

    /** The value itself. Call it only where the value leaves for the place it is meant for. */
    public String reveal() {
        return value;
    }

    /** True for the empty text, which is never a usable credential. */
    public boolean isEmpty() {
        return value.isEmpty();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Secret that && MessageDigest.isEqual(bytes(), that.bytes());
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    @Override
    public String toString() {
        return "***";
    }

    private byte[] bytes() {
        return value.getBytes(StandardCharsets.UTF_8);
    }
}
