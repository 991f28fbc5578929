package io.llmgateway.converters.canonical;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request for one answer in no protocol's terms: the hub every conversion goes through. Trees inside it are read
 * only. Immutable.
 *
 * @param system the instructions in front of the conversation
 * @param turns the conversation, in the client's order
 * @param tools the tools, in the client's order
 * @param choice which tools must be called
 * @param sampling how tokens are chosen
 * @param format the form of the answer
 * @param thinking how much to reason
 * @param maxTokens most tokens of the answer, reasoning included; -1 when not said
 * @param extent how many answers with how much detail
 * @param hints what does not change the answer's content
 * @param names what the client's protocol calls the fields
 */
public record ChatRequest(
        List<Part.Text> system,
        List<Turn> turns,
        List<Tool> tools,
        ToolChoice choice,
        Sampling sampling,
        OutputFormat format,
        Thinking thinking,
        long maxTokens,
        Extent extent,
        Hints hints,
        FieldNames names) {
    /** The same request for one answer only. */
    public ChatRequest single() {
        Extent one = new Extent(
                extent.stream(),
                extent.includeUsage(),
                1,
                extent.logprobs(),
                extent.topLogprobs(),
                extent.legacyFunctions());
        return new ChatRequest(system, turns, tools, choice, sampling, format, thinking, maxTokens, one, hints, names);
    }

    /**
     * How many answers with how much detail.
     *
     * @param stream true when the client wants a stream
     * @param includeUsage true when the client wants usage at the end of its stream
     * @param candidates how many answers, at least 1
     * @param logprobs true when probabilities are wanted
     * @param topLogprobs how many alternatives per token; -1 when not said
     * @param legacyFunctions true when the client speaks of functions, not of tools
     */
    public record Extent(
            boolean stream,
            boolean includeUsage,
            int candidates,
            boolean logprobs,
            int topLogprobs,
            boolean legacyFunctions) {}

    /**
     * What does not change the answer's content.
     *
     * @param user who is behind the request; null when not said
     * @param serviceTier the protocol's own word; null when not said
     * @param cachePrompt the whole prompt shall be cached; null for no wish
     * @param modalities extra kinds of output such as {@code image}
     */
    public record Hints(
            @Nullable String user,
            @Nullable String serviceTier,
            @Nullable CacheHint cachePrompt,
            List<String> modalities) {}

    /**
     * What the client's protocol calls a field, for warnings and refusals.
     *
     * @param maxTokens limit of output tokens
     * @param stop stop texts
     * @param format form of the answer
     * @param thinking reasoning
     * @param parallel at most one call
     */
    public record FieldNames(String maxTokens, String stop, String format, String thinking, String parallel) {}
}
