package io.llmgateway.converters.openai.chat;

import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.converters.canonical.StreamEvent;
import io.llmgateway.converters.hub.Losses;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Reads the reasoning of answers, for which the protocol has no field and servers have many. When several of them are
 * filled they say the same, so the first that is counts. A proof is passed on only when its format says that it is
 * Anthropic's: what another vendor has signed must never reach Anthropic as its own. Stateless, thread-safe.
 */
final class OpenAiThoughts {
    private static final String MESSAGE = "choices[].message";
    private static final String PLACE = "choices[].message.reasoning_details[]";
    private static final Set<String> OF_OBJECT = Set.of("text", "content", "summary", "thinking");
    private static final Set<String> OF_DETAIL =
            Set.of("type", "text", "content", "summary", "thinking", "signature", "data", "format", "index", "id");
    private static final String[] TEXTS = {"reasoning_content", "reasoning", "reasoning_text", "thinking"};

    private OpenAiThoughts() {}

    /** Tells the reasoning of a message or delta; true when there was some. */
    static boolean tell(JsonNode said, Losses losses, Consumer<StreamEvent> sink) {
        losses.others(said, "reasoning", OF_OBJECT, MESSAGE);
        String text = text(said);
        String told = text;
        for (String field : TEXTS) {
            warn(told, flat(said.path(field)), field, losses);
        }
        if (!text.isEmpty()) {
            sink.accept(new StreamEvent.ReasoningDelta(0, text));
        }
        told = details(said.path("reasoning_details"), told, losses, sink);
        StringBuilder blocks = new StringBuilder();
        for (JsonNode block : said.path("thinking_blocks")) {
            losses.others(block, OF_DETAIL, "choices[].message.thinking_blocks[]");
            proofless(block, "choices[].message.thinking_blocks[]", losses);
            blocks.append(block.path("thinking").asText(""));
        }
        if (told.isEmpty() && !blocks.isEmpty()) {
            sink.accept(new StreamEvent.ReasoningDelta(0, blocks.toString()));
        }
        warn(told, blocks.toString(), "thinking_blocks", losses);
        return !told.isEmpty() || !blocks.isEmpty();
    }

    /** Fields that repeat what was told are no loss. */
    private static void warn(String told, String other, String field, Losses losses) {
        if (!told.isEmpty() && !other.isEmpty() && !other.equals(told)) {
            losses.dropped(MESSAGE, field);
        }
    }

    private static String details(JsonNode details, String before, Losses losses, Consumer<StreamEvent> sink) {
        StringBuilder texts = new StringBuilder();
        for (JsonNode detail : details) {
            losses.others(detail, OF_DETAIL, PLACE);
            texts.append(flat(detail));
            detail(detail, before.isEmpty(), losses, sink);
        }
        warn(before, texts.toString(), "reasoning_details", losses);
        return before.isEmpty() ? texts.toString() : before;
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

    private static void detail(JsonNode detail, boolean untold, Losses losses, Consumer<StreamEvent> sink) {
        String text = flat(detail);
        if (untold && !text.isEmpty()) {
            sink.accept(new StreamEvent.ReasoningDelta(0, text));
        }
        if (!detail.path("format").asText("").startsWith("anthropic")) {
            proofless(detail, PLACE, losses);
            return;
        }
        if (filled(detail, "signature")) {
            sink.accept(
                    new StreamEvent.ReasoningSigned(0, detail.path("signature").textValue()));
        }
        if (filled(detail, "data")) {
            sink.accept(new StreamEvent.ReasoningRedacted(0, detail.path("data").textValue()));
        }
    }

    private static boolean filled(JsonNode holder, String field) {
        JsonNode value = holder.path(field);
        return value.isTextual() && !value.textValue().isEmpty();
    }

    private static void proofless(JsonNode block, String place, Losses losses) {
        for (String proof : new String[] {"signature", "data"}) {
            if (filled(block, proof)) {
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
