package io.llmgateway.logs;

import io.llmgateway.wire.OutBuffer;

/** How a line looks. Confined to the writer's thread. */
interface Format {
    /** Appends the line with its end. */
    void append(OutBuffer out, Line line);
}
