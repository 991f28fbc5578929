package io.llmgateway.model;

/**
 * Tokens of one exchange, in parts that do not overlap except {@code reasoning}, which is a part of {@code output}.
 * Providers count differently (OpenAI and Gemini include cached tokens in the prompt, Anthropic does not); converters
 * turn their numbers into these. Numbers from upstream are hostile input: negative ones become 0, huge ones are cut to
 * {@link #MAX_TOKENS}. Immutable, thread-safe.
 *
 * @param inputUncached input tokens billed at the ordinary rate
 * @param inputCacheRead input tokens served from the provider's cache
 * @param inputCacheWrite input tokens written to the provider's cache
 * @param output all output tokens, reasoning included
 * @param reasoning the part of {@code output} that is reasoning; never more than {@code output}
 */
public record Usage(long inputUncached, long inputCacheRead, long inputCacheWrite, long output, long reasoning) {
    /** No exchange has more tokens of one kind than this; larger numbers are cut, so sums cannot overflow. */
    public static final long MAX_TOKENS = 1L << 40;

    /** No tokens at all. */
    public static final Usage NONE = new Usage(0, 0, 0, 0, 0);

    public Usage {
        inputUncached = clamp(inputUncached);
        inputCacheRead = clamp(inputCacheRead);
        inputCacheWrite = clamp(inputCacheWrite);
        output = clamp(output);
        reasoning = Math.min(clamp(reasoning), output);
    }

    /** Input tokens of every kind. */
    public long input() {
        return inputUncached + inputCacheRead + inputCacheWrite;
    }

    /** Input and output tokens together. */
    public long total() {
        return input() + output;
    }

    /** The tokens of both. */
    public Usage plus(Usage other) {
        return new Usage(
                inputUncached + other.inputUncached,
                inputCacheRead + other.inputCacheRead,
                inputCacheWrite + other.inputCacheWrite,
                output + other.output,
                reasoning + other.reasoning);
    }

    private static long clamp(long tokens) {
        return Math.clamp(tokens, 0, MAX_TOKENS);
    }
}
