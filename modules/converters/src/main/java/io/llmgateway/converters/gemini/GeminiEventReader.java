package io.llmgateway.converters.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.llmgateway.converters.canonical.Stop;
import io.llmgateway.converters.canonical.StreamEvent;
import io.llmgateway.converters.hub.AnswerContext;
import io.llmgateway.converters.hub.EventReader;
import io.llmgateway.model.Usage;
import io.llmgateway.wire.JsonOut;
import io.llmgateway.wire.OutBuffer;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads Gemini's answers. Every chunk of a stream has the shape of a whole answer, so one reader does both. The reason
 * to stop may come before the last content, so nothing ends before the bytes do. Confined to one answer.
 */
final class GeminiEventReader implements EventReader {
    private static final int MAX_CANDIDATES = 128;

    private final AnswerContext context;
    private final Map<Integer, Candidate> candidates = new TreeMap<>();
    private @Nullable Usage usage;
    private boolean begun;
    private boolean ended;
    private byte[] errorBody = new byte[0];

    GeminiEventReader(AnswerContext context) {
        this.context = context;
    }

    /** One answer of possibly several. Confined to one answer. */
    private static final class Candidate {
        private int calls;
        private @Nullable Stop stop;
        private @Nullable String detail;
    }

    @Override
    public Read read(JsonNode json, Consumer<StreamEvent> sink) {
        JsonNode chunk = json.isArray() ? json.path(0) : json;
        if (chunk.has("error")) {
            OutBuffer out = new OutBuffer(128);
            new JsonOut(out).tree(chunk);
            errorBody = out.toByteArray();
            return Read.ERROR;
        }
        if (chunk.path("usageMetadata").isObject()) {
            Usage seen = GeminiUsage.decode(chunk.path("usageMetadata"));
            usage = seen == null ? usage : seen;
        }
        if (!begun) {
            begun = true;
            sink.accept(new StreamEvent.Begin(chunk.path("responseId").textValue(), usage));
        }
        String blocked = chunk.path("promptFeedback").path("blockReason").asText("");
        if (!blocked.isEmpty()) {
            Candidate candidate = candidate(0);
            candidate.stop = Stop.REFUSED;
            candidate.detail = "The prompt was blocked (" + blocked + ").";
        }
        for (JsonNode candidate : chunk.path("candidates")) {
            if (candidate(candidate, sink) == Read.ERROR) {
                return Read.ERROR;
            }
        }
        return Read.PART;
    }

    private Candidate candidate(int index) {
        return candidates.computeIfAbsent(index, i -> new Candidate());
    }

    private Read candidate(JsonNode json, Consumer<StreamEvent> sink) {
        int index = json.path("index").asInt(0);
        if (candidates.size() >= MAX_CANDIDATES && !candidates.containsKey(index)) {
            errorBody = EventReader.error("server_error", "the answer has more than " + MAX_CANDIDATES + " candidates");
            return Read.ERROR;
        }
        Candidate candidate = candidate(index);
        for (JsonNode part : json.path("content").path("parts")) {
            part(index, candidate, part, sink);
        }
        JsonNode chosen = json.path("logprobsResult").path("chosenCandidates");
        if (chosen.isArray() && !chosen.isEmpty()) {
            sink.accept(new StreamEvent.Logprobs(index, logprobs(json.path("logprobsResult"))));
        }
        String reason = json.path("finishReason").asText("");
        if (reason.isEmpty()) {
            return Read.PART;
        }
        candidate.stop = stop(reason);
        if (candidate.stop == Stop.FAILED) {
            errorBody = EventReader.error("server_error", "the model gave up: " + reason);
            return Read.ERROR;
        }
        String message = json.path("finishMessage").asText("");
        candidate.detail = candidate.stop == Stop.REFUSED ? message.isEmpty() ? "blocked: " + reason : message : null;
        return Read.PART;
    }

    private static Stop stop(String reason) {
        return switch (reason) {
            case "STOP" -> Stop.DONE;
            case "MAX_TOKENS", "CONTINUATION" -> Stop.LENGTH;
            case "SAFETY",
                    "RECITATION",
                    "BLOCKLIST",
                    "PROHIBITED_CONTENT",
                    "SPII",
                    "LANGUAGE",
                    "IMAGE_SAFETY",
                    "IMAGE_PROHIBITED_CONTENT",
                    "IMAGE_RECITATION" -> Stop.REFUSED;
            case "MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS", "MALFORMED_RESPONSE" ->
                Stop.FAILED;
            default -> Stop.UNKNOWN;
        };
    }

    private void part(int index, Candidate candidate, JsonNode part, Consumer<StreamEvent> sink) {
        String text = part.path("text").asText("");
        if (part.path("thought").asBoolean() && !text.isEmpty()) {
            sink.accept(new StreamEvent.ReasoningDelta(index, text));
        } else if (!text.isEmpty()) {
            sink.accept(new StreamEvent.TextDelta(index, text));
        } else if (part.path("functionCall").isObject()) {
            call(index, candidate, part, sink);
        } else if (part.path("inlineData").isObject()) {
            sink.accept(new StreamEvent.Extra(index, "images", image(part.path("inlineData"))));
        } else if (part.path("executableCode").isObject()) {
            String code = part.path("executableCode").path("code").asText("");
            sink.accept(new StreamEvent.TextDelta(index, "\n```\n" + code + "\n```\n"));
        } else if (part.path("codeExecutionResult").isObject()) {
            String output = part.path("codeExecutionResult").path("output").asText("");
            sink.accept(new StreamEvent.TextDelta(index, "\n```\n" + output + "\n```\n"));
        }
    }

    private void call(int index, Candidate candidate, JsonNode part, Consumer<StreamEvent> sink) {
        JsonNode call = part.path("functionCall");
        String given = call.path("id").asText("");
        String id = given.isEmpty() ? context.newId("call_") : given;
        int number = candidate.calls++;
        String proof = part.path("thoughtSignature").textValue();
        JsonNode arguments = call.path("args");
        String json = arguments.isObject() ? JsonOut.text(arguments) : "{}";
        String name = call.path("name").asText("");
        sink.accept(new StreamEvent.WholeCall(index, number, id, name, json, proof));
    }

    private static JsonNode image(JsonNode data) {
        ArrayNode images = JsonNodeFactory.instance.arrayNode();
        ObjectNode image = images.addObject().put("type", "image_url");
        image.putObject("image_url")
                .put(
                        "url",
                        "data:" + data.path("mimeType").asText() + ";base64,"
                                + data.path("data").asText());
        return images;
    }

    private static JsonNode logprobs(JsonNode result) {
        ArrayNode content = JsonNodeFactory.instance.arrayNode();
        JsonNode chosen = result.path("chosenCandidates");
        for (int i = 0; i < chosen.size(); i++) {
            ObjectNode token = logprob(content.addObject(), chosen.get(i));
            ArrayNode top = token.putArray("top_logprobs");
            result.path("topCandidates").path(i).path("candidates").forEach(other -> logprob(top.addObject(), other));
        }
        return content;
    }

    private static ObjectNode logprob(ObjectNode into, JsonNode from) {
        into.put("token", from.path("token").asText(""));
        into.set("logprob", from.path("logProbability"));
        into.putNull("bytes");
        return into;
    }

    @Override
    public boolean end(Consumer<StreamEvent> sink) {
        boolean finished = !candidates.isEmpty() && candidates.values().stream().allMatch(c -> c.stop != null);
        if (!finished || ended) {
            return finished;
        }
        ended = true;
        if (usage != null) {
            sink.accept(new StreamEvent.Used(usage));
        }
        candidates.forEach((index, candidate) -> {
            Stop stop = candidate.stop == null ? Stop.UNKNOWN : candidate.stop;
            boolean calling = candidate.calls > 0 && (stop == Stop.DONE || stop == Stop.UNKNOWN);
            sink.accept(new StreamEvent.Ended(index, calling ? Stop.TOOL_USE : stop, candidate.detail));
        });
        return true;
    }

    @Override
    public byte[] errorBody() {
        return errorBody;
    }
}
