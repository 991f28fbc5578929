package io.llmgateway.converters.hub;

import io.llmgateway.converters.canonical.StreamEvent;
import io.llmgateway.wire.OutBuffer;

/** Tells an answer in a client's protocol, as a stream or whole. Confined to one answer. */
public interface EventWriter {
    /** Tells one step; a whole answer is only gathered here. */
    void write(StreamEvent event, OutBuffer out);

    /** Tells the end; called once, after the last step of a finished answer. */
    void end(OutBuffer out);
}
