package io.llmgateway.converters.openai.chat;

import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.converters.canonical.Stop;
import io.llmgateway.converters.canonical.StreamEvent;
import io.llmgateway.converters.hub.AnswerContext;
import io.llmgateway.converters.hub.EventWriter;
import io.llmgateway.converters.hub.MalformedAnswerException;
import io.llmgateway.model.Usage;
import io.llmgateway.wire.JsonOut;
import io.llmgateway.wire.OutBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Tells an answer as chat completion chunks: the role first, one finish reason per choice at the end, usage only when
 * it was asked for, {@code [DONE]} last. What is equal in all chunks is written once and copied. Confined to one
 * stream.
 */
final class OpenAiEventWriter implements EventWriter {
    private static final String THINKING = "thinking_blocks";
    private static final byte[] DATA = ascii("data: ");
    private static final byte[] DONE = ascii("data: [DONE]\n\n");
    private static final byte[] OPEN = ascii("],\"usage\":null}\n\n");
    private static final byte[] OPEN_WITHOUT_USAGE = ascii("]}\n\n");

    private final AnswerContext context;
    private final boolean withUsage;
    private final OutBuffer head = new OutBuffer(160);
    private final Map<Integer, OpenAiChoice> choices = new TreeMap<>();
    private Usage usage = Usage.NONE;
    private @Nullable String upstreamId;

    OpenAiEventWriter(AnswerContext context) {
        this.context = context;
        this.withUsage = context.wishes().usage();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public void write(StreamEvent event, OutBuffer out) {
        switch (event) {
            case StreamEvent.Begin begin -> {
                upstreamId = begin.upstreamId();
                choice(0, out);
            }
            case StreamEvent.TextDelta text -> delta(text.choice(), out, json -> json.field("content", text.text()));
            case StreamEvent.RefusalDelta refusal -> refusal(refusal.choice(), refusal.text(), out);
            case StreamEvent.ReasoningDelta thought -> {
                choice(thought.choice(), out).thought(thought.text());
                delta(thought.choice(), out, json -> json.field("reasoning_content", thought.text()));
            }
            case StreamEvent.ReasoningSigned signed -> {
                OpenAiChoice choice = choice(signed.choice(), out);
                String thought = choice.endThought();
                int index = choice.next(THINKING);
                delta(signed.choice(), out, json -> OpenAiThinking.signed(json, index, thought, signed.signature()));
            }
            case StreamEvent.ReasoningRedacted redacted -> {
                int index = choice(redacted.choice(), out).next(THINKING);
                delta(redacted.choice(), out, json -> OpenAiThinking.redacted(json, index, redacted.data()));
            }
            case StreamEvent.CallBegin call -> begin(call, "", out);
            case StreamEvent.WholeCall call -> whole(call, out);
            case StreamEvent.CallDelta delta -> more(delta, out);
            case StreamEvent.CallEnd end -> end(end, out);
            case StreamEvent.Logprobs logprobs -> logprobs(logprobs, out);
            case StreamEvent.Extra extra -> {
                JsonNode value = choice(extra.choice(), out).indexed(extra.field(), extra.value());
                delta(extra.choice(), out, json -> json.field(extra.field(), value));
            }
            case StreamEvent.Cited cited ->
                choice(cited.choice(), out).citations().add(cited.citation());
            case StreamEvent.Used used -> usage = used.usage();
            case StreamEvent.Ended ended -> ended(ended, out);
        }
    }

    private void ended(StreamEvent.Ended ended, OutBuffer out) {
        OpenAiChoice choice = choice(ended.choice(), out);
        if (!choice.citations().isEmpty()) {
            // at once: clients keep the list of the last delta that has one
            delta(ended.choice(), out, json -> OpenAiCitations.write(json, choice.citations()));
        }
        if (ended.stop() == Stop.REFUSED && choice.unrefused(ended.detail() != null)) {
            refusal(ended.choice(), OpenAiStop.refusal(ended.detail()), out);
        }
        choice.ended(ended.stop());
    }

    /** Writes the fields of one delta. */
    @FunctionalInterface
    private interface Delta {
        void write(JsonOut json);
    }

    private void logprobs(StreamEvent.Logprobs logprobs, OutBuffer out) {
        choice(logprobs.choice(), out);
        JsonOut json = chunk(logprobs.choice(), out);
        json.object("delta").endObject().object("logprobs").field("content", logprobs.content());
        json.field("refusal", (String) null)
                .endObject()
                .field("finish_reason", (String) null)
                .endObject();
        close(out);
    }

    private void refusal(int choice, String text, OutBuffer out) {
        choice(choice, out).refuses();
        delta(choice, out, json -> json.field("refusal", text));
    }

    private void whole(StreamEvent.WholeCall call, OutBuffer out) {
        if (context.customTools().contains(context.names().toClient(call.name()))) {
            begin(call.begin(), "", out);
            more(new StreamEvent.CallDelta(call.choice(), call.call(), call.json()), out);
            end(new StreamEvent.CallEnd(call.choice(), call.call()), out);
        } else {
            begin(call.begin(), call.json(), out);
        }
    }

    private void begin(StreamEvent.CallBegin call, String arguments, OutBuffer out) {
        OpenAiChoice choice = choice(call.choice(), out);
        String name = context.names().toClient(call.name());
        boolean custom = context.customTools().contains(name);
        choice.callBegins(call.call(), custom);
        if (context.wishes().legacyFunctions()) {
            if (call.call() == 0) {
                delta(
                        call.choice(),
                        out,
                        json -> json.object("function_call")
                                .field("name", name)
                                .field("arguments", arguments)
                                .endObject());
            }
            return;
        }
        delta(call.choice(), out, json -> {
            json.array("tool_calls").object().field("index", call.call()).field("id", call.id());
            json.field("type", custom ? "custom" : "function").object(custom ? "custom" : "function");
            json.field("name", name)
                    .field(custom ? "input" : "arguments", arguments)
                    .endObject();
            OpenAiThinking.proof(json, call.signature());
            json.endObject().endArray();
        });
    }

    private void more(StreamEvent.CallDelta delta, OutBuffer out) {
        OpenAiChoice choice = choice(delta.choice(), out);
        if (choice.isCustom(delta.call())) {
            choice.gather(delta.call(), delta.json());
        } else {
            arguments(delta.choice(), delta.call(), "arguments", delta.json(), out);
        }
        choice.argumentsSeen(delta.call());
    }

    private void end(StreamEvent.CallEnd end, OutBuffer out) {
        OpenAiChoice choice = choice(end.choice(), out);
        if (choice.isCustom(end.call())) {
            arguments(end.choice(), end.call(), "input", choice.customInput(end.call()), out);
        } else if (!choice.hasArguments(end.call())) {
            arguments(end.choice(), end.call(), "arguments", "{}", out);
        }
    }

    private void arguments(int choice, int call, String field, String text, OutBuffer out) {
        if (context.wishes().legacyFunctions()) {
            if (call == 0) {
                delta(
                        choice,
                        out,
                        json -> json.object("function_call")
                                .field("arguments", text)
                                .endObject());
            }
            return;
        }
        String kind = "input".equals(field) ? "custom" : "function";
        delta(choice, out, json -> {
            json.array("tool_calls").object().field("index", call).object(kind);
            json.field(field, text).endObject().endObject().endArray();
        });
    }

    private OpenAiChoice choice(int index, OutBuffer out) {
        OpenAiChoice known = choices.get(index);
        if (known != null) {
            return known;
        }
        if (index > 0 && context.count() > 1) {
            throw new MalformedAnswerException("the provider gave more choices than it was asked for");
        }
        OpenAiChoice choice = new OpenAiChoice();
        choices.put(index, choice);
        JsonOut json = chunk(index, out);
        json.object("delta").field("role", "assistant").field("content", "").field("refusal", (String) null);
        json.endObject()
                .field("logprobs", (String) null)
                .field("finish_reason", (String) null)
                .endObject();
        close(out);
        return choice;
    }

    private void delta(int index, OutBuffer out, Delta delta) {
        choice(index, out).speaks();
        JsonOut json = chunk(index, out);
        json.object("delta");
        delta.write(json);
        json.endObject()
                .field("logprobs", (String) null)
                .field("finish_reason", (String) null)
                .endObject();
        close(out);
    }

    /** Opens a chunk and its one choice, whose number is that among all that the client gets. */
    private JsonOut chunk(int index, OutBuffer out) {
        head(out);
        out.write('[');
        return new JsonOut(out).object().field("index", context.index() + index);
    }

    private void head(OutBuffer out) {
        if (head.length() == 0) {
            JsonOut json = new JsonOut(head.write(DATA));
            json.object().field("id", context.answerId("chatcmpl-", upstreamId));
            json.field("object", "chat.completion.chunk").field("created", context.epochSeconds());
            json.field("model", context.model()).name("choices");
        }
        out.write(head.array(), 0, head.length());
    }

    private void close(OutBuffer out) {
        out.write(withUsage ? OPEN : OPEN_WITHOUT_USAGE);
    }

    @Override
    public void end(OutBuffer out) {
        choices.forEach((index, choice) -> {
            JsonOut json = chunk(index, out);
            json.object("delta").endObject().field("logprobs", (String) null);
            boolean legacy = context.wishes().legacyFunctions();
            json.field("finish_reason", OpenAiStop.wire(choice.stop(), legacy)).endObject();
            close(out);
        });
        if (context.count() == 1) {
            end(usage, out);
        }
    }

    /** Tells what follows the last choice. */
    void end(Usage sum, OutBuffer out) {
        if (withUsage) {
            head(out);
            out.write('[').write(']');
            JsonOut json = new JsonOut(out.write(','));
            OpenAiStop.usage(json.name("usage"), sum);
            out.write('}').write('\n').write('\n');
        }
        out.write(DONE);
    }
}
