package io.llmgateway.wire;

/**
 * A meter within a meter that knows what it holds, so that all of it can be given back at once when its purpose is
 * over. Confined to one request.
 */
public final class HeldMemory implements MemoryMeter {
    private final MemoryMeter meter;
    private long held;

    /** Takes from this meter. */
    public HeldMemory(MemoryMeter meter) {
        this.meter = meter;
    }

    @Override
    public void charge(long bytes) {
        meter.charge(bytes);
        held += bytes;
    }

    @Override
    public void release(long bytes) {
        long known = Math.min(bytes, held);
        held -= known;
        meter.release(known);
    }

    /** How many bytes are held now. */
    public long held() {
        return held;
    }

    /** Gives everything back; harmless when nothing is held. */
    public void releaseAll() {
        release(held);
    }
}
