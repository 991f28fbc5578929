package io.llmgateway.converters.anthropic;

import io.llmgateway.converters.AnswerTranslator;
import io.llmgateway.converters.ChargedStream;
import io.llmgateway.converters.StreamTranslator;
import io.llmgateway.converters.Translation;
import io.llmgateway.converters.TranslationRequest;
import io.llmgateway.converters.Translator;
import io.llmgateway.converters.hub.Warnings;
import io.llmgateway.model.Protocol;
import io.llmgateway.wire.HeldMemory;
import io.llmgateway.wire.JsonOut;
import io.llmgateway.wire.MemoryMeter;
import io.llmgateway.wire.OutBuffer;
import io.llmgateway.wire.Slice;
import io.llmgateway.wire.Splice;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Anthropic client to Anthropic provider, byte for byte; only {@code model} is spliced when the route changes it,
 * unless the two sides speak different versions.
 * Stateless, thread-safe.
 */
public final class AnthropicRelay implements Translator {
    @Override
    public Protocol client() {
        return Protocol.ANTHROPIC_MESSAGES;
    }

    @Override
    public Protocol upstream() {
        return Protocol.ANTHROPIC_MESSAGES;
    }

    @Override
    public Translation begin(TranslationRequest request) {
        if (!AnthropicAdaptation.isNeeded(request)) {
            return new Relay(request, null, List.of());
        }
        Warnings warnings = new Warnings(request.strict());
        HeldMemory held = new HeldMemory(request.meter());
        boolean begun = false;
        try {
            OutBuffer body = new AnthropicAdaptation(request, warnings).body(held);
            begun = true;
            return new Relay(request, body, warnings.all());
        } finally {
            if (!begun) {
                held.releaseAll();
            }
        }
    }

    /** One attempt. Confined to it. */
    private static final class Relay implements Translation {
        private final boolean streamed;
        private final boolean counting;
        private final int requestBytes;
        private final MemoryMeter meter;
        private final List<String> warnings;
        private @Nullable TranslationRequest request;
        private @Nullable OutBuffer adapted;

        Relay(TranslationRequest request, @Nullable OutBuffer adapted, List<String> warnings) {
            this.request = request;
            this.adapted = adapted;
            this.warnings = warnings;
            this.counting = request.counting();
            this.requestBytes = request.length();
            this.meter = request.meter();
            this.streamed = request.facts().stream() && !request.counting();
        }

        @Override
        public List<Slice> body() {
            TranslationRequest request = this.request;
            if (request == null) {
                throw new IllegalStateException("the request was let go of");
            }
            if (adapted != null) {
                return List.of(new Slice(adapted.array(), 0, adapted.length()));
            }
            Splice splice = new Splice(request.body(), request.length());
            String model = request.model().value();
            if (!model.equals(request.facts().model())) {
                splice.replace(request.facts().modelRange(), JsonOut.bytes(model));
            }
            return splice.slices();
        }

        @Override
        public void release() {
            request = null;
            OutBuffer body = adapted;
            if (body != null) {
                adapted = null;
                body.free();
            }
        }

        @Override
        public boolean streamed() {
            return streamed;
        }

        @Override
        public List<String> warnings() {
            return warnings;
        }

        @Override
        public StreamTranslator stream() {
            return new AnthropicStreamRelay();
        }

        @Override
        public AnswerTranslator answer() {
            return new AnthropicAnswerRelay();
        }

        @Override
        public @Nullable StreamTranslator joined() {
            return counting ? null : new ChargedStream(new AnthropicJoining(), meter);
        }

        @Override
        public AnswerTranslator unfolded() {
            return new AnthropicUnfolding(requestBytes, meter);
        }
    }
}
