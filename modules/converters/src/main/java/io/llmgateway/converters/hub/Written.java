package io.llmgateway.converters.hub;

import org.jspecify.annotations.Nullable;

/**
 * A request in a provider's protocol, with what has to be undone in its answer. Immutable.
 *
 * @param body the bytes to send
 * @param names the tool names that were changed
 * @param formatTool the tool that stands for the answer's form, whose input is the answer; null for none
 */
@SuppressWarnings("ArrayRecordComponent") // sent once, never compared
public record Written(
        byte[] body, ToolNames names, @Nullable String formatTool) {}
