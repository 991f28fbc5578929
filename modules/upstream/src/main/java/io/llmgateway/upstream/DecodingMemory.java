package io.llmgateway.upstream;

import io.llmgateway.model.GatewayException;
import io.llmgateway.model.Refusal;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What all decoders of answers may hold together, in bytes. Their windows lie outside of the heap, where no other
 * budget sees them. Thread-safe.
 */
final class DecodingMemory {
    private static final long LEAST_BYTES = 64L * 1024 * 1024;
    private static final int PART_OF_HEAP = 8;
    private static final Duration SOON = Duration.ofSeconds(1);

    private final long capacity;
    private final AtomicLong used = new AtomicLong();

    DecodingMemory(long capacity) {
        this.capacity = capacity;
    }

    /** An eighth of what the heap may grow to, at least 64 MiB. */
    static DecodingMemory ofHeap() {
        return new DecodingMemory(Math.max(LEAST_BYTES, Runtime.getRuntime().maxMemory() / PART_OF_HEAP));
    }

    /** Bytes that are held now. */
    long used() {
        return used.get();
    }

    /** A decoder's share, which holds nothing yet. */
    Share share() {
        return new Share();
    }

    /** What one decoder holds. Confined to one exchange. */
    final class Share implements AutoCloseable {
        private long held;

        /**
         * Holds so many bytes from now on, if that is more than before.
         *
         * @throws GatewayException overloaded, when all decoders together would hold too much
         */
        void upTo(long bytes) {
            long more = bytes - held;
            if (more <= 0) {
                return;
            }
            if (used.addAndGet(more) > capacity) {
                used.addAndGet(-more);
                throw new GatewayException(
                        new Refusal.Overloaded("too many compressed responses of providers are decoded at once", SOON));
            }
            held = bytes;
        }

        @Override
        public void close() {
            used.addAndGet(-held);
            held = 0;
        }
    }
}
