package io.llmgateway.converters.hub;

import io.llmgateway.converters.AnswerTranslator;
import io.llmgateway.converters.StreamTranslator;
import io.llmgateway.converters.Translation;
import io.llmgateway.wire.Slice;
import java.util.List;

/**
 * One attempt through the hub. Confined to one attempt.
 *
 * @param client the client's half
 * @param upstream the provider's half
 * @param target where it goes
 * @param written the converted request
 * @param context what the answer must know
 * @param warnings what was weakened
 */
record HubTranslation(
        ClientCodec client,
        UpstreamCodec upstream,
        Target target,
        Written written,
        AnswerContext context,
        List<String> warnings)
        implements Translation {
    @Override
    public List<Slice> body() {
        return List.of(new Slice(written.body(), 0, written.body().length));
    }

    @Override
    public boolean streamed() {
        return target.stream();
    }

    @Override
    public StreamTranslator stream() {
        return new HubStream(upstream.reader(context), chain(client.stream(context)));
    }

    @Override
    public AnswerTranslator answer() {
        return new HubAnswer(upstream.reader(context), chain(client.answer(context)));
    }

    private EventChain chain(EventWriter writer) {
        return new EventChain(target, written.formatTool(), writer);
    }
}
