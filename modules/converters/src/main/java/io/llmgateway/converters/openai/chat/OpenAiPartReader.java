package io.llmgateway.converters.openai.chat;

import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.converters.canonical.CacheHint;
import io.llmgateway.converters.canonical.Part;
import io.llmgateway.converters.hub.Fields;
import io.llmgateway.converters.hub.Warnings;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the parts of a message's content: OpenAI's own, and those of the Responses API, of Mistral and of Anthropic
 * whose meaning is clear, with a warning. Stateless, thread-safe.
 */
final class OpenAiPartReader {
    private static final List<String> KNOWN = List.of("text", "image_url", "input_audio", "file", "refusal");

    private OpenAiPartReader() {}

    /** The part; null for one that is empty or that was warned about. */
    static @Nullable Part read(Fields part, Warnings warnings) {
        CacheHint cache = OpenAiCache.hint(part);
        String type = type(part, warnings);
        return switch (type) {
            case "text", "input_text", "output_text" -> {
                part.ignore("annotations", "logprobs", "citations");
                yield new Part.Text(part.requiredText("text"), cache);
            }
            case "refusal" -> new Part.Text(part.requiredText("refusal"), cache);
            case "image_url", "input_image" -> OpenAiMedia.image(part, cache, warnings);
            case "image" -> OpenAiMedia.foreignImage(part, cache, warnings);
            case "input_audio" -> OpenAiMedia.audio(part, warnings);
            case "file" -> file(part, cache, warnings);
            case "input_file" -> OpenAiMedia.file(part, cache);
            case "video_url" -> OpenAiMedia.video(part, warnings);
            case "thinking", "reasoning" -> thinking(part, type);
            default -> throw part.unknownValue("type", type, String.join(", ", KNOWN));
        };
    }

    private static Part file(Fields part, @Nullable CacheHint cache, Warnings warnings) {
        Fields inner = Fields.of(part.node("file"), part.at("file"));
        Part file = OpenAiMedia.file(inner, cache);
        inner.rest(warnings);
        return file;
    }

    private static String type(Fields part, Warnings warnings) {
        String type = part.text("type");
        if (type != null) {
            if (!KNOWN.contains(type)) {
                warnings.adjusted(part.at("type"), "a part of type '" + type + "' is another protocol's");
            }
            return type;
        }
        for (String field : KNOWN) {
            if (part.has(field)) {
                warnings.adjusted(part.at("type"), "it is missing, '" + field + "' is understood");
                return field;
            }
        }
        return part.requiredText("type");
    }

    /** Mistral's way to show what the model thought: a text, or a list of texts. */
    private static @Nullable Part thinking(Fields part, String field) {
        JsonNode thought = part.node(field);
        StringBuilder text = new StringBuilder(thought.isTextual() ? thought.textValue() : "");
        if (thought.isArray()) {
            for (JsonNode piece : thought) {
                text.append(piece.path("text").asText(""));
            }
        }
        String signature = part.text("signature");
        part.ignore("closed", "summary");
        return text.isEmpty() ? null : new Part.Reasoning(text.toString(), signature == null ? "" : signature);
    }
}
