package io.llmgateway.converters.canonical;

import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the next token is chosen; null is "not said" everywhere. Literals keep the digits the client wrote. Immutable.
 *
 * @param temperature 0 to 2 for OpenAI and Gemini, 0 to 1 for Anthropic
 * @param topP 0 to 1
 * @param topK 0 or more
 * @param seed any 64-bit number
 * @param presencePenalty -2 to 2
 * @param frequencyPenalty -2 to 2
 * @param stop texts that end the answer, none empty
 */
public record Sampling(
        @Nullable BigDecimal temperature,
        @Nullable BigDecimal topP,
        @Nullable BigDecimal topK,
        @Nullable Long seed,
        @Nullable BigDecimal presencePenalty,
        @Nullable BigDecimal frequencyPenalty,
        List<String> stop) {}
