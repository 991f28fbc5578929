package io.llmgateway.converters.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.llmgateway.converters.DeltaScan;
import io.llmgateway.converters.StreamTranslator;
import io.llmgateway.converters.Unanswered;
import io.llmgateway.converters.UsageJson;
import io.llmgateway.model.Usage;
import io.llmgateway.wire.OutBuffer;
import io.llmgateway.wire.SseReader;
import io.llmgateway.wire.TopLevelFields;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Relays the events of one message stream byte for byte. Usage is read from the two events that carry it; all others
 * are told apart by their type alone. Confined to one stream.
 */
final class AnthropicStreamRelay implements StreamTranslator {
    private static final int TYPE = 0;
    private static final int ERROR_OBJECT = 1;
    private static final byte[] MESSAGE_START = ascii("\"message_start\"");
    private static final byte[] BLOCK_START = ascii("\"content_block_start\"");
    private static final byte[] BLOCK_DELTA = ascii("\"content_block_delta\"");
    private static final byte[] BLOCK_STOP = ascii("\"content_block_stop\"");
    private static final byte[] MESSAGE_DELTA = ascii("\"message_delta\"");
    private static final byte[] MESSAGE_STOP = ascii("\"message_stop\"");
    private static final byte[] ERROR = ascii("\"error\"");
    private static final byte[] STOP_EVENT = ascii("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n");

    private final TopLevelFields fields = new TopLevelFields("type", "error");
    private final AnthropicUsage usage = new AnthropicUsage();
    private long broken;
    private boolean contentSeen;
    private boolean stopReasonSeen;
    private boolean stopped;
    private byte[] errorBody = new byte[0];

    @Override
    public Step translate(SseReader event, OutBuffer out) {
        if (stopped) {
            return Step.CLOSING;
        }
        if (!event.hasData()) {
            out.write(event.bytes(), event.rawStart(), event.rawEnd() - event.rawStart());
            return Step.KEEP_ALIVE;
        }
        byte[] error = UsageJson.errorOf(event);
        if (error != null) {
            errorBody = error;
            return Step.ERROR;
        }
        Step step = classify(event.dataBytes(), event.dataStart(), event.dataEnd());
        if (event.bare() && step != Step.ERROR) {
            // no event: a whole answer instead of a stream, which no client of a stream can read
            return Step.KEEP_ALIVE;
        }
        if (step != Step.ERROR) {
            out.write(event.bytes(), event.rawStart(), event.rawEnd() - event.rawStart());
        }
        return step;
    }

    private boolean scanned(byte[] json, int start, int end) {
        boolean object = fields.scan(json, start, end);
        broken += start < end && !fields.closed() ? 1 : 0;
        return object;
    }

    private Step classify(byte[] json, int start, int end) {
        if (!scanned(json, start, end)) {
            return Step.KEEP_ALIVE;
        }
        if (fields.start(TYPE) < 0) {
            return untyped(json, start, end);
        }
        if (is(json, BLOCK_DELTA)) {
            if (contentSeen && DeltaScan.saysNothing(json, start, end)) {
                return Step.KEEP_ALIVE;
            }
            contentSeen = true;
            return Step.CONTENT;
        }
        if (is(json, BLOCK_START)) {
            contentSeen = contentSeen || hasContent(UsageJson.object(json, start, end));
            return contentSeen ? Step.CONTENT : Step.OPENING;
        }
        if (is(json, MESSAGE_START)) {
            JsonNode message = UsageJson.object(json, start, end);
            if (message != null && message.path("message").path("usage").isObject()) {
                usage.seeFirst(message.path("message").path("usage"));
            }
            return Step.OPENING;
        }
        if (is(json, MESSAGE_DELTA)) {
            messageDelta(UsageJson.object(json, start, end));
            return Step.CONTENT;
        }
        if (is(json, MESSAGE_STOP)) {
            stopped = true;
            return Step.CONTENT;
        }
        if (is(json, ERROR)) {
            errorBody = Arrays.copyOfRange(json, start, end);
            return Step.ERROR;
        }
        return is(json, BLOCK_STOP) ? Step.CLOSING : Step.KEEP_ALIVE;
    }

    /** Servers of other protocols send errors under this path in their own shape. */
    private Step untyped(byte[] json, int start, int end) {
        if (!fields.beginsWith(json, ERROR_OBJECT, '{') && !Unanswered.isError(json, start, end)) {
            return Step.KEEP_ALIVE;
        }
        errorBody = Arrays.copyOfRange(json, start, end);
        return Step.ERROR;
    }

    /** A block of text or reasoning begins empty; a call has a name. */
    private static boolean hasContent(@Nullable JsonNode event) {
        JsonNode block = event == null ? MissingNode.getInstance() : event.path("content_block");
        return switch (block.path("type").asText()) {
            case "text", "thinking" ->
                !block.path("text").asText("").isEmpty()
                        || !block.path("thinking").asText("").isEmpty();
            default -> true;
        };
    }

    private void messageDelta(@Nullable JsonNode event) {
        if (event == null) {
            return;
        }
        stopReasonSeen |= event.path("delta").path("stop_reason").isTextual();
        if (event.path("usage").isObject()) {
            usage.see(event.path("usage"));
        }
    }

    @Override
    public boolean finish(OutBuffer out) {
        if (!stopped && stopReasonSeen) {
            out.write(STOP_EVENT);
            stopped = true;
        }
        return stopped;
    }

    @Override
    public boolean ended() {
        return stopped;
    }

    @Override
    public @Nullable Usage usage() {
        return usage.usage();
    }

    @Override
    public boolean usageComplete() {
        Usage known = usage.usage();
        return known != null && usage.complete() && UsageJson.isCredible(known, contentSeen);
    }

    @Override
    public long brokenEvents() {
        return broken;
    }

    @Override
    public byte[] errorBody() {
        return errorBody;
    }

    private boolean is(byte[] json, byte[] type) {
        return Arrays.equals(json, fields.start(TYPE), fields.end(TYPE), type, 0, type.length);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
