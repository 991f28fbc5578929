package io.llmgateway.converters.hub;

import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.converters.AnswerTranslator;
import io.llmgateway.converters.StreamTranslator;
import io.llmgateway.converters.Translation;
import io.llmgateway.converters.canonical.ChatRequest;
import io.llmgateway.model.Usage;
import io.llmgateway.wire.JsonOut;
import io.llmgateway.wire.JsonTrees;
import io.llmgateway.wire.OutBuffer;
import io.llmgateway.wire.Slice;
import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A request to count tokens: sent to a provider that counts, estimated for one that does not. Confined to one attempt.
 */
final class CountTranslation implements Translation {
    private static final byte[] NOTHING = new byte[0];

    private final UpstreamCodec upstream;
    private final byte @Nullable [] estimate;
    private final List<String> warnings;
    private @Nullable OutBuffer request;

    private CountTranslation(
            UpstreamCodec upstream, OutBuffer request, byte @Nullable [] estimate, List<String> warnings) {
        this.upstream = upstream;
        this.request = request;
        this.estimate = estimate;
        this.warnings = warnings;
    }

    static CountTranslation begin(UpstreamCodec upstream, ChatRequest chat, UpstreamModel target, Warnings warnings) {
        if (!upstream.counts()) {
            byte[] estimate = answer(TokenEstimate.of(chat, target.work()));
            return new CountTranslation(upstream, new OutBuffer(0), estimate, warnings.all());
        }
        OutBuffer body = upstream.writeCount(chat, target, warnings).body();
        return new CountTranslation(upstream, body, null, warnings.all());
    }

    private static byte[] answer(long tokens) {
        OutBuffer out = new OutBuffer(32);
        new JsonOut(out).object().field("input_tokens", tokens).endObject();
        return out.toByteArray();
    }

    @Override
    public byte @Nullable [] estimated() {
        return estimate;
    }

    @Override
    public List<Slice> body() {
        OutBuffer body = request;
        if (body == null) {
            throw new IllegalStateException("the request was let go of");
        }
        return List.of(new Slice(body.array(), 0, body.length()));
    }

    @Override
    public void release() {
        OutBuffer body = request;
        if (body != null) {
            request = null;
            body.free();
        }
    }

    @Override
    public List<String> warnings() {
        return warnings;
    }

    @Override
    public boolean streamed() {
        return false;
    }

    @Override
    public StreamTranslator stream() {
        throw new UnsupportedOperationException("a number is not streamed");
    }

    @Override
    public AnswerTranslator answer() {
        return new Counted(upstream);
    }

    /** Reads the provider's number. Confined to one answer. */
    private static final class Counted implements AnswerTranslator {
        private static final int MAX_BYTES = 64 * 1024;

        private final UpstreamCodec upstream;
        private boolean tooLarge;
        private final OutBuffer whole = new OutBuffer(256);

        Counted(UpstreamCodec upstream) {
            this.upstream = upstream;
        }

        @Override
        public void translate(byte[] bytes, int offset, int length, OutBuffer out) {
            tooLarge |= whole.length() + length > MAX_BYTES;
            if (!tooLarge) {
                whole.write(bytes, offset, length);
            }
        }

        @Override
        public Verdict finish(OutBuffer out) {
            if (tooLarge) {
                return Verdict.MALFORMED;
            }
            try {
                JsonNode json = JsonTrees.read(whole.array(), 0, whole.length());
                OptionalLong tokens = upstream.count(json);
                if (tokens.isEmpty()) {
                    return json.has("error") ? Verdict.ERROR : Verdict.MALFORMED;
                }
                out.write(answer(tokens.getAsLong()));
                return Verdict.COMPLETE;
            } catch (IOException e) {
                // the caller says which instance sent it
                return Verdict.MALFORMED;
            }
        }

        @Override
        public @Nullable Usage usage() {
            return null;
        }

        @Override
        public byte[] errorBody() {
            return tooLarge ? NOTHING : whole.toByteArray();
        }
    }
}
