package io.llmgateway.converters.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.converters.canonical.Citation;
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
import java.util.List;

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
        boolean heard = false;
        int character = 0;
        int lastSaid = lastSaid(choice.pieces());
        if (lastSaid < 0 && !choice.citations().isEmpty()) {
            context.losses().dropped("", "citations");
        }
        for (int i = 0; i < choice.pieces().size(); i++) {
            switch (choice.pieces().get(i)) {
                case Piece.Said said -> {
                    String text = said.text().toString();
                    int end = character + text.codePointCount(0, text.length());
                    text(json, text, choice.citations(), character, i == lastSaid ? Integer.MAX_VALUE : end);
                    character = end;
                }
                case Piece.Thought thought -> thought(json, thought);
                case Piece.Redacted redacted -> redacted(json, redacted);
                case Piece.Call call -> called |= call(json, call, choice.stop());
                case Piece.Shown shown -> {
                    boolean again = heard && "audio".equals(shown.field());
                    heard |= "audio".equals(shown.field());
                    for (int k = 0; k < shown.count() && !again; k++) {
                        String words = AnthropicStop.placeholder(shown.field(), context.losses());
                        text(json, words, List.of(), 0, 0);
                    }
                }
            }
        }
        return called;
    }

    private static int lastSaid(List<Piece> pieces) {
        int last = pieces.size() - 1;
        while (last >= 0 && !(pieces.get(last) instanceof Piece.Said)) {
            last--;
        }
        return last;
    }

    /** A block of text with the sources whose place ends in it; those without a place belong to the last. */
    private static void text(JsonOut json, String text, List<Citation> citations, int from, int to) {
        json.object().field("type", "text").field("text", text);
        boolean any = false;
        for (Citation citation : citations) {
            boolean placed = citation.end() > citation.start();
            int end = placed ? citation.end() : Integer.MAX_VALUE;
            if (end > from && end <= to) {
                if (!any) {
                    json.array("citations");
                }
                any = true;
                AnthropicCitations.write(json, citation);
            }
        }
        if (any) {
            json.endArray();
        }
        json.endObject();
    }

    private void thought(JsonOut json, Piece.Thought thought) {
        if (context.wishes().thoughts()) {
            String signature = thought.signature();
            json.object().field("type", "thinking").field("thinking", thought.text());
            json.field("signature", signature.isEmpty() ? PackedSignature.PLAIN : signature)
                    .endObject();
        }
    }

    private void redacted(JsonOut json, Piece.Redacted redacted) {
        if (context.wishes().thoughts()) {
            json.object()
                    .field("type", "redacted_thinking")
                    .field("data", redacted.data())
                    .endObject();
        }
    }

    private boolean call(JsonOut json, Piece.Call call, Stop stop) {
        String arguments = call.arguments().toString();
        JsonNode input = Arguments.read(arguments);
        if ((stop == Stop.LENGTH || stop == Stop.CONTEXT_FULL) && !Arguments.isWhole(arguments)) {
            // cut in the middle: nobody may execute it
            context.losses().dropped("", "tool_calls");
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
