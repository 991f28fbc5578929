package io.llmgateway.settings;

import java.time.Duration;

/**
 * How much of the heap requests and responses may hold together. Immutable, thread-safe.
 *
 * @param budget the most they hold at once
 * @param maxWait how long a request waits for memory before it is refused, 0s to 1m; 0s: not at all
 */
public record MemorySettings(Budget budget, Duration maxWait) {
    /** Half the heap; 5s. */
    public static final MemorySettings DEFAULT = new MemorySettings(new Budget(0, 50), Duration.ofSeconds(5));

    /**
     * A fixed amount or a share of the heap. Immutable.
     *
     * @param bytes a fixed amount, 1MiB to 1TiB; 0: the share counts
     * @param percent a share of the largest heap, 5 to 80; 0: the amount counts
     */
    public record Budget(long bytes, int percent) {
        private static final long MIN_BYTES = 1L << 20;
        private static final long MAX_BYTES = 1L << 40;
        private static final int MIN_PERCENT = 5;
        private static final int MAX_PERCENT = 80;
        private static final int WHOLE = 100;

        public Budget {
            boolean amount = percent == 0 && bytes >= MIN_BYTES && bytes <= MAX_BYTES;
            boolean share = bytes == 0 && percent >= MIN_PERCENT && percent <= MAX_PERCENT;
            if (!amount && !share) {
                throw new IllegalArgumentException("must be 5% to 80% of the heap, or 1MiB to 1024GiB");
            }
        }

        /**
         * Reads what {@link #toString()} writes, in any unit.
         *
         * @throws IllegalArgumentException that says what was expected
         */
        public static Budget parse(String text) {
            if (!text.endsWith("%")) {
                return new Budget(Units.size(text).bytes(), 0);
            }
            long percent = Units.count(text.substring(0, text.length() - 1));
            return new Budget(0, Math.clamp(percent, 0, WHOLE));
        }

        /**
         * The amount in bytes, at least one.
         *
         * @param heap the largest size of the heap in bytes, as {@link Runtime#maxMemory()} tells it
         */
        public long of(long heap) {
            return bytes > 0 ? bytes : Math.max(1, heap / WHOLE * percent);
        }

        /** As it is written in a configuration: {@code 50%} or {@code 256MiB}. */
        @Override
        public String toString() {
            return bytes > 0 ? new ByteSize(bytes).toString() : percent + "%";
        }
    }
}
