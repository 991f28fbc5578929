package io.llmgateway.converters.canonical;

import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.model.Usage;
import org.jspecify.annotations.Nullable;

/**
 * One step of an answer in no protocol's terms. Whole answers are told by the same steps, so that a stream can be made
 * of a whole answer and the other way round. {@code choice} counts the answers to one request from 0. Immutable.
 */
public sealed interface StreamEvent {
    /** The answer begins. */
    record Begin(@Nullable String upstreamId, @Nullable Usage usage) implements StreamEvent {}

    /** More text. */
    record TextDelta(int choice, String text) implements StreamEvent {}

    /** More of a refusal's text. */
    record RefusalDelta(int choice, String text) implements StreamEvent {}

    /** More reasoning. */
    record ReasoningDelta(int choice, String text) implements StreamEvent {}

    /** The proof that belongs to the reasoning so far; ends it. */
    record ReasoningSigned(int choice, String signature) implements StreamEvent {}

    /** Reasoning that only its provider can read. */
    record ReasoningRedacted(int choice, String data) implements StreamEvent {}

    /**
     * A tool call begins.
     *
     * @param choice which answer
     * @param call which call of this answer, from 0
     * @param id what pairs it with its result
     * @param name the tool's name as the provider knows it
     * @param signature the provider's proof that belongs to the call; null for none
     */
    record CallBegin(
            int choice,
            int call,
            String id,
            String name,
            @Nullable String signature) implements StreamEvent {}

    /**
     * A whole tool call at once.
     *
     * @param choice which answer
     * @param call which call of this answer, from 0
     * @param id what pairs it with its result
     * @param name the tool's name as the provider knows it
     * @param json its arguments
     * @param signature the provider's proof that belongs to the call; null for none
     */
    record WholeCall(
            int choice,
            int call,
            String id,
            String name,
            String json,
            @Nullable String signature) implements StreamEvent {
        /** The same call told in steps: its beginning. */
        public CallBegin begin() {
            return new CallBegin(choice, call, id, name, signature);
        }
    }

    /** More of a call's arguments; never empty. */
    record CallDelta(int choice, int call, String json) implements StreamEvent {}

    /** A call's arguments are complete. */
    record CallEnd(int choice, int call) implements StreamEvent {}

    /** Probabilities of the tokens so far, in OpenAI's shape. */
    record Logprobs(int choice, JsonNode content) implements StreamEvent {}

    /** Something for the client that only its own extension can carry, such as citations or images. */
    record Extra(int choice, String field, JsonNode value) implements StreamEvent {}

    /** A source of the text so far. */
    record Cited(int choice, Citation citation) implements StreamEvent {}

    /** Token counters so far. */
    record Used(Usage usage) implements StreamEvent {}

    /**
     * One answer has ended.
     *
     * @param choice which answer
     * @param stop why
     * @param detail the stop text, or the explanation of a refusal; null for none
     */
    record Ended(int choice, Stop stop, @Nullable String detail) implements StreamEvent {}
}
