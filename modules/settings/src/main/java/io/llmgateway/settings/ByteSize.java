package io.llmgateway.settings;

/**
 * An amount of data. Immutable, thread-safe.
 *
 * @param bytes zero or more
 */
public record ByteSize(long bytes) {
    private static final String[] BINARY_UNITS = {"B", "KiB", "MiB", "GiB"};
    private static final int KIBI = 1024;

    public ByteSize {
        if (bytes < 0) {
            throw new IllegalArgumentException("a size must not be negative, was " + bytes);
        }
    }

    /** So many units of 1024 bytes. */
    public static ByteSize ofKiB(long kibibytes) {
        return new ByteSize(Math.multiplyExact(kibibytes, KIBI));
    }

    /** So many units of 1024 * 1024 bytes. */
    public static ByteSize ofMiB(long mebibytes) {
        return ofKiB(Math.multiplyExact(mebibytes, KIBI));
    }

    /** The amount in the largest binary unit that gives a whole number, such as {@code 32MiB}. */
    @Override
    public String toString() {
        long amount = bytes;
        int unit = 0;
        while (amount != 0 && amount % KIBI == 0 && unit < BINARY_UNITS.length - 1) {
            amount /= KIBI;
            unit++;
        }
        return amount + BINARY_UNITS[unit];
    }
}
