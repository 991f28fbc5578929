package io.llmgateway.converters.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.llmgateway.converters.Unanswered;
import io.llmgateway.converters.canonical.Stop;
import io.llmgateway.converters.canonical.StreamEvent;
import io.llmgateway.converters.hub.AnswerContext;
import io.llmgateway.converters.hub.Arguments;
import io.llmgateway.converters.hub.EventReader;
import io.llmgateway.converters.hub.Losses;
import io.llmgateway.converters.hub.MalformedAnswerException;
import io.llmgateway.model.Usage;
import io.llmgateway.wire.JsonOut;
import io.llmgateway.wire.OutBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads Anthropic's answers: the events of a stream, or a whole message. Blocks and events it does not know are passed
 * over. Confined to one answer.
 */
final class AnthropicEventReader implements EventReader {
    private static final int MAX_OPEN_BLOCKS = 1_024;

    private static final Set<String> OF_MESSAGE = Set.of(
            "id", "type", "role", "model", "content", "stop_reason", "stop_sequence", "stop_details", "usage", "error");
    private static final Set<String> OF_BLOCK = Set.of(
            "type",
            "text",
            "citations",
            "thinking",
            "signature",
            "data",
            "id",
            "name",
            "input",
            "caller",
            "content",
            "tool_use_id");
    private static final Set<String> TOLD =
            Set.of("text", "thinking", "redacted_thinking", "tool_use", "web_search_tool_result");
    private static final Set<String> OF_STOP = Set.of("type", "category", "explanation");

    private final AnswerContext context;
    private final Losses losses;
    private final AnthropicSources sources;
    private final AnthropicUsage usage = new AnthropicUsage();
    private final Map<Integer, Block> blocks = new HashMap<>();
    private final Set<String> ids = new HashSet<>();
    private int calls;
    private boolean spoke;
    private boolean begun;
    private boolean stopped;
    private @Nullable Stop stop;
    private @Nullable String detail;
    private byte[] errorBody = new byte[0];

    /** An open content block. Confined to one stream. */
    private static final class Block {
        private int call = -1;
        private boolean argumentsSeen;
        private boolean text;
        private JsonNode input = MissingNode.getInstance();
    }

    AnthropicEventReader(AnswerContext context) {
        this.context = context;
        this.losses = context.losses();
        this.sources = new AnthropicSources(losses);
    }

    @Override
    public Read read(JsonNode json, Consumer<StreamEvent> sink) {
        switch (json.path("type").asText()) {
            case "message_start" -> begin(json.path("message"), sink);
            case "content_block_start" -> blockStart(json, sink);
            case "content_block_delta" -> blockDelta(json, sink);
            case "ping" -> {
                // only keeps the connection
            }
            case "content_block_stop" -> blockStop(json.path("index").asInt(), sink);
            case "message_delta" -> messageDelta(json, sink);
            case "message_stop" -> {
                if (stop == null && (spoke || calls > 0)) {
                    stop = Stop.UNKNOWN;
                }
                return end(sink) ? Read.CLOSED : failed("the stream stopped without a reason");
            }
            case "message" -> {
                return whole(json, sink);
            }
            case "error" -> {
                return error(json);
            }
            default -> {
                if (json.path("error").isObject() || (!json.has("type") && Unanswered.isError(json))) {
                    // servers of other protocols under this path
                    return error(json);
                }
                losses.dropped("", json.path("type").asText("type"));
            }
        }
        return Read.PART;
    }

    private Read error(JsonNode json) {
        OutBuffer out = new OutBuffer(128);
        new JsonOut(out).tree(json);
        errorBody = out.toByteArray();
        return Read.ERROR;
    }

    private Read failed(String message) {
        errorBody = EventReader.error("api_error", message);
        return Read.ERROR;
    }

    private void begin(JsonNode message, Consumer<StreamEvent> sink) {
        losses.others(message, OF_MESSAGE, "");
        if (message.path("usage").isObject()) {
            usage.seeFirst(message.path("usage"));
        }
        if (!begun) {
            begun = true;
            sink.accept(new StreamEvent.Begin(message.path("id").textValue(), usage.usage()));
        }
    }

    private void beginLate(Consumer<StreamEvent> sink) {
        if (!begun) {
            begun = true;
            sink.accept(new StreamEvent.Begin(null, null));
        }
    }

    private void blockStart(JsonNode json, Consumer<StreamEvent> sink) {
        beginLate(sink);
        block(json.path("index").asInt(), json.path("content_block"), sink);
    }

    private void block(int index, JsonNode content, Consumer<StreamEvent> sink) {
        Block block = new Block();
        blocks.put(index, block);
        if (blocks.size() > MAX_OPEN_BLOCKS) {
            throw new MalformedAnswerException("the response has more than " + MAX_OPEN_BLOCKS + " open blocks");
        }
        String type = content.path("type").asText();
        if (TOLD.contains(type)) {
            losses.others(content, OF_BLOCK, "content[]");
        }
        switch (type) {
            case "text" -> {
                block.text = true;
                sources.begin();
                text(content.path("text").asText(""), sink);
                content.path("citations").forEach(sources::cited);
            }
            case "thinking" -> {
                reasoning(content.path("thinking").asText(""), sink);
                signature(content.path("signature").asText(""), sink);
            }
            case "redacted_thinking" ->
                sink.accept(new StreamEvent.ReasoningRedacted(
                        0, content.path("data").asText("")));
            case "tool_use" -> callStart(block, content, sink);
            case "web_search_tool_result" -> {
                sources.found(content.path("content"), sink);
                if (!content.path("content").isArray()) {
                    losses.dropped("content[]", type);
                }
            }
            default -> losses.dropped("content[]", type);
        }
    }

    private void callStart(Block block, JsonNode content, Consumer<StreamEvent> sink) {
        block.call = calls++;
        block.input = content.path("input");
        String given = content.path("id").asText("");
        // servers that only speak like Anthropic's leave ids out, or repeat them
        String id = given.isEmpty() || !ids.add(given) ? context.newId("call_") : given;
        sink.accept(new StreamEvent.CallBegin(
                0, block.call, id, content.path("name").asText(""), null));
    }

    private void text(String text, Consumer<StreamEvent> sink) {
        if (!text.isEmpty()) {
            spoke = true;
            sources.said(text);
            sink.accept(new StreamEvent.TextDelta(0, text));
        }
    }

    private static void reasoning(String text, Consumer<StreamEvent> sink) {
        if (!text.isEmpty()) {
            sink.accept(new StreamEvent.ReasoningDelta(0, text));
        }
    }

    private static void signature(String signature, Consumer<StreamEvent> sink) {
        if (!signature.isEmpty()) {
            sink.accept(new StreamEvent.ReasoningSigned(0, signature));
        }
    }

    private void blockDelta(JsonNode json, Consumer<StreamEvent> sink) {
        beginLate(sink);
        JsonNode delta = json.path("delta");
        switch (delta.path("type").asText()) {
            case "text_delta" -> text(delta.path("text").asText(""), sink);
            case "thinking_delta" -> reasoning(delta.path("thinking").asText(""), sink);
            case "signature_delta" -> signature(delta.path("signature").asText(""), sink);
            case "input_json_delta" -> {
                Block block = blocks.get(json.path("index").asInt());
                String piece = delta.path("partial_json").asText("");
                if (block == null && !piece.isEmpty()) {
                    losses.dropped("content[]", "input");
                }
                if (block != null && block.call >= 0 && !piece.isEmpty()) {
                    block.argumentsSeen = true;
                    sink.accept(new StreamEvent.CallDelta(0, block.call, piece));
                }
            }
            case "citations_delta" -> sources.cited(delta.path("citation"));
            default -> losses.dropped("content[]", delta.path("type").asText("delta"));
        }
    }

    private void blockStop(int index, Consumer<StreamEvent> sink) {
        Block block = blocks.remove(index);
        if (block != null && block.text) {
            sources.end(sink);
        }
        if (block == null || block.call < 0) {
            return;
        }
        if (!block.argumentsSeen) {
            sink.accept(new StreamEvent.CallDelta(0, block.call, Arguments.written(block.input)));
        }
        sink.accept(new StreamEvent.CallEnd(0, block.call));
    }

    private void messageDelta(JsonNode json, Consumer<StreamEvent> sink) {
        beginLate(sink);
        if (json.path("usage").isObject()) {
            usage.see(json.path("usage"));
            Usage seen = usage.usage();
            if (seen != null) {
                sink.accept(new StreamEvent.Used(seen));
            }
        }
        losses.others(json.path("delta"), OF_MESSAGE, "");
        stop(json.path("delta"));
    }

    private void stop(JsonNode holder) {
        losses.others(holder, "stop_details", OF_STOP, "");
        String reason = holder.path("stop_reason").asText("");
        if (reason.isEmpty() || "null".equals(reason)) {
            return;
        }
        stop = switch (reason) {
            case "end_turn" -> Stop.DONE;
            case "stop_sequence" -> Stop.STOP_SEQUENCE;
            case "max_tokens" -> Stop.LENGTH;
            case "model_context_window_exceeded" -> Stop.CONTEXT_FULL;
            case "tool_use" -> Stop.TOOL_USE;
            case "pause_turn" -> Stop.PAUSE;
            case "refusal" -> Stop.REFUSED;
            default -> Stop.UNKNOWN;
        };
        if (stop != Stop.REFUSED && holder.path("stop_details").hasNonNull("explanation")) {
            losses.dropped("stop_details", "explanation");
        }
        detail = stop == Stop.REFUSED
                ? holder.path("stop_details").path("explanation").textValue()
                : holder.path("stop_sequence").textValue();
    }

    private Read whole(JsonNode message, Consumer<StreamEvent> sink) {
        begin(message, sink);
        if (message.path("usage").isObject()) {
            usage.see(message.path("usage"));
        }
        text(message.path("content").asText(""), sink);
        int index = 0;
        for (JsonNode content : message.path("content")) {
            block(index, content, sink);
            blockStop(index++, sink);
        }
        stop(message);
        if (stop == null) {
            stop = calls > 0 ? Stop.TOOL_USE : Stop.UNKNOWN;
        }
        return end(sink) ? Read.CLOSED : failed("the message has no end");
    }

    @Override
    public boolean usageComplete() {
        return usage.complete();
    }

    @Override
    public boolean end(Consumer<StreamEvent> sink) {
        if (stop == null) {
            return false;
        }
        if (!stopped) {
            stopped = true;
            sources.end(sink);
            Usage seen = usage.usage();
            if (seen != null) {
                sink.accept(new StreamEvent.Used(seen));
            }
            sink.accept(new StreamEvent.Ended(0, honest(stop), detail));
        }
        return true;
    }

    /** Tools were called exactly when there are calls. */
    private Stop honest(Stop said) {
        if (said == Stop.DONE && calls > 0) {
            return Stop.TOOL_USE;
        }
        boolean unsure = said == Stop.UNKNOWN || said == Stop.TOOL_USE;
        return unsure ? calls > 0 ? Stop.TOOL_USE : said == Stop.UNKNOWN ? said : Stop.DONE : said;
    }

    @Override
    public byte[] errorBody() {
        return errorBody;
    }
}
