package io.llmgateway.converters.anthropic;

import io.llmgateway.converters.canonical.Stop;
import io.llmgateway.converters.canonical.StreamEvent;
import io.llmgateway.converters.hub.AnswerContext;
import io.llmgateway.converters.hub.EventWriter;
import io.llmgateway.converters.hub.PackedSignature;
import io.llmgateway.model.Usage;
import io.llmgateway.wire.OutBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Tells an answer as the events of a message stream. Blocks come one after the other, each opened by its first content,
 * while other protocols may mix the pieces of several tool calls: the pieces of one call go out at once, those of the
 * others wait until it is complete. What waits is bounded. Confined to one stream.
 */
final class AnthropicEventWriter implements EventWriter {
    private final AnthropicBlockStream blocks;
    private final AnthropicCallQueue calls;
    private final AnswerContext context;
    private final boolean showReasoning;
    private boolean heard;
    private boolean refused;
    private boolean called;
    private Usage usage = Usage.NONE;
    private Stop stop = Stop.UNKNOWN;
    private @Nullable String detail;

    AnthropicEventWriter(AnswerContext context) {
        this.context = context;
        this.blocks = new AnthropicBlockStream(context);
        this.calls = new AnthropicCallQueue(blocks, context.losses());
        this.showReasoning = context.wishes().thoughts();
    }

    @Override
    public void write(StreamEvent event, OutBuffer out) {
        blocks.to(out);
        switch (event) {
            case StreamEvent.Begin begin -> blocks.begin(begin.upstreamId(), begin.usage());
            case StreamEvent.TextDelta text -> text(text.choice(), text.text());
            case StreamEvent.RefusalDelta refusal -> {
                refused = true;
                text(refusal.choice(), refusal.text());
            }
            case StreamEvent.ReasoningDelta reasoning -> reasoning(reasoning);
            case StreamEvent.ReasoningSigned signed -> {
                if (showReasoning && mayThink()) {
                    blocks.sign(signed.signature());
                }
            }
            case StreamEvent.ReasoningRedacted redacted -> {
                if (showReasoning && mayThink()) {
                    blocks.redacted(redacted.data());
                }
            }
            case StreamEvent.CallBegin call -> call(call);
            case StreamEvent.WholeCall call -> whole(call);
            case StreamEvent.CallDelta delta -> calls.delta(delta.call(), delta.json());
            case StreamEvent.CallEnd end -> calls.end(end.call());
            case StreamEvent.Logprobs logprobs -> {
                // the protocol has no probabilities
            }
            case StreamEvent.Extra extra -> {
                if (extra.choice() == 0) {
                    shown(extra.field(), extra.value().isArray() ? extra.value().size() : 1);
                }
            }
            case StreamEvent.Cited cited -> {
                if (cited.choice() == 0 && !blocks.cite(cited.citation())) {
                    context.losses().dropped("", "citations");
                }
            }
            case StreamEvent.Used used -> usage = used.usage();
            case StreamEvent.Ended ended -> ended(ended);
        }
    }

    /** What cannot be shown is named, sound once however many pieces it has. */
    private void shown(String field, int count) {
        boolean again = "audio".equals(field) && heard;
        heard |= "audio".equals(field);
        for (int i = 0; i < count && !again; i++) {
            text(0, AnthropicStop.placeholder(field, context.losses()));
        }
    }

    private void ended(StreamEvent.Ended ended) {
        if (ended.choice() == 0) {
            stop = ended.stop();
            detail = ended.detail();
        }
    }

    private void reasoning(StreamEvent.ReasoningDelta reasoning) {
        if (showReasoning && reasoning.choice() == 0 && mayThink()) {
            blocks.thinking(reasoning.text());
        }
    }

    /** False while a call is open: a block of reasoning behind it would be in nobody's order. */
    private boolean mayThink() {
        boolean may = calls.mayLeave();
        if (!may) {
            context.losses().dropped("", "thinking");
        }
        return may;
    }

    private void text(int choice, String text) {
        if (choice != 0) {
            return;
        }
        if (calls.mayLeave()) {
            blocks.text(text);
        } else {
            calls.hold(text);
        }
    }

    private void whole(StreamEvent.WholeCall call) {
        if (call.choice() == 0) {
            call(call.begin());
            calls.delta(call.call(), call.json());
            calls.end(call.call());
        }
    }

    private void call(StreamEvent.CallBegin call) {
        if (call.choice() != 0) {
            return;
        }
        called = true;
        boolean signed = call.signature() != null && context.wishes().thinking();
        String proof = signed ? PackedSignature.gemini(call.id(), String.valueOf(call.signature())) : null;
        calls.begin(call.call(), call.id(), context.names().toClient(call.name()), proof);
    }

    @Override
    public void end(OutBuffer out) {
        blocks.to(out);
        calls.flush();
        Stop ending = refused && stop == Stop.DONE ? Stop.REFUSED : stop;
        blocks.finish(new AnthropicStop(ending, called, detail), usage);
    }
}
