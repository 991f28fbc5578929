package io.llmgateway.converters.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.converters.canonical.Stop;
import io.llmgateway.converters.canonical.StreamEvent;
import io.llmgateway.converters.hub.AnswerContext;
import io.llmgateway.converters.hub.AnswerFold;
import io.llmgateway.converters.hub.AnswerFold.Choice;
import io.llmgateway.converters.hub.AnswerFold.Piece;
import io.llmgateway.converters.hub.Arguments;
import io.llmgateway.converters.hub.CallIds;
import io.llmgateway.converters.hub.EventWriter;
import io.llmgateway.converters.hub.PackedSignature;
import io.llmgateway.wire.JsonOut;
import io.llmgateway.wire.OutBuffer;

/** Tells an answer as one message. Confined to one answer. */
final class AnthropicAnswerWriter implements EventWriter {
    private final AnswerContext context;
    private final AnswerFold fold = new AnswerFold();

    AnthropicAnswerWriter(AnswerContext context) {
        this.context = context;
    }

    @Override
    public void write(StreamEvent event, OutBuffer out) {
        fold.take(event);
    }

    @Override
    public void end(OutBuffer out) {
        Choice choice = fold.choice(0);
        JsonOut json = new JsonOut(out);
        json.object().field("id", context.answerId("msg_", fold.upstreamId())).field("type", "message");
        json.field("role", "assistant").field("model", context.model()).array("content");
        boolean called = content(json, choice);
        json.endArray();
        boolean refused = choice.stop() == Stop.REFUSED || !choice.said(true).isEmpty();
        new AnthropicStop(refused ? Stop.REFUSED : choice.stop(), called, choice.detail()).write(json);
        AnthropicStop.usage(json.name("usage"), fold.usage());
        json.endObject();
    }

    private boolean content(JsonOut json, Choice choice) {
        boolean called = false;
        for (Piece piece : choice.pieces()) {
            switch (piece) {
                case Piece.Said said -> {
                    json.object()
                            .field("type", "text")
                            .field("text", said.text().toString());
                    json.field("citations", (String) null).endObject();
                }
                case Piece.Thought thought -> {
                    if (context.wishes().thoughts()) {
                        String signature = thought.signature();
                        json.object().field("type", "thinking").field("thinking", thought.text());
                        json.field("signature", signature.isEmpty() ? PackedSignature.PLAIN : signature)
                                .endObject();
                    }
                }
                case Piece.Redacted redacted ->
                    json.object()
                            .field("type", "redacted_thinking")
                            .field("data", redacted.data())
                            .endObject();
                case Piece.Call call -> called |= call(json, call, choice.stop());
            }
        }
        if (choice.extras().containsKey("images")) {
            json.object().field("type", "text").field("text", "[image]").field("citations", (String) null);
            json.endObject();
        }
        return called;
    }

    private boolean call(JsonOut json, Piece.Call call, Stop stop) {
        JsonNode input = Arguments.read(call.arguments().toString());
        if (Arguments.isRaw(input) && stop == Stop.LENGTH) {
            // cut in the middle: nobody may execute it
            return false;
        }
        if (call.signature() != null && context.wishes().thinking()) {
            json.object().field("type", "thinking").field("thinking", "");
            json.field("signature", PackedSignature.gemini(call.id(), call.signature()))
                    .endObject();
        }
        json.object().field("type", "tool_use").field("id", CallIds.packed(call.id()));
        json.field("name", context.names().toClient(call.name()))
                .field("input", input)
                .endObject();
        return true;
    }
}
