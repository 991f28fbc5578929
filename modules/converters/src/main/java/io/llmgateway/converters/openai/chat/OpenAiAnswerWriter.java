package io.llmgateway.converters.openai.chat;

import io.llmgateway.converters.canonical.Stop;
import io.llmgateway.converters.canonical.StreamEvent;
import io.llmgateway.converters.hub.AnswerContext;
import io.llmgateway.converters.hub.AnswerFold;
import io.llmgateway.converters.hub.AnswerFold.Choice;
import io.llmgateway.converters.hub.AnswerFold.Piece;
import io.llmgateway.converters.hub.Arguments;
import io.llmgateway.converters.hub.EventWriter;
import io.llmgateway.converters.hub.FormatInstruction;
import io.llmgateway.converters.hub.MalformedAnswerException;
import io.llmgateway.model.Usage;
import io.llmgateway.wire.JsonOut;
import io.llmgateway.wire.OutBuffer;
import io.llmgateway.wire.Slice;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tells an answer as one chat completion. Confined to one answer. */
final class OpenAiAnswerWriter implements EventWriter {
    private final AnswerContext context;
    private final AnswerFold fold = new AnswerFold();

    OpenAiAnswerWriter(AnswerContext context) {
        this.context = context;
    }

    @Override
    public void write(StreamEvent event, OutBuffer out) {
        fold.take(event);
    }

    @Override
    public void end(OutBuffer out) {
        JsonOut json = new JsonOut(out);
        fold.choice(0);
        if (context.count() > 1) {
            if (fold.choices().size() > 1) {
                throw new MalformedAnswerException("the provider gave more choices than it was asked for");
            }
            choice(json, context.index(), fold.choice(0));
            return;
        }
        head(json, context, fold.upstreamId());
        fold.choices().forEach((index, choice) -> choice(json, index, choice));
        tail(json, fold.usage());
    }

    /** Makes one completion of choices that were told by themselves. */
    static void join(AnswerContext context, List<Slice> choices, Usage usage, OutBuffer out) {
        JsonOut json = new JsonOut(out);
        head(json, context, null);
        choices.forEach(choice -> json.raw(choice.bytes(), choice.offset(), choice.length()));
        tail(json, usage);
    }

    private static void head(JsonOut json, AnswerContext context, @Nullable String upstreamId) {
        json.object().field("id", context.answerId("chatcmpl-", upstreamId));
        json.field("object", "chat.completion").field("created", context.epochSeconds());
        json.field("model", context.model()).array("choices");
    }

    private static void tail(JsonOut json, Usage usage) {
        json.endArray();
        OpenAiStop.usage(json.name("usage"), usage);
        json.endObject();
    }

    private void choice(JsonOut json, int index, Choice choice) {
        json.object().field("index", index);
        message(json.object("message"), choice);
        json.endObject();
        if (choice.logprobs() == null) {
            json.field("logprobs", (String) null);
        } else {
            json.object("logprobs").field("content", choice.logprobs()).field("refusal", (String) null);
            json.endObject();
        }
        boolean legacy = context.wishes().legacyFunctions();
        json.field("finish_reason", OpenAiStop.wire(choice.stop(), legacy)).endObject();
    }

    private void message(JsonOut json, Choice choice) {
        boolean formed = context.wishes().formed();
        String text = formed ? FormatInstruction.unfenced(choice.said(false)) : choice.said(false);
        String refusal = choice.said(true);
        boolean unsaid = text.isEmpty() || choice.detail() != null;
        if (choice.stop() == Stop.REFUSED && unsaid && refusal.isEmpty()) {
            refusal = OpenAiStop.refusal(choice.detail());
        }
        boolean silent = text.isEmpty() && (!choice.calls().isEmpty() || !refusal.isEmpty());
        json.field("role", "assistant").field("content", silent ? null : text);
        json.field("refusal", refusal.isEmpty() ? null : refusal);
        reasoning(json, choice);
        OpenAiCitations.write(json, choice.citations());
        choice.extras().forEach(json::field);
        calls(json, choice.calls());
    }

    private static void reasoning(JsonOut json, Choice choice) {
        StringBuilder text = new StringBuilder();
        boolean signed = false;
        for (Piece piece : choice.pieces()) {
            if (piece instanceof Piece.Thought thought) {
                text.append(thought.text());
                signed |= !thought.signature().isEmpty();
            }
            signed |= piece instanceof Piece.Redacted;
        }
        if (!text.isEmpty()) {
            json.field("reasoning_content", text.toString());
        }
        if (!signed) {
            return;
        }
        json.array("thinking_blocks");
        for (Piece piece : choice.pieces()) {
            if (piece instanceof Piece.Thought thought && !thought.signature().isEmpty()) {
                OpenAiThinking.block(json, thought.text(), thought.signature());
            } else if (piece instanceof Piece.Redacted redacted) {
                OpenAiThinking.redactedBlock(json, redacted.data());
            }
        }
        json.endArray();
    }

    private void calls(JsonOut json, List<Piece.Call> calls) {
        if (calls.isEmpty()) {
            return;
        }
        if (context.wishes().legacyFunctions()) {
            Piece.Call first = calls.getFirst();
            json.object("function_call").field("name", context.names().toClient(first.name()));
            json.field("arguments", arguments(first)).endObject();
            return;
        }
        json.array("tool_calls");
        for (Piece.Call call : calls) {
            String name = context.names().toClient(call.name());
            json.object().field("id", call.id());
            if (context.customTools().contains(name)) {
                String input = Arguments.read(arguments(call)).path("input").asText("");
                json.field("type", "custom")
                        .object("custom")
                        .field("name", name)
                        .field("input", input)
                        .endObject();
            } else {
                json.field("type", "function").object("function").field("name", name);
                json.field("arguments", arguments(call)).endObject();
            }
            OpenAiThinking.proof(json, call.signature());
            json.endObject();
        }
        json.endArray();
    }

    private static String arguments(Piece.Call call) {
        return call.arguments().isEmpty() ? "{}" : call.arguments().toString();
    }
}
