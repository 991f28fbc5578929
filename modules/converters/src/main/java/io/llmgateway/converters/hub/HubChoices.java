package io.llmgateway.converters.hub;

import io.llmgateway.converters.AnswerTranslator;
import io.llmgateway.converters.Choices;
import io.llmgateway.converters.StreamTranslator;
import io.llmgateway.converters.Translation;
import io.llmgateway.model.Usage;
import io.llmgateway.wire.HeldMemory;
import io.llmgateway.wire.MemoryMeter;
import io.llmgateway.wire.OutBuffer;
import io.llmgateway.wire.Slice;
import java.util.List;
import java.util.random.RandomGenerator;

/** The answers to one converted request, each asked for by itself. Thread-safe. */
final class HubChoices implements Choices {
    private final ClientCodec client;
    private final HubTranslation whole;
    private final AnswerContext context;
    private final boolean stream;

    HubChoices(ClientCodec client, HubTranslation whole, AnswerContext context, boolean stream) {
        this.client = client;
        this.whole = whole;
        this.context = context;
        this.stream = stream;
    }

    @Override
    public int count() {
        return context.count();
    }

    @Override
    public Translation choice(int index, MemoryMeter meter, RandomGenerator random) {
        return new Choice(whole, context.choice(index, random), new HeldMemory(meter));
    }

    @Override
    public void finish(List<Slice> answers, Usage usage, OutBuffer out) {
        if (stream) {
            client.endStream(context, usage, out);
        } else {
            client.join(context, answers, usage, out);
        }
    }

    /** One of the answers; the request is not its own. Confined to one thread. */
    private record Choice(HubTranslation whole, AnswerContext context, HeldMemory held) implements Translation {
        @Override
        public List<Slice> body() {
            return whole.body();
        }

        @Override
        public void release() {
            // the others send the same body
        }

        @Override
        public void end() {
            held.releaseAll();
        }

        @Override
        public boolean streamed() {
            return whole.streamed();
        }

        @Override
        public List<String> warnings() {
            return List.of();
        }

        @Override
        public StreamTranslator stream() {
            return whole.stream(context, held, whole.work());
        }

        @Override
        public AnswerTranslator answer() {
            return whole.answer(context, held, whole.work());
        }

        @Override
        public StreamTranslator joined() {
            return whole.joined(context, held, whole.work());
        }

        @Override
        public AnswerTranslator unfolded() {
            return whole.unfolded(context, held, whole.work());
        }
    }
}
