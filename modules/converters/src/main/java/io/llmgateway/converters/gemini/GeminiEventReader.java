package io.llmgateway.converters.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.llmgateway.converters.canonical.Stop;
import io.llmgateway.converters.canonical.StreamEvent;
import io.llmgateway.converters.hub.AnswerContext;
import io.llmgateway.converters.hub.EventReader;
import io.llmgateway.converters.hub.GaveUpException;
import io.llmgateway.converters.hub.MalformedAnswerException;
import io.llmgateway.model.Usage;
import io.llmgateway.wire.JsonOut;
import io.llmgateway.wire.OutBuffer;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads Gemini's answers. Every chunk of a stream has the shape of a whole answer, so one reader does both. The reason
 * to stop may come before the last content, so nothing ends before the bytes do. Confined to one answer.
 */
final class GeminiEventReader implements EventReader {
    private static final int MAX_CANDIDATES = 128;
    /** What OpenAI says of a token whose probability is not known. */
    private static final double VERY_UNLIKELY = -9999.0;

    private static final Set<String> KNOWN = Set.of(
            "candidates", "promptFeedback", "usageMetadata", "modelVersion", "responseId", "createTime", "modelStatus");
    private static final Set<String> OF_CONTENT = Set.of("role", "parts");
    private static final Set<String> OF_FEEDBACK = Set.of("blockReason", "blockReasonMessage", "safetyRatings");
    private static final Set<String> OF_CANDIDATE = Set.of(
            "index",
            "content",
            "finishReason",
            "finishMessage",
            "safetyRatings",
            "tokenCount",
            "avgLogprobs",
            "logprobsResult",
            "groundingMetadata",
            "groundingAttributions",
            "citationMetadata",
            "urlContextMetadata");

    private final AnswerContext context;
    private final Map<Integer, Candidate> candidates = new TreeMap<>();
    private @Nullable Usage usage;
    private boolean sure = true;
    private boolean begun;
    private boolean ended;
    private byte[] errorBody = new byte[0];

    GeminiEventReader(AnswerContext context) {
        this.context = context;
    }

    /** One answer of possibly several. Confined to one answer. */
    private static final class Candidate {
        private final GeminiPartReader parts;
        private final GeminiSources sources;
        private @Nullable Stop stop;
        private @Nullable String detail;
        private String failure = "";

        Candidate(AnswerContext context, int index) {
            this.parts = new GeminiPartReader(context, index);
            this.sources = new GeminiSources(parts.said(), context.losses());
        }
    }

    @Override
    public Read read(JsonNode json, Consumer<StreamEvent> sink) {
        if (!json.isArray()) {
            return chunk(json, sink);
        }
        for (JsonNode chunk : json) {
            if (chunk(chunk, sink) == Read.ERROR) {
                return Read.ERROR;
            }
        }
        return Read.PART;
    }

    private Read chunk(JsonNode chunk, Consumer<StreamEvent> sink) {
        if (chunk.has("error")) {
            OutBuffer out = new OutBuffer(128);
            new JsonOut(out).tree(chunk);
            errorBody = out.toByteArray();
            return Read.ERROR;
        }
        context.losses().others(chunk, KNOWN, "");
        context.losses().others(chunk, "promptFeedback", OF_FEEDBACK, "");
        if (chunk.path("usageMetadata").isObject()) {
            Usage seen = GeminiUsage.decode(chunk.path("usageMetadata"));
            usage = seen == null ? usage : seen;
            sure = seen == null ? sure : GeminiUsage.isSure(chunk.path("usageMetadata"));
        }
        if (!begun) {
            begun = true;
            sink.accept(new StreamEvent.Begin(chunk.path("responseId").textValue(), usage));
        }
        String blocked = chunk.path("promptFeedback").path("blockReason").asText("");
        if (!blocked.isEmpty()) {
            String why = chunk.path("promptFeedback").path("blockReasonMessage").asText("");
            Candidate candidate = candidate(0);
            candidate.stop = Stop.REFUSED;
            candidate.detail = "The prompt was blocked (" + blocked + ")." + (why.isEmpty() ? "" : " " + why);
        }
        for (JsonNode candidate : chunk.path("candidates")) {
            candidate(candidate, sink);
        }
        return Read.PART;
    }

    private Candidate candidate(int index) {
        return candidates.computeIfAbsent(index, i -> new Candidate(context, i));
    }

    private void candidate(JsonNode json, Consumer<StreamEvent> sink) {
        int index = json.path("index").asInt(0);
        if (candidates.size() >= MAX_CANDIDATES && !candidates.containsKey(index)) {
            throw new MalformedAnswerException("the response has more than " + MAX_CANDIDATES + " candidates");
        }
        context.losses().others(json, OF_CANDIDATE, "candidates[]");
        context.losses().others(json, "content", OF_CONTENT, "candidates[]");
        Candidate candidate = candidate(index);
        for (JsonNode part : json.path("content").path("parts")) {
            candidate.parts.read(part, sink);
        }
        candidate.sources.take(json);
        JsonNode chosen = json.path("logprobsResult").path("chosenCandidates");
        if (chosen.isArray() && !chosen.isEmpty()) {
            sink.accept(new StreamEvent.Logprobs(index, logprobs(json.path("logprobsResult"))));
        }
        String reason = json.path("finishReason").asText("");
        if (!reason.isEmpty()) {
            stopped(candidate, reason, json.path("finishMessage").asText(""));
        }
    }

    private void stopped(Candidate candidate, String reason, String message) {
        candidate.stop = stop(reason);
        candidate.detail = null;
        if (candidate.stop == Stop.REFUSED) {
            candidate.detail = message.isEmpty() ? "blocked: " + reason : message;
        } else if (candidate.stop == Stop.FAILED) {
            candidate.failure = message.isEmpty() ? reason : reason + ": " + message;
            if (candidate.parts.calls() == 0 && candidates.size() == 1) {
                throw new GaveUpException("the model gave up: " + candidate.failure);
            }
        } else if (!message.isEmpty()) {
            context.losses().dropped("candidates[]", "finishMessage");
        }
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
                    "MODEL_ARMOR",
                    "PUP_LIMITED_DISABLED",
                    "IMAGE_SAFETY",
                    "IMAGE_PROHIBITED_CONTENT",
                    "IMAGE_RECITATION" -> Stop.REFUSED;
            case "MALFORMED_FUNCTION_CALL",
                    "UNEXPECTED_TOOL_CALL",
                    "TOO_MANY_TOOL_CALLS",
                    "MALFORMED_RESPONSE",
                    "MISSING_THOUGHT_SIGNATURE" -> Stop.FAILED;
            default -> Stop.UNKNOWN;
        };
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
        into.put("logprob", from.path("logProbability").asDouble(VERY_UNLIKELY));
        into.putNull("bytes");
        return into;
    }

    @Override
    public boolean endOfWhole(Consumer<StreamEvent> sink) {
        for (Candidate candidate : candidates.values()) {
            candidate.stop = candidate.stop == null ? Stop.UNKNOWN : candidate.stop;
        }
        return end(sink);
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
            boolean called = candidate.parts.calls() > 0;
            if (stop == Stop.FAILED) {
                failed(candidate, called, sink);
                stop = Stop.UNKNOWN;
            }
            candidate.sources.end(index, sink);
            boolean calling = called && (stop == Stop.DONE || stop == Stop.UNKNOWN);
            sink.accept(new StreamEvent.Ended(index, calling ? Stop.TOOL_USE : stop, candidate.detail));
        });
        return true;
    }

    /** One of several answers cannot be read: the provider's words in its place, unless calls came that can be. */
    private void failed(Candidate candidate, boolean called, Consumer<StreamEvent> sink) {
        context.losses().adjusted("candidates[]", "finishReason");
        if (called && candidate.failure.contains(": ")) {
            context.losses().dropped("candidates[]", "finishMessage");
        }
        if (!called) {
            candidate.parts.say("The model's response could not be read (" + candidate.failure + ").", sink);
        }
    }

    @Override
    public boolean usageComplete() {
        return sure;
    }

    @Override
    public byte[] errorBody() {
        return errorBody;
    }
}
