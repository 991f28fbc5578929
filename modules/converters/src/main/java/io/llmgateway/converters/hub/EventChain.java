package io.llmgateway.converters.hub;

import io.llmgateway.converters.UsageJson;
import io.llmgateway.converters.canonical.Part;
import io.llmgateway.converters.canonical.Stop;
import io.llmgateway.converters.canonical.StreamEvent;
import io.llmgateway.model.Usage;
import io.llmgateway.wire.OutBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What stands between the reader and the writer of an answer: counts, remembers the reasoning of tool calls for the
 * next turn, and turns the call of the tool that stands for the answer's form back into text. Confined to one answer.
 */
final class EventChain implements Consumer<StreamEvent> {
    private static final int MAX_REMEMBERED_CHARS = 512 * 1024;
    private static final int MAX_REMEMBERED_PARTS = 64;
    private static final int MAX_CALLS = 4_096;
    private static final int NO_CALL = -1;

    private final UpstreamModel target;
    private final @Nullable String formatTool;
    private final EventWriter writer;
    private final AnswerContext context;
    private final List<Part> reasoning = new ArrayList<>();
    private final StringBuilder thought = new StringBuilder();
    private final SplitCharacters halves = new SplitCharacters(this::tell);
    private List<Part> remembered = List.of();
    private int rememberedChars;
    private boolean forgotten;
    private int calls;
    private OutBuffer out = new OutBuffer(0);
    private int formatCall = NO_CALL;
    private boolean begun;
    private boolean content;
    private @Nullable Usage usage;
    private @Nullable Usage told;
    private long saidTwelfths;

    EventChain(UpstreamModel target, @Nullable String formatTool, EventWriter writer, AnswerContext context) {
        this.target = target;
        this.formatTool = formatTool;
        this.writer = writer;
        this.context = context;
    }

    /** Where the next events go. */
    void to(OutBuffer buffer) {
        out = buffer;
        begun = false;
        content = false;
    }

    /** True when the answer began since the last {@link #to}. */
    boolean begun() {
        return begun;
    }

    /** True when there was content since the last {@link #to}. */
    boolean content() {
        return content;
    }

    @Nullable
    Usage usage() {
        return usage;
    }

    /** About how many tokens the request has, as the client is told where the provider does not count. */
    long estimatedInput() {
        return context.estimatedInput();
    }

    /** The estimate that the client was told at the end; null when the provider has counted. */
    @Nullable
    Usage told() {
        return told;
    }

    /**
     * True when the usage is known, and can be true.
     *
     * @param counted true when the provider has counted all that was used
     */
    boolean usageComplete(boolean counted) {
        Usage known = usage;
        return known != null && counted && UsageJson.isCredible(known, spoke());
    }

    private boolean spoke() {
        return saidTwelfths > 0 || calls > 0;
    }

    /** A part of the answer could not be read. */
    void dropped(String what) {
        context.losses().dropped("", what);
    }

    /** What of the answer could not be told. */
    List<String> losses() {
        return context.losses().all();
    }

    /**
     * Tells the end. A provider that did not count is counted for: zeros would be added up as true.
     *
     * @param counted true when the provider has counted all that was used
     */
    void end(boolean counted) {
        halves.flush();
        Usage known = usage;
        if (known == null || known.total() == 0 || !usageComplete(counted)) {
            told = estimate(known, counted);
            writer.write(new StreamEvent.Used(told), out);
        }
        writer.end(out);
    }

    /** The one place where what was used is estimated: charged is what is told. */
    private Usage estimate(@Nullable Usage known, boolean counted) {
        long output = TokenEstimate.ofTwelfths(saidTwelfths);
        if (known == null || known.total() == 0) {
            return new Usage(context.estimatedInput(), 0, 0, output, 0);
        }
        boolean cut = !counted || known.output() == 0;
        return new Usage(
                known.input() == 0 ? context.estimatedInput() : known.inputUncached(),
                known.inputCacheRead(),
                known.inputCacheWrite(),
                cut ? Math.max(known.output(), output) : known.output(),
                known.reasoning());
    }

    private void said(String text) {
        saidTwelfths += TokenEstimate.twelfths(text);
    }

    @Override
    public void accept(StreamEvent event) {
        halves.take(event);
    }

    private void tell(StreamEvent event) {
        switch (event) {
            case StreamEvent.Begin begin -> {
                begun = true;
                usage = begin.usage() == null ? usage : begin.usage();
                writer.write(begin, out);
            }
            case StreamEvent.Used used -> {
                usage = used.usage();
                writer.write(used, out);
            }
            case StreamEvent.CallBegin call -> begin(call);
            case StreamEvent.WholeCall call -> {
                content = true;
                count();
                remember(call.id(), call.signature());
                said(call.json());
                writer.write(call, out);
            }
            case StreamEvent.CallDelta delta -> more(delta);
            case StreamEvent.CallEnd end -> {
                if (end.call() != formatCall) {
                    writer.write(end, out);
                }
            }
            case StreamEvent.Ended ended -> {
                content = true;
                boolean form = formatCall != NO_CALL && ended.stop() == Stop.TOOL_USE;
                writer.write(form ? new StreamEvent.Ended(ended.choice(), Stop.DONE, null) : ended, out);
            }
            default -> {
                content = true;
                gather(event);
                writer.write(event, out);
            }
        }
    }

    private void more(StreamEvent.CallDelta delta) {
        content = true;
        said(delta.json());
        boolean form = delta.call() == formatCall;
        writer.write(form ? new StreamEvent.TextDelta(delta.choice(), delta.json()) : delta, out);
    }

    private void begin(StreamEvent.CallBegin call) {
        content = true;
        count();
        if (formatTool != null && call.name().equals(formatTool)) {
            formatCall = call.call();
            return;
        }
        remember(call.id(), call.signature());
        writer.write(call, out);
    }

    private void count() {
        if (++calls > MAX_CALLS) {
            throw new MalformedAnswerException("the response has more than " + MAX_CALLS + " tool calls");
        }
    }

    private void remember(String callId, @Nullable String signature) {
        if (!reasoning.isEmpty() || signature != null) {
            if (remembered.size() != reasoning.size()) {
                remembered = List.copyOf(reasoning);
            }
            target.memory().remember(target.owner(), callId, new ReasoningMemory.Remembered(remembered, signature));
        }
    }

    private void gather(StreamEvent event) {
        if (event instanceof StreamEvent.TextDelta text) {
            said(text.text());
        } else if (event instanceof StreamEvent.RefusalDelta refusal) {
            said(refusal.text());
        } else if (event instanceof StreamEvent.ReasoningDelta thinking) {
            said(thinking.text());
        }
        if (forgotten) {
            return;
        }
        if (event instanceof StreamEvent.ReasoningDelta delta) {
            if (fits(delta.text())) {
                thought.append(delta.text());
            }
        } else if (event instanceof StreamEvent.ReasoningSigned signed && fits(signed.signature())) {
            reasoning.add(new Part.Reasoning(thought.toString(), signed.signature()));
            thought.setLength(0);
        } else if (event instanceof StreamEvent.ReasoningRedacted redacted && fits(redacted.data())) {
            reasoning.add(new Part.RedactedReasoning(redacted.data()));
        }
    }

    /** What is too much to be remembered is forgotten whole: a part of it proves nothing. */
    private boolean fits(String text) {
        rememberedChars += Math.min(text.length(), MAX_REMEMBERED_CHARS + 1);
        if (rememberedChars > MAX_REMEMBERED_CHARS || reasoning.size() >= MAX_REMEMBERED_PARTS) {
            forgotten = true;
            reasoning.clear();
            remembered = List.of();
            thought.setLength(0);
            thought.trimToSize();
        }
        return !forgotten;
    }
}
