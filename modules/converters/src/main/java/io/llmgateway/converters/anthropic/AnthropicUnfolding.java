package io.llmgateway.converters.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.llmgateway.converters.UnfoldedAnswer;
import io.llmgateway.model.Usage;
import io.llmgateway.wire.JsonOut;
import io.llmgateway.wire.MemoryMeter;
import io.llmgateway.wire.OutBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells a whole message as the events of a message stream, each block in one delta. Usage that the provider did not
 * count is estimated, since official SDKs need it in both places where streams have it. Confined to one answer.
 */
final class AnthropicUnfolding extends UnfoldedAnswer {
    private static final int BYTES_PER_TOKEN = 4;
    private static final Set<String> ENDING = Set.of("stop_reason", "stop_sequence", "stop_details", "container");
    private static final byte[] PING = ascii("event: ping\ndata: {\"type\":\"ping\"}\n\n");
    private static final byte[] STOP = ascii("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n");

    private final long requestTokens;
    private @Nullable Usage estimate;

    /**
     * An answer to hold.
     *
     * @param requestBytes how long the request was
     */
    AnthropicUnfolding(int requestBytes, MemoryMeter meter) {
        super(new AnthropicAnswerRelay(), meter);
        this.requestTokens = Math.max(1, requestBytes / BYTES_PER_TOKEN);
    }

    @Override
    protected void tell(ObjectNode answer, int bytes, OutBuffer out) {
        ObjectNode usage = usage(answer, said(answer.path("content")));
        start(answer, usage, out);
        out.write(PING);
        int index = 0;
        JsonNode content = answer.path("content");
        if (content.isTextual()) {
            block(answer.objectNode().put("type", "text").set("text", content), index, out);
        }
        for (JsonNode block : content) {
            if (block instanceof ObjectNode object) {
                block(object, index++, out);
            }
        }
        JsonOut json = event("message_delta", out).object("delta");
        json.field("stop_reason", stop(answer)).field("stop_sequence", answer.path("stop_sequence"));
        for (Map.Entry<String, JsonNode> member : answer.properties()) {
            boolean other =
                    !member.getKey().equals("stop_reason") && !member.getKey().equals("stop_sequence");
            if (other && ENDING.contains(member.getKey())) {
                json.field(member.getKey(), member.getValue());
            }
        }
        close(json.endObject().field("usage", usage), out);
        out.write(STOP);
    }

    private static void start(ObjectNode answer, ObjectNode usage, OutBuffer out) {
        JsonOut json = event("message_start", out).object("message");
        if (!answer.has("type")) {
            json.field("type", "message");
        }
        for (Map.Entry<String, JsonNode> member : answer.properties()) {
            if (!ENDING.contains(member.getKey()) && !Set.of("content", "usage").contains(member.getKey())) {
                json.field(member.getKey(), member.getValue());
            }
        }
        json.array("content").endArray();
        json.field("stop_reason", (String) null).field("stop_sequence", (String) null);
        ObjectNode first = usage.deepCopy();
        close(json.field("usage", first.put("output_tokens", 0)).endObject(), out);
    }

    private ObjectNode usage(ObjectNode answer, long bytes) {
        if (answer.path("usage") instanceof ObjectNode counted && usageComplete()) {
            return counted;
        }
        ObjectNode told = answer.path("usage") instanceof ObjectNode some ? some.deepCopy() : answer.objectNode();
        Usage counted = usage();
        Usage known = counted == null ? Usage.NONE : counted;
        Usage full = new Usage(
                known.input() == 0 ? requestTokens : known.inputUncached(),
                known.inputCacheRead(),
                known.inputCacheWrite(),
                known.output() == 0 ? Math.max(1, bytes / BYTES_PER_TOKEN) : known.output(),
                known.reasoning());
        estimate = full;
        return told.put("input_tokens", full.inputUncached()).put("output_tokens", full.output());
    }

    /** The bytes of what the model said: text, thoughts and arguments, not the JSON around them. */
    private static long said(JsonNode content) {
        long bytes = bytes(content);
        for (JsonNode block : content) {
            JsonNode input = block.path("input");
            bytes += bytes(block.path("text")) + bytes(block.path("thinking"));
            bytes += input.isContainerNode() ? bytes(JsonOut.text(input)) : bytes(input);
        }
        return bytes;
    }

    private static long bytes(JsonNode text) {
        return text.isTextual() ? bytes(text.textValue()) : 0;
    }

    private static long bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private static void block(ObjectNode block, int index, OutBuffer out) {
        ObjectNode start = block.deepCopy();
        JsonNode citations = start.path("citations");
        switch (block.path("type").asText()) {
            case "text" -> {
                start.put("text", "");
                if (citations.isArray() || citations.isNull()) {
                    start.remove("citations");
                }
            }
            case "thinking" -> start.put("thinking", "").put("signature", "");
            case "tool_use", "server_tool_use", "mcp_tool_use" -> start.set("input", block.objectNode());
            default -> {
                // begins and ends whole
            }
        }
        close(event("content_block_start", out).field("index", index).field("content_block", start), out);
        switch (block.path("type").asText()) {
            case "text" -> {
                for (JsonNode citation : citations instanceof ArrayNode all ? all : block.arrayNode()) {
                    delta(index, "citations_delta", "citation", citation, out);
                }
                delta(index, "text_delta", "text", block.path("text"), out);
            }
            case "thinking" -> {
                delta(index, "thinking_delta", "thinking", block.path("thinking"), out);
                delta(index, "signature_delta", "signature", block.path("signature"), out);
            }
            case "tool_use", "server_tool_use", "mcp_tool_use" -> {
                JsonNode input = block.path("input").isMissingNode() ? block.objectNode() : block.path("input");
                String text = input.isTextual() ? input.textValue() : JsonOut.text(input);
                delta(index, "input_json_delta", "partial_json", block.textNode(text), out);
            }
            default -> {
                // was told with its beginning
            }
        }
        close(event("content_block_stop", out).field("index", index), out);
    }

    private static void delta(int index, String type, String field, JsonNode value, OutBuffer out) {
        if (!value.isMissingNode() && !value.isNull()) {
            JsonOut json =
                    event("content_block_delta", out).field("index", index).object("delta");
            close(json.field("type", type).field(field, value).endObject(), out);
        }
    }

    /** A stream has no end without a reason. */
    private static String stop(ObjectNode answer) {
        String reason = answer.path("stop_reason").asText("");
        if (!reason.isEmpty() && !"null".equals(reason)) {
            return reason;
        }
        for (JsonNode block : answer.path("content")) {
            if ("tool_use".equals(block.path("type").asText())) {
                return "tool_use";
            }
        }
        return "end_turn";
    }

    private static JsonOut event(String type, OutBuffer out) {
        out.write(ascii("event: " + type + "\ndata: "));
        return new JsonOut(out).object().field("type", type);
    }

    private static void close(JsonOut json, OutBuffer out) {
        json.endObject();
        out.write('\n').write('\n');
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public @Nullable Usage told() {
        return estimate;
    }
}
