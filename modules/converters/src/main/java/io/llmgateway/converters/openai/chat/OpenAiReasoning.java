package io.llmgateway.converters.openai.chat;

import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.converters.canonical.Part;
import io.llmgateway.converters.hub.Fields;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads reasoning out of assistant messages. The protocol has no field for it; servers and gateways use several, of
 * which the one with signatures is worth most. Stateless, thread-safe.
 */
final class OpenAiReasoning {
    private OpenAiReasoning() {}

    static List<Part> read(Fields message) {
        List<Part> parts = new ArrayList<>();
        for (JsonNode block : message.node("thinking_blocks")) {
            if ("redacted_thinking".equals(block.path("type").asText())) {
                parts.add(new Part.RedactedReasoning(block.path("data").asText("")));
            } else {
                parts.add(new Part.Reasoning(
                        block.path("thinking").asText(""),
                        block.path("signature").asText("")));
            }
        }
        List<Part> details = details(message.node("reasoning_details"));
        String text = text(message);
        if (!parts.isEmpty()) {
            return parts;
        }
        if (!details.isEmpty()) {
            return details;
        }
        return text.isEmpty() ? List.of() : List.of(new Part.Reasoning(text, ""));
    }

    private static List<Part> details(JsonNode details) {
        List<Part> parts = new ArrayList<>();
        for (JsonNode detail : details) {
            if ("reasoning.encrypted".equals(detail.path("type").asText())) {
                parts.add(new Part.RedactedReasoning(detail.path("data").asText("")));
            } else if ("reasoning.text".equals(detail.path("type").asText())) {
                parts.add(new Part.Reasoning(
                        detail.path("text").asText(""), detail.path("signature").asText("")));
            }
        }
        return parts;
    }

    private static String text(Fields message) {
        JsonNode content = message.node("reasoning_content");
        JsonNode plain = message.node("reasoning");
        return content.isTextual() ? content.textValue() : plain.isTextual() ? plain.textValue() : "";
    }
}
