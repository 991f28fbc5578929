package io.llmgateway.converters.openai.chat;

import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.converters.canonical.StreamEvent;
import io.llmgateway.converters.hub.Losses;
import java.util.function.Consumer;

/**
 * Reads the reasoning of answers, for which the protocol has no field and servers have many. When several of them are
 * filled they say the same, so the first that is counts. A proof is passed on only when its format says that it is
 * Anthropic's: what another vendor has signed must never reach Anthropic as its own. Stateless, thread-safe.
 */
final class OpenAiThoughts {
    private static final String PLACE = "choices[].message.reasoning_details[]";
    private static final String[] TEXTS = {"reasoning_content", "reasoning", "reasoning_text", "thinking"};

    private OpenAiThoughts() {}

    /** Tells the reasoning of a message or delta; true when there was some. */
    static boolean tell(JsonNode said, Losses losses, Consumer<StreamEvent> sink) {
        String text = text(said);
        if (!text.isEmpty()) {
            sink.accept(new StreamEvent.ReasoningDelta(0, text));
        }
        boolean any = !text.isEmpty();
        for (JsonNode detail : said.path("reasoning_details")) {
            any |= detail(detail, text.isEmpty(), losses, sink);
        }
        for (JsonNode block : said.path("thinking_blocks")) {
            String thought = any ? "" : block.path("thinking").asText("");
            if (!thought.isEmpty()) {
                sink.accept(new StreamEvent.ReasoningDelta(0, thought));
            }
            proofless(block, "choices[].message.thinking_blocks[]", losses);
        }
        return any || !said.path("thinking_blocks").isEmpty();
    }

    /** The first of the fields that is filled. */
    static String text(JsonNode said) {
        for (String field : TEXTS) {
            String text = flat(said.path(field));
            if (!text.isEmpty()) {
                return text;
            }
        }
        return "";
    }

    private static boolean detail(JsonNode detail, boolean untold, Losses losses, Consumer<StreamEvent> sink) {
        String text = flat(detail);
        boolean tells = untold && !text.isEmpty();
        if (tells) {
            sink.accept(new StreamEvent.ReasoningDelta(0, text));
        }
        boolean anthropic = detail.path("format").asText("").startsWith("anthropic");
        if (!anthropic) {
            proofless(detail, PLACE, losses);
            return tells;
        }
        String signature = detail.path("signature").asText("");
        String data = detail.path("data").asText("");
        if (!signature.isEmpty() && !"null".equals(signature)) {
            sink.accept(new StreamEvent.ReasoningSigned(0, signature));
        }
        if (!data.isEmpty() && !"null".equals(data)) {
            sink.accept(new StreamEvent.ReasoningRedacted(0, data));
        }
        return tells;
    }

    private static void proofless(JsonNode block, String place, Losses losses) {
        for (String proof : new String[] {"signature", "data"}) {
            if (block.path(proof).isTextual() && !block.path(proof).textValue().isEmpty()) {
                losses.dropped(place, proof);
            }
        }
    }

    /** The words of a text, or of an object or list that holds texts in one of the usual ways. */
    static String flat(JsonNode node) {
        if (node.isTextual()) {
            return node.textValue();
        }
        if (node.isArray()) {
            StringBuilder all = new StringBuilder();
            // one level: deeper ones are nobody's
            node.forEach(part -> all.append(part.isTextual() ? part.textValue() : ofObject(part)));
            return all.toString();
        }
        return ofObject(node);
    }

    private static String ofObject(JsonNode node) {
        for (String field : new String[] {"text", "content", "summary", "thinking"}) {
            JsonNode value = node.path(field);
            if (value.isTextual() && !value.textValue().isEmpty()) {
                return value.textValue();
            }
            if (value.isArray() && !value.isEmpty()) {
                StringBuilder all = new StringBuilder();
                value.forEach(part -> all.append(
                        part.isTextual() ? part.textValue() : part.path("text").asText("")));
                return all.toString();
            }
        }
        return "";
    }
}
