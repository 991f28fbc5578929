package io.llmgateway.simulator;

import java.util.List;

/**
 * What the simulator understands of a request, whatever its protocol. Immutable.
 *
 * @param model the model's name
 * @param stream true when a stream is wanted
 * @param usageWanted true when the stream's usage is wanted (OpenAI only asks on demand)
 * @param lastText the text of the last message
 * @param answersTool true when the last message is a tool's result
 * @param tools the tools that were offered
 * @param forced the tool that must be called, {@link #ANY_TOOL} for any; empty when none must be
 * @param wanted JSON that fits the schema that the response must have; empty for text
 * @param inputTokens a quarter of the request's text, at least 1
 */
record SimulatedRequest(
        String model,
        boolean stream,
        boolean usageWanted,
        String lastText,
        boolean answersTool,
        List<Tool> tools,
        String forced,
        String wanted,
        int inputTokens) {
    /** Any of the tools must be called. */
    static final String ANY_TOOL = "*";

    /**
     * An offered tool.
     *
     * @param name its name
     * @param arguments arguments that fit its schema, as JSON
     */
    record Tool(String name, String arguments) {}
}
