package io.llmgateway.converters.anthropic;

import io.llmgateway.converters.AnswerTranslator;
import io.llmgateway.converters.StreamTranslator;
import io.llmgateway.converters.Translation;
import io.llmgateway.converters.TranslationRequest;
import io.llmgateway.converters.Translator;
import io.llmgateway.converters.hub.Warnings;
import io.llmgateway.model.Protocol;
import io.llmgateway.wire.Slice;
import io.llmgateway.wire.Splice;
import java.nio.charset.StandardCharsets;
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
        byte[] body = new AnthropicAdaptation(request, warnings).body();
        return new Relay(request, body, warnings.all());
    }

    /** One attempt. Confined to it. */
    @SuppressWarnings("ArrayRecordComponent") // sent once, never compared
    private record Relay(TranslationRequest request, byte @Nullable [] adapted, List<String> warnings)
            implements Translation {
        @Override
        public List<Slice> body() {
            if (adapted != null) {
                return List.of(new Slice(adapted, 0, adapted.length));
            }
            Splice splice = new Splice(request.body(), request.length());
            String model = request.model().value();
            if (!model.equals(request.facts().model())) {
                splice.replace(request.facts().modelRange(), ('"' + model + '"').getBytes(StandardCharsets.US_ASCII));
            }
            return splice.slices();
        }

        @Override
        public boolean streamed() {
            return request.facts().stream() && !request.counting();
        }

        @Override
        public StreamTranslator stream() {
            return new AnthropicStreamRelay();
        }

        @Override
        public AnswerTranslator answer() {
            return new AnthropicAnswerRelay();
        }
    }
}
