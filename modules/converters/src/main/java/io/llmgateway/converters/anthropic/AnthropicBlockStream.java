package io.llmgateway.converters.anthropic;

import io.llmgateway.converters.canonical.Citation;
import io.llmgateway.converters.hub.AnswerContext;
import io.llmgateway.converters.hub.PackedSignature;
import io.llmgateway.model.Usage;
import io.llmgateway.wire.JsonOut;
import io.llmgateway.wire.OutBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Writes the events of one message stream: blocks with dense indexes, opened by their first content and closed before
 * the next. Confined to one stream.
 */
final class AnthropicBlockStream {
    private static final byte[] PING = ascii("event: ping\ndata: {\"type\":\"ping\"}\n\n");
    private static final byte[] START = ascii("event: message_start\ndata: ");
    private static final byte[] BLOCK_START = ascii("event: content_block_start\ndata: ");
    private static final byte[] BLOCK_DELTA = ascii("event: content_block_delta\ndata: ");
    private static final byte[] BLOCK_STOP = ascii("event: content_block_stop\ndata: ");
    private static final byte[] MESSAGE_DELTA = ascii("event: message_delta\ndata: ");
    private static final byte[] STOP = ascii("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n");

    private final AnswerContext context;
    private OutBuffer out = new OutBuffer(0);
    private boolean begun;
    private Open open = Open.NOTHING;
    private boolean signed;
    private int next;

    /** What kind of block is open. */
    private enum Open {
        NOTHING,
        TEXT,
        THINKING,
        CALL
    }

    AnthropicBlockStream(AnswerContext context) {
        this.context = context;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Where the next events go. */
    void to(OutBuffer buffer) {
        out = buffer;
    }

    void begin(@Nullable String upstreamId, @Nullable Usage usage) {
        if (begun) {
            return;
        }
        begun = true;
        JsonOut json = event(START).field("type", "message_start").object("message");
        json.field("id", context.answerId("msg_", upstreamId))
                .field("type", "message")
                .field("role", "assistant");
        json.field("model", context.model()).array("content").endArray().field("stop_reason", (String) null);
        json.field("stop_sequence", (String) null)
                .field("stop_details", (String) null)
                .name("usage");
        Usage known = usage == null || usage.total() == 0 ? new Usage(context.estimatedInput(), 0, 0, 0, 0) : usage;
        AnthropicStop.usage(
                json, new Usage(known.inputUncached(), known.inputCacheRead(), known.inputCacheWrite(), 0, 0));
        json.endObject();
        close(json);
        out.write(PING);
    }

    void text(String text) {
        if (open != Open.TEXT) {
            closeBlock();
            // no citations here: the official Java SDK can add the first one to a missing list, not to null
            JsonOut json = blockStart().field("type", "text").field("text", "");
            json.endObject();
            close(json);
            open = Open.TEXT;
        }
        JsonOut json = delta().field("type", "text_delta").field("text", text).endObject();
        close(json);
    }

    /** A source of the open text; false when no text is open. */
    boolean cite(Citation citation) {
        if (open != Open.TEXT) {
            return false;
        }
        JsonOut json = delta().field("type", "citations_delta").name("citation");
        AnthropicCitations.write(json, citation);
        json.endObject();
        close(json);
        return true;
    }

    void thinking(String text) {
        openThinking();
        JsonOut json =
                delta().field("type", "thinking_delta").field("thinking", text).endObject();
        close(json);
    }

    private void openThinking() {
        if (open == Open.THINKING && !signed) {
            return;
        }
        closeBlock();
        JsonOut json =
                blockStart().field("type", "thinking").field("thinking", "").field("signature", "");
        json.endObject();
        close(json);
        open = Open.THINKING;
        signed = false;
    }

    /** Ends the open reasoning with its proof; a proof alone makes a block without text. */
    void sign(String signature) {
        openThinking();
        JsonOut json = delta().field("type", "signature_delta")
                .field("signature", signature)
                .endObject();
        close(json);
        signed = true;
    }

    /** The proof of the call that comes next. */
    void signForCall(String signature) {
        sign(signature);
        closeBlock();
    }

    void redacted(String data) {
        closeBlock();
        JsonOut json = blockStart()
                .field("type", "redacted_thinking")
                .field("data", data)
                .endObject();
        close(json);
        stopBlock();
    }

    void callStart(String id, String name) {
        closeBlock();
        JsonOut json = blockStart().field("type", "tool_use").field("id", id).field("name", name);
        json.object("input").endObject().endObject();
        close(json);
        open = Open.CALL;
    }

    void callDelta(String piece) {
        JsonOut json = delta().field("type", "input_json_delta")
                .field("partial_json", piece)
                .endObject();
        close(json);
    }

    void closeBlock() {
        if (open == Open.NOTHING) {
            return;
        }
        if (open == Open.THINKING && !signed) {
            // the client must bring a signature back; this one tells that Anthropic did not sign
            sign(PackedSignature.PLAIN);
        }
        stopBlock();
    }

    private void stopBlock() {
        JsonOut json = event(BLOCK_STOP).field("type", "content_block_stop").field("index", next);
        close(json);
        next++;
        open = Open.NOTHING;
    }

    void finish(AnthropicStop stop, Usage usage) {
        begin(null, null);
        closeBlock();
        JsonOut json = event(MESSAGE_DELTA).field("type", "message_delta").object("delta");
        stop.write(json);
        AnthropicStop.usage(json.endObject().name("usage"), usage);
        close(json);
        out.write(STOP);
    }

    private JsonOut event(byte[] head) {
        return new JsonOut(out.write(head)).object();
    }

    private JsonOut blockStart() {
        begin(null, null);
        return event(BLOCK_START)
                .field("type", "content_block_start")
                .field("index", next)
                .object("content_block");
    }

    private JsonOut delta() {
        return event(BLOCK_DELTA)
                .field("type", "content_block_delta")
                .field("index", next)
                .object("delta");
    }

    private void close(JsonOut json) {
        json.endObject();
        out.write('\n').write('\n');
    }
}
