package io.llmgateway.converters.hub;

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
    private static final int NO_CALL = -1;

    private final Target target;
    private final @Nullable String formatTool;
    private final EventWriter writer;
    private final List<Part> reasoning = new ArrayList<>();
    private final StringBuilder thought = new StringBuilder();
    private OutBuffer out = new OutBuffer(0);
    private int formatCall = NO_CALL;
    private boolean begun;
    private boolean content;
    private @Nullable Usage usage;

    EventChain(Target target, @Nullable String formatTool, EventWriter writer) {
        this.target = target;
        this.formatTool = formatTool;
        this.writer = writer;
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

    void end() {
        writer.end(out);
    }

    @Override
    public void accept(StreamEvent event) {
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
                remember(call.id(), call.signature());
                writer.write(call, out);
            }
            case StreamEvent.CallDelta delta -> {
                content = true;
                boolean form = delta.call() == formatCall;
                writer.write(form ? new StreamEvent.TextDelta(delta.choice(), delta.json()) : delta, out);
            }
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

    private void begin(StreamEvent.CallBegin call) {
        content = true;
        if (formatTool != null && call.name().equals(formatTool)) {
            formatCall = call.call();
            return;
        }
        remember(call.id(), call.signature());
        writer.write(call, out);
    }

    private void remember(String callId, @Nullable String signature) {
        if (!reasoning.isEmpty() || signature != null) {
            var remembered = new ReasoningMemory.Remembered(List.copyOf(reasoning), signature);
            target.memory().remember(target.owner(), callId, remembered);
        }
    }

    private void gather(StreamEvent event) {
        if (event instanceof StreamEvent.ReasoningDelta delta) {
            if (thought.length() < MAX_REMEMBERED_CHARS) {
                thought.append(delta.text());
            }
        } else if (event instanceof StreamEvent.ReasoningSigned signed) {
            reasoning.add(new Part.Reasoning(thought.toString(), signed.signature()));
            thought.setLength(0);
        } else if (event instanceof StreamEvent.ReasoningRedacted redacted) {
            reasoning.add(new Part.RedactedReasoning(redacted.data()));
        }
    }
}
