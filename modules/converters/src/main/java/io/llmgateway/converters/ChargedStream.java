package io.llmgateway.converters;

import io.llmgateway.model.Usage;
import io.llmgateway.wire.HeldMemory;
import io.llmgateway.wire.MemoryMeter;
import io.llmgateway.wire.OutBuffer;
import io.llmgateway.wire.SseReader;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A stream that is put together to a whole answer: every event is charged with its length, which is more than what is
 * kept of it, until the stream ends. Confined to one stream.
 */
public final class ChargedStream implements StreamTranslator {
    private final StreamTranslator stream;
    private final HeldMemory held;

    /** Charges this meter for what the stream gathers. */
    public ChargedStream(StreamTranslator stream, MemoryMeter meter) {
        this.stream = stream;
        this.held = new HeldMemory(meter);
    }

    @Override
    public Step translate(SseReader event, OutBuffer out) {
        held.charge((long) event.dataEnd() - event.dataStart());
        return stream.translate(event, out);
    }

    @Override
    public boolean finish(OutBuffer out) {
        return stream.finish(out);
    }

    @Override
    public void end() {
        stream.end();
        held.releaseAll();
    }

    @Override
    public boolean ended() {
        return stream.ended();
    }

    @Override
    public @Nullable Usage usage() {
        return stream.usage();
    }

    @Override
    public boolean usageComplete() {
        return stream.usageComplete();
    }

    @Override
    public long estimatedInput() {
        return stream.estimatedInput();
    }

    @Override
    public @Nullable Usage told() {
        return stream.told();
    }

    @Override
    public byte[] errorBody() {
        return stream.errorBody();
    }

    @Override
    public String problem() {
        return stream.problem();
    }

    @Override
    public List<String> warnings() {
        return stream.warnings();
    }
}
