package io.llmgateway.converters.hub;

import io.llmgateway.converters.AnswerTranslator;
import io.llmgateway.converters.ChargedStream;
import io.llmgateway.converters.Choices;
import io.llmgateway.converters.StreamTranslator;
import io.llmgateway.converters.Translation;
import io.llmgateway.wire.HeldMemory;
import io.llmgateway.wire.OutBuffer;
import io.llmgateway.wire.Slice;
import io.llmgateway.wire.WorkBudget;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One attempt through the hub. Confined to one attempt. */
final class HubTranslation implements Translation {
    private final ClientCodec client;
    private final UpstreamCodec upstream;
    private final UpstreamModel target;
    private final AnswerContext context;
    private final List<String> warnings;
    private final @Nullable String formatTool;
    private final HeldMemory held;
    private @Nullable OutBuffer written;

    /**
     * An attempt with its converted request.
     *
     * @param target where the request went; its meter is for the answer
     * @param held what is charged for the answer
     */
    HubTranslation(
            ClientCodec client,
            UpstreamCodec upstream,
            UpstreamModel target,
            Written written,
            AnswerContext context,
            List<String> warnings,
            HeldMemory held) {
        this.client = client;
        this.upstream = upstream;
        this.target = target;
        this.context = context;
        this.warnings = warnings;
        this.formatTool = written.formatTool();
        this.held = held;
        this.written = written.body();
    }

    @Override
    public List<Slice> body() {
        OutBuffer body = written;
        if (body == null) {
            throw new IllegalStateException("the request was let go of");
        }
        return List.of(new Slice(body.array(), 0, body.length()));
    }

    @Override
    public void release() {
        OutBuffer body = written;
        if (body != null) {
            written = null;
            body.free();
        }
    }

    @Override
    public void end() {
        release();
        held.releaseAll();
    }

    @Override
    public boolean streamed() {
        return target.stream();
    }

    @Override
    public List<String> warnings() {
        return warnings;
    }

    @Override
    public @Nullable Choices choices() {
        return context.count() > 1 ? new HubChoices(client, this, context, target.stream()) : null;
    }

    @Override
    public StreamTranslator stream() {
        return stream(context, held, target.work());
    }

    @Override
    public AnswerTranslator answer() {
        return answer(context, held, target.work());
    }

    @Override
    public StreamTranslator joined() {
        return joined(context, held, target.work());
    }

    @Override
    public AnswerTranslator unfolded() {
        return unfolded(context, held, target.work());
    }

    /** The work on one of several answers. */
    WorkBudget work() {
        return target.work().forAnswer();
    }

    /** The translator of an answer to this request; may be asked by several threads, each with what is its own. */
    StreamTranslator stream(AnswerContext own, HeldMemory meter, WorkBudget work) {
        AnswerContext answer = own.anew();
        return stream(answer, client.stream(answer), meter, work);
    }

    /** The same for a whole answer. */
    AnswerTranslator answer(AnswerContext own, HeldMemory meter, WorkBudget work) {
        AnswerContext answer = own.anew();
        return answer(answer, client.answer(answer), meter, work);
    }

    /** The same for a stream that is told whole. */
    StreamTranslator joined(AnswerContext own, HeldMemory meter, WorkBudget work) {
        AnswerContext answer = own.anew();
        return new ChargedStream(stream(answer, client.answer(answer), meter, work), meter);
    }

    /** The same for a whole answer that is told as a stream. */
    AnswerTranslator unfolded(AnswerContext own, HeldMemory meter, WorkBudget work) {
        AnswerContext answer = own.anew();
        return answer(answer, client.stream(answer), meter, work);
    }

    private StreamTranslator stream(AnswerContext answer, EventWriter writer, HeldMemory meter, WorkBudget work) {
        EventChain chain = new EventChain(target, formatTool, writer, answer);
        return new HubStream(upstream.reader(answer), chain, meter, work);
    }

    private AnswerTranslator answer(AnswerContext answer, EventWriter writer, HeldMemory meter, WorkBudget work) {
        EventChain chain = new EventChain(target, formatTool, writer, answer);
        return new HubAnswer(upstream.reader(answer), chain, meter, work);
    }
}
