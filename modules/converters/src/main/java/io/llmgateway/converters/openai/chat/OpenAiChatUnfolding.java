package io.llmgateway.converters.openai.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.llmgateway.converters.UnfoldedAnswer;
import io.llmgateway.wire.JsonOut;
import io.llmgateway.wire.MemoryMeter;
import io.llmgateway.wire.OutBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;

/**
 * Tells a whole chat completion as chunks: each choice's message in one delta, then its finish reason, then usage when
 * the client asked for it. Confined to one answer.
 */
final class OpenAiChatUnfolding extends UnfoldedAnswer {
    private static final Set<String> OF_EVERY_CHUNK = Set.of("id", "created", "model", "system_fingerprint");
    private static final Set<String> ELSEWHERE =
            Set.of("id", "created", "model", "system_fingerprint", "object", "choices", "usage");
    private static final Set<String> OF_DELTA = Set.of("index", "message", "delta", "logprobs", "finish_reason");
    private static final byte[] DATA = "data: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] DONE = "data: [DONE]\n\n".getBytes(StandardCharsets.US_ASCII);

    private final boolean withUsage;

    OpenAiChatUnfolding(boolean withUsage, MemoryMeter meter) {
        super(new OpenAiChatAnswerRelay(), meter);
        this.withUsage = withUsage;
    }

    @Override
    protected void tell(ObjectNode answer, int bytes, OutBuffer out) {
        JsonNode choices = answer.path("choices");
        for (int i = 0; i < choices.size(); i++) {
            JsonNode choice = choices.get(i);
            JsonOut json = chunk(answer, out).object();
            json.field("index", choice.path("index").asInt(i)).object("delta");
            message(choice, json);
            json.endObject().field("logprobs", choice.path("logprobs"));
            json.field("finish_reason", (String) null).endObject().endArray();
            close(json, out);
        }
        for (int i = 0; i < choices.size(); i++) {
            JsonNode choice = choices.get(i);
            JsonOut json = chunk(answer, out).object();
            json.field("index", choice.path("index").asInt(i)).object("delta").endObject();
            others(choice, OF_DELTA, json);
            json.field("finish_reason", finish(choice)).endObject().endArray();
            if (i == choices.size() - 1) {
                others(answer, ELSEWHERE, json);
            }
            close(json, out);
        }
        if (withUsage && answer.path("usage").isObject()) {
            JsonOut json = chunk(answer, out).endArray().field("usage", answer.path("usage"));
            json.endObject();
            out.write('\n').write('\n');
        }
        out.write(DONE);
    }

    /** Opens a chunk and its list of choices. */
    private static JsonOut chunk(JsonNode answer, OutBuffer out) {
        JsonOut json = new JsonOut(out.write(DATA)).object();
        for (Map.Entry<String, JsonNode> member : answer.properties()) {
            if (OF_EVERY_CHUNK.contains(member.getKey())) {
                json.field(member.getKey(), member.getValue());
            }
        }
        return json.field("object", "chat.completion.chunk").array("choices");
    }

    private void close(JsonOut json, OutBuffer out) {
        if (withUsage) {
            json.field("usage", (String) null);
        }
        json.endObject();
        out.write('\n').write('\n');
    }

    private static void others(JsonNode holder, Set<String> elsewhere, JsonOut json) {
        for (Map.Entry<String, JsonNode> member : holder.properties()) {
            if (!elsewhere.contains(member.getKey())) {
                json.field(member.getKey(), member.getValue());
            }
        }
    }

    private static void message(JsonNode choice, JsonOut json) {
        JsonNode message = choice.path("message").isObject() ? choice.path("message") : choice.path("delta");
        json.field("role", message.path("role").asText("assistant"));
        for (Map.Entry<String, JsonNode> member : message.properties()) {
            if ("tool_calls".equals(member.getKey()) && member.getValue().isArray()) {
                calls(member.getValue(), json.array("tool_calls"));
                json.endArray();
            } else if (!"role".equals(member.getKey())) {
                json.field(member.getKey(), member.getValue());
            }
        }
    }

    private static void calls(JsonNode calls, JsonOut json) {
        for (int i = 0; i < calls.size(); i++) {
            json.object().field("index", i);
            others(calls.get(i), Set.of("index"), json);
            json.endObject();
        }
    }

    /** A stream has no end without a reason. */
    private static String finish(JsonNode choice) {
        String reason = choice.path("finish_reason").asText("");
        if (!reason.isEmpty() && !"null".equals(reason)) {
            return reason;
        }
        return choice.path("message").path("tool_calls").isEmpty() ? "stop" : "tool_calls";
    }
}
