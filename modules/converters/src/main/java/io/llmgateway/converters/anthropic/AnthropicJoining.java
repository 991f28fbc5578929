package io.llmgateway.converters.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.llmgateway.converters.JoinedStream;
import io.llmgateway.converters.hub.Arguments;
import io.llmgateway.wire.JsonOut;
import io.llmgateway.wire.OutBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Puts the events of a message stream together to one message, with all their fields, for a client that asked for no
 * stream. Confined to one stream.
 */
final class AnthropicJoining extends JoinedStream {
    private static final int MAX_BLOCKS = 4_096;

    private final Map<Integer, Block> blocks = new TreeMap<>();
    private ObjectNode message = JsonNodeFactory.instance.objectNode();

    /** One block. Confined to one stream. */
    private static final class Block {
        private final ObjectNode begun;
        private final Map<String, StringBuilder> texts = new LinkedHashMap<>();
        private final StringBuilder input = new StringBuilder();

        Block(ObjectNode begun) {
            this.begun = begun;
        }

        void take(JsonNode delta) {
            for (Map.Entry<String, JsonNode> member : delta.properties()) {
                JsonNode value = member.getValue();
                switch (member.getKey()) {
                    case "type" -> {
                        // the members say what it is
                    }
                    case "partial_json" -> input.append(value.asText(""));
                    case "citation" -> citations().add(value);
                    default -> other(member.getKey(), value);
                }
            }
        }

        private ArrayNode citations() {
            return begun.path("citations") instanceof ArrayNode list ? list : begun.putArray("citations");
        }

        private void other(String name, JsonNode value) {
            if (value.isTextual()) {
                texts.computeIfAbsent(name, n -> new StringBuilder(begun.path(n).asText("")))
                        .append(value.textValue());
            } else {
                begun.set(name, value);
            }
        }

        ObjectNode whole() {
            texts.forEach((name, text) -> begun.put(name, text.toString()));
            if (!input.isEmpty()) {
                begun.set("input", Arguments.read(input.toString()));
            }
            return begun;
        }
    }

    AnthropicJoining() {
        super(new AnthropicStreamRelay(), "the stream has too many content blocks");
    }

    @Override
    protected boolean endsWithMark() {
        return false;
    }

    @Override
    protected boolean take(JsonNode event) {
        int index = event.path("index").asInt(0);
        switch (event.path("type").asText()) {
            case "message_start" -> {
                if (event.path("message") instanceof ObjectNode begun) {
                    message = begun;
                }
            }
            case "content_block_start" -> {
                if (event.path("content_block") instanceof ObjectNode begun) {
                    blocks.put(index, new Block(begun));
                }
            }
            case "content_block_delta" ->
                blocks.computeIfAbsent(index, i -> new Block(unnamed(event.path("delta"))))
                        .take(event.path("delta"));
            case "message_delta" -> ending(event);
            default -> {
                // pings and ends say nothing that is kept
            }
        }
        return blocks.size() <= MAX_BLOCKS;
    }

    /** A block that nobody has begun. */
    private static ObjectNode unnamed(JsonNode delta) {
        String type = "thinking_delta".equals(delta.path("type").asText()) ? "thinking" : "text";
        return JsonNodeFactory.instance.objectNode().put("type", type);
    }

    private void ending(JsonNode event) {
        for (Map.Entry<String, JsonNode> member : event.properties()) {
            switch (member.getKey()) {
                case "type" -> {
                    // is that of the event
                }
                case "delta" ->
                    member.getValue().properties().forEach(one -> message.set(one.getKey(), one.getValue()));
                case "usage" -> counted(member.getValue());
                default -> message.set(member.getKey(), member.getValue());
            }
        }
    }

    private void counted(JsonNode more) {
        ObjectNode usage = message.path("usage") instanceof ObjectNode known ? known : message.putObject("usage");
        more.properties().forEach(counter -> {
            boolean erases = counter.getValue().asLong(0) == 0
                    && usage.path(counter.getKey()).asLong(0) > 0;
            if (!erases && !counter.getValue().isNull()) {
                usage.set(counter.getKey(), counter.getValue());
            }
        });
    }

    @Override
    protected void write(OutBuffer out) {
        message.put("type", "message");
        if (!message.has("role")) {
            message.put("role", "assistant");
        }
        ArrayNode content = message.putArray("content");
        blocks.values().forEach(block -> content.add(block.whole()));
        new JsonOut(out).tree(message);
    }
}
