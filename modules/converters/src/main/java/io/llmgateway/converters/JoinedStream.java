package io.llmgateway.converters;

import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.model.Usage;
import io.llmgateway.wire.JsonTrees;
import io.llmgateway.wire.OutBuffer;
import io.llmgateway.wire.SseReader;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A stream that comes although a whole answer was asked for, on the same protocol: its events are put together and
 * told as one document at the end, with all their fields. What the events mean is read as if they were relayed.
 * Confined to one stream.
 */
public abstract class JoinedStream implements StreamTranslator {
    private static final int FIRST_BYTES = 1_024;

    private final StreamTranslator relay;
    private final String tooMany;
    private final OutBuffer relayed = new OutBuffer(FIRST_BYTES);
    private String problem = "";

    /**
     * Nothing has come yet.
     *
     * @param relay says what the events mean
     * @param tooMany what is wrong when {@link #take} gives up
     */
    protected JoinedStream(StreamTranslator relay, String tooMany) {
        this.relay = relay;
        this.tooMany = tooMany;
    }

    /** Adds an event to what is gathered; false when there is too much to gather. */
    protected abstract boolean take(JsonNode event);

    /** Writes the document. */
    protected abstract void write(OutBuffer out);

    /** True when the event that has ended the stream is a mark and no document. */
    protected abstract boolean endsWithMark();

    @Override
    public final Step translate(SseReader event, OutBuffer out) {
        relayed.clear();
        boolean over = relay.ended();
        Step step = relay.translate(event, relayed);
        boolean mark = relay.ended() && endsWithMark();
        if (step == Step.ERROR || over || mark || !event.hasData()) {
            return step;
        }
        try {
            JsonNode json = JsonTrees.read(event.dataBytes(), event.dataStart(), event.dataEnd() - event.dataStart());
            return !json.isObject() || take(json) ? step : malformed(tooMany);
        } catch (IOException e) {
            return malformed("the stream holds an event that is not JSON");
        }
    }

    private Step malformed(String why) {
        problem = why;
        return Step.MALFORMED;
    }

    @Override
    public final boolean finish(OutBuffer out) {
        relayed.clear();
        if (!relay.finish(relayed)) {
            return false;
        }
        write(out);
        return true;
    }

    @Override
    public final boolean ended() {
        return relay.ended();
    }

    @Override
    public final @Nullable Usage usage() {
        return relay.usage();
    }

    @Override
    public final boolean usageComplete() {
        return relay.usageComplete();
    }

    @Override
    public final byte[] errorBody() {
        return relay.errorBody();
    }

    @Override
    public final String problem() {
        return problem;
    }
}
