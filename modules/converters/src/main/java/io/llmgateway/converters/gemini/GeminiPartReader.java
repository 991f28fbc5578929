package io.llmgateway.converters.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.llmgateway.converters.canonical.StreamEvent;
import io.llmgateway.converters.hub.AnswerContext;
import io.llmgateway.converters.hub.Arguments;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** Reads the parts of one candidate. Confined to one candidate. */
final class GeminiPartReader {
    private static final String PLACE = "candidates[].content.parts[]";
    private static final Set<String> KNOWN = Set.of(
            "text",
            "thought",
            "thoughtSignature",
            "functionCall",
            "inlineData",
            "fileData",
            "executableCode",
            "codeExecutionResult");
    private static final Map<String, Set<String>> OF_KINDS = Map.of(
            "functionCall", Set.of("id", "name", "args"),
            "inlineData", Set.of("mimeType", "data"),
            "fileData", Set.of("mimeType", "fileUri"),
            "executableCode", Set.of("language", "code"),
            "codeExecutionResult", Set.of("outcome", "output"));

    private final AnswerContext context;
    private final int choice;
    private final Utf8Offsets said = new Utf8Offsets();
    private String audioId = "";
    private int calls;

    GeminiPartReader(AnswerContext context, int choice) {
        this.context = context;
        this.choice = choice;
    }

    /** How many calls there were. */
    int calls() {
        return calls;
    }

    /** Where the bytes of the text stand in its characters. */
    Utf8Offsets said() {
        return said;
    }

    void read(JsonNode part, Consumer<StreamEvent> sink) {
        context.losses().others(part, KNOWN, PLACE);
        for (Map.Entry<String, Set<String>> kind : OF_KINDS.entrySet()) {
            context.losses().others(part, kind.getKey(), kind.getValue(), PLACE);
        }
        String text = part.path("text").asText("");
        if (part.path("thought").asBoolean() && !text.isEmpty()) {
            sink.accept(new StreamEvent.ReasoningDelta(choice, text));
        } else {
            say(text, sink);
        }
        if (part.path("functionCall").isObject()) {
            call(part, sink);
        }
        if (part.path("inlineData").isObject()) {
            JsonNode data = part.path("inlineData");
            String type = data.path("mimeType").asText("");
            if (type.startsWith("audio/")) {
                sink.accept(new StreamEvent.Extra(choice, "audio", audio(type, data)));
            } else {
                String url = "data:" + type + ";base64," + data.path("data").asText();
                sink.accept(media(type.isEmpty() || type.startsWith("image/"), url));
            }
        }
        if (part.path("fileData").isObject()) {
            String type = part.path("fileData").path("mimeType").asText("");
            sink.accept(media(
                    type.startsWith("image/"),
                    part.path("fileData").path("fileUri").asText("")));
        }
        code(part, sink);
    }

    private void code(JsonNode part, Consumer<StreamEvent> sink) {
        JsonNode code = part.path("executableCode");
        if (code.isObject()) {
            String language = code.path("language").asText("").toLowerCase(Locale.ROOT);
            boolean known = "python".equals(language);
            say("\n```" + (known ? language : "") + "\n" + code.path("code").asText("") + "\n```\n", sink);
        }
        if (part.path("codeExecutionResult").isObject()) {
            say("\n```\n" + part.path("codeExecutionResult").path("output").asText("") + "\n```\n", sink);
        }
    }

    /** Tells text. */
    void say(String text, Consumer<StreamEvent> sink) {
        if (!text.isEmpty()) {
            said.take(text);
            sink.accept(new StreamEvent.TextDelta(choice, text));
        }
    }

    private void call(JsonNode part, Consumer<StreamEvent> sink) {
        JsonNode call = part.path("functionCall");
        String given = call.path("id").asText("");
        String id = given.isEmpty() ? context.newId("call_") : given;
        int number = calls++;
        String proof = part.path("thoughtSignature").textValue();
        String json = Arguments.written(call.path("args"));
        sink.accept(
                new StreamEvent.WholeCall(choice, number, id, call.path("name").asText(""), json, proof));
    }

    private StreamEvent media(boolean image, String url) {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        if (image) {
            list.addObject().put("type", "image_url").putObject("image_url").put("url", url);
        } else {
            list.addObject().put("type", "file").putObject("file").put("file_data", url);
        }
        return new StreamEvent.Extra(choice, image ? "images" : "files", list);
    }

    /** Sound in the shape of OpenAI's, with its type, which there follows from the request. */
    private JsonNode audio(String type, JsonNode data) {
        audioId = audioId.isEmpty() ? context.newId("audio_") : audioId;
        ObjectNode audio = JsonNodeFactory.instance.objectNode();
        audio.put("id", audioId).put("data", data.path("data").asText(""));
        audio.put("expires_at", context.epochSeconds()).put("transcript", "").put("mime_type", type);
        return audio;
    }
}
