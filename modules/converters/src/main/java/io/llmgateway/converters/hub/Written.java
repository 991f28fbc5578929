package io.llmgateway.converters.hub;

import io.llmgateway.wire.OutBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A request in a provider's protocol, with what has to be undone in its answer. Confined to one attempt.
 *
 * @param body the bytes to send, charged to the meter they were written with
 * @param names the tool names that were changed
 * @param formatTool the tool that stands for the answer's form, whose input is the answer; null for none
 */
public record Written(
        OutBuffer body, ToolNames names, @Nullable String formatTool) {}
