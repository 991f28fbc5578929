package io.llmgateway.converters.openai.chat;

import io.llmgateway.converters.AnswerTranslator;
import io.llmgateway.converters.ChargedStream;
import io.llmgateway.converters.StreamTranslator;
import io.llmgateway.converters.Translation;
import io.llmgateway.converters.TranslationRequest;
import io.llmgateway.converters.Translator;
import io.llmgateway.model.Protocol;
import io.llmgateway.wire.JsonOut;
import io.llmgateway.wire.MemoryMeter;
import io.llmgateway.wire.RequestFacts;
import io.llmgateway.wire.RequestFacts.Range;
import io.llmgateway.wire.Slice;
import io.llmgateway.wire.Splice;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * OpenAI client to OpenAI-type provider, byte for byte. Two fields are spliced when needed: {@code model} when the
 * route changes it, and {@code stream_options.include_usage}, which the gateway needs for its accounts and hides again
 * when the client did not ask for it. Stateless, thread-safe.
 */
public final class OpenAiChatRelay implements Translator {
    private static final byte[] TRUE = ascii("true");
    private static final byte[] WHOLE_OPTIONS = ascii("{\"include_usage\":true}");
    private static final byte[] NEW_OPTIONS = ascii(",\"stream_options\":{\"include_usage\":true}");
    private static final byte[] ONLY_MEMBER = ascii("\"include_usage\":true");
    private static final byte[] FIRST_MEMBER = ascii("\"include_usage\":true,");

    @Override
    public Protocol client() {
        return Protocol.OPENAI_CHAT;
    }

    @Override
    public Protocol upstream() {
        return Protocol.OPENAI_CHAT;
    }

    @Override
    public Translation begin(TranslationRequest request) {
        return new Relay(request);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** One attempt. Confined to it. */
    private static final class Relay implements Translation {
        private final boolean streamed;
        private final boolean injects;
        private final MemoryMeter meter;
        private @Nullable TranslationRequest request;

        Relay(TranslationRequest request) {
            this.request = request;
            this.meter = request.meter();
            this.streamed = request.facts().stream();
            this.injects = streamed && !request.facts().includeUsage();
        }

        @Override
        public List<Slice> body() {
            TranslationRequest request = this.request;
            if (request == null) {
                throw new IllegalStateException("the request was let go of");
            }
            RequestFacts facts = request.facts();
            Splice splice = new Splice(request.body(), request.length());
            Range model = facts.modelRange();
            boolean renamed = !request.model().value().equals(facts.model());
            byte[] name = renamed ? JsonOut.bytes(request.model().value()) : null;
            Edit usage = injects ? usageEdit(facts) : null;
            if (usage != null && usage.at.start() < model.start()) {
                splice.replace(usage.at, usage.text);
                usage = null;
            }
            if (name != null) {
                splice.replace(model, name);
            }
            if (usage != null) {
                splice.replace(usage.at, usage.text);
            }
            return splice.slices();
        }

        @Override
        public void release() {
            request = null;
        }

        private static Edit usageEdit(RequestFacts facts) {
            Range options = facts.streamOptions();
            Range flag = facts.includeUsageRange();
            if (flag != null) {
                return new Edit(flag, TRUE);
            }
            if (options == null) {
                return new Edit(new Range(facts.rootEnd(), facts.rootEnd()), NEW_OPTIONS);
            }
            if (!facts.streamOptionsObject()) {
                return new Edit(options, WHOLE_OPTIONS);
            }
            Range inside = new Range(options.start() + 1, options.start() + 1);
            return new Edit(inside, facts.streamOptionsEmpty() ? ONLY_MEMBER : FIRST_MEMBER);
        }

        @Override
        public boolean streamed() {
            return streamed;
        }

        @Override
        public List<String> warnings() {
            return List.of();
        }

        @Override
        public StreamTranslator stream() {
            return new OpenAiChatStreamRelay(injects);
        }

        @Override
        public AnswerTranslator answer() {
            return new OpenAiChatAnswerRelay();
        }

        @Override
        public StreamTranslator joined() {
            return new ChargedStream(new OpenAiChatJoining(), meter);
        }

        @Override
        public AnswerTranslator unfolded() {
            return new OpenAiChatUnfolding(!injects, meter);
        }
    }

    /** One splice. Immutable. */
    @SuppressWarnings("ArrayRecordComponent") // a constant of this class
    private record Edit(Range at, byte[] text) {}
}
