package io.llmgateway.converters.openai.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.llmgateway.converters.canonical.StreamEvent;
import io.llmgateway.converters.hub.AnswerContext;
import io.llmgateway.converters.hub.Losses;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Reads what a choice says: the deltas of a stream, or a message. A message that follows deltas repeats them, so only
 * kinds of content that no delta has brought are taken from it. Confined to one answer.
 */
final class OpenAiSaid {
    private static final String PLACE = "choices[].message";
    private static final Set<String> KNOWN = Set.of(
            "role",
            "content",
            "refusal",
            "reasoning_content",
            "reasoning",
            "reasoning_text",
            "thinking",
            "reasoning_details",
            "thinking_blocks",
            "tool_calls",
            "function_call",
            "annotations",
            "audio",
            "images",
            "extra_content",
            "name",
            "obfuscation");
    private static final Set<String> OF_PART = Set.of(
            "type",
            "text",
            "thinking",
            "summary",
            "content",
            "closed",
            "signature",
            "refusal",
            "image_url",
            "reference_ids");
    private static final Set<String> OF_PIECE = Set.of("type", "text", "signature");
    private static final Set<String> OF_GOOGLE = Set.of("thought", "thought_signature");
    private static final Set<String> OF_CALL =
            Set.of("index", "id", "type", "function", "custom", "extra_content", "provider_specific_fields");
    private static final Set<String> OF_FUNCTION = Set.of("name", "arguments", "input");

    private final Losses losses;
    private final OpenAiCallTracker calls;
    private final OpenAiSources sources;
    private boolean text;
    private boolean thought;
    private boolean refused;
    private boolean called;
    private boolean shown;

    OpenAiSaid(AnswerContext context, OpenAiSources sources) {
        this.losses = context.losses();
        this.calls = new OpenAiCallTracker(context);
        this.sources = sources;
    }

    /** True when anything was said. */
    boolean anything() {
        return text || thought || refused || called || shown;
    }

    boolean refused() {
        return refused;
    }

    OpenAiCallTracker calls() {
        return calls;
    }

    /** Takes a piece of a stream. */
    void delta(JsonNode delta, Consumer<StreamEvent> sink) {
        losses.others(delta, KNOWN, PLACE);
        google(delta, PLACE);
        thought |= OpenAiThoughts.tell(delta, losses, sink);
        boolean thinks =
                delta.path("extra_content").path("google").path("thought").asBoolean();
        content(delta.path("content"), thinks, sink);
        refusal(delta.path("refusal"), sink);
        calls(delta, false, sink);
        shown(delta, sink);
        sources.annotations(delta.path("annotations"), sink);
    }

    /** Takes a whole message. */
    void message(JsonNode message, Consumer<StreamEvent> sink) {
        losses.others(message, KNOWN, PLACE);
        google(message, PLACE);
        boolean before = anything();
        boolean unrefused = !refused;
        boolean unshown = !shown;
        if (!thought) {
            thought = OpenAiThoughts.tell(message, losses, sink);
        }
        if (!text) {
            content(message.path("content"), false, sink);
        }
        if (unrefused) {
            refusal(message.path("refusal"), sink);
        }
        if (!called) {
            calls(message, true, sink);
        }
        if (unshown) {
            shown(message, sink);
        }
        if (!before || !sources.annotated()) {
            sources.annotations(message.path("annotations"), sink);
        }
    }

    private void content(JsonNode content, boolean thinks, Consumer<StreamEvent> sink) {
        if (content.isTextual()) {
            if (thinks) {
                think(content.textValue(), sink);
            } else {
                say(content.textValue(), sink);
            }
        } else if (content.isArray()) {
            content.forEach(part -> part(part, sink));
        } else if (content.isObject()) {
            part(content, sink);
        } else if (content.isValueNode() && !content.isNull()) {
            say(content.asText(), sink);
        }
    }

    private void part(JsonNode part, Consumer<StreamEvent> sink) {
        String type = part.path("type").asText("text");
        losses.others(part, OF_PART, PLACE + ".content[]");
        switch (type) {
            case "thinking", "reasoning" -> {
                think(OpenAiThoughts.flat(part), sink);
                proofs(part);
            }
            case "refusal" -> refusal(part.path("refusal"), sink);
            case "image_url" -> {
                shown = true;
                sink.accept(new StreamEvent.Extra(
                        0, "images", JsonNodeFactory.instance.arrayNode().add(part)));
            }
            default -> {
                String words =
                        part.isTextual() ? part.textValue() : part.path("text").asText("");
                if (words.isEmpty()) {
                    losses.dropped(PLACE + ".content[]", type);
                }
                say(words, sink);
            }
        }
    }

    private void proofs(JsonNode part) {
        boolean signed = part.path("signature").isTextual();
        part.path("thinking").forEach(piece -> losses.others(piece, OF_PIECE, PLACE + ".content[].thinking[]"));
        part.path("summary").forEach(piece -> losses.others(piece, OF_PIECE, PLACE + ".content[].summary[]"));
        for (JsonNode piece : part.path("summary")) {
            signed |= piece.path("signature").isTextual();
        }
        if (signed) {
            losses.dropped(PLACE + ".content[]", "signature");
        }
    }

    private void say(String words, Consumer<StreamEvent> sink) {
        if (!words.isEmpty()) {
            text = true;
            sink.accept(new StreamEvent.TextDelta(0, words));
        }
    }

    private void think(String words, Consumer<StreamEvent> sink) {
        if (!words.isEmpty()) {
            thought = true;
            sink.accept(new StreamEvent.ReasoningDelta(0, words));
        }
    }

    private void google(JsonNode holder, String place) {
        losses.others(holder, "extra_content", Set.of("google"), place);
        losses.others(holder.path("extra_content"), "google", OF_GOOGLE, place + ".extra_content");
    }

    private void refusal(JsonNode refusal, Consumer<StreamEvent> sink) {
        if (refusal.isTextual() && !refusal.textValue().isEmpty()) {
            refused = true;
            sink.accept(new StreamEvent.RefusalDelta(0, refusal.textValue()));
        }
    }

    private void calls(JsonNode said, boolean whole, Consumer<StreamEvent> sink) {
        JsonNode entries = said.path("tool_calls");
        if (!entries.isEmpty()) {
            called = true;
            for (JsonNode entry : entries) {
                losses.others(entry, OF_CALL, PLACE + ".tool_calls[]");
                losses.others(entry, "function", OF_FUNCTION, PLACE + ".tool_calls[]");
                losses.others(entry, "custom", OF_FUNCTION, PLACE + ".tool_calls[]");
                google(entry, PLACE + ".tool_calls[]");
            }
            JsonNode single = said.path("function_call");
            if (single.isObject() && !single.equals(entries.path(0).path("function"))) {
                losses.dropped(PLACE, "function_call");
            }
            calls.take(entries, whole, sink);
        } else if (said.path("function_call").isObject()) {
            called = true;
            losses.others(said, "function_call", OF_FUNCTION, PLACE);
            calls.takeFunction(said.path("function_call"), sink);
        }
    }

    /** Pictures, and sound, of which the words are told. */
    private void shown(JsonNode said, Consumer<StreamEvent> sink) {
        JsonNode images = said.path("images");
        if (images.isArray() && !images.isEmpty()) {
            shown = true;
            sink.accept(new StreamEvent.Extra(0, "images", images));
        }
        JsonNode audio = said.path("audio");
        if (audio.isObject()) {
            shown = true;
            losses.dropped(PLACE, "audio");
            say(audio.path("transcript").asText(""), sink);
        }
    }
}
