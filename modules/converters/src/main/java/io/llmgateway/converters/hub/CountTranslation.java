package io.llmgateway.converters.hub;

import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.converters.AnswerTranslator;
import io.llmgateway.converters.StreamTranslator;
import io.llmgateway.converters.Translation;
import io.llmgateway.converters.canonical.ChatRequest;
import io.llmgateway.model.Usage;
import io.llmgateway.wire.Json;
import io.llmgateway.wire.JsonOut;
import io.llmgateway.wire.OutBuffer;
import io.llmgateway.wire.Slice;
import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A request to count tokens: sent to a provider that counts, estimated for one that does not. Confined to one attempt.
 *
 * @param upstream the provider's half
 * @param request what to send; empty when the answer is known already
 * @param estimate the answer when the provider does not count; null when it does
 * @param warnings what was weakened
 */
@SuppressWarnings("ArrayRecordComponent") // sent once, never compared
record CountTranslation(UpstreamCodec upstream, byte[] request, byte @Nullable [] estimate, List<String> warnings)
        implements Translation {
    static CountTranslation begin(UpstreamCodec upstream, ChatRequest chat, Target target, Warnings warnings) {
        if (!upstream.counts()) {
            return new CountTranslation(upstream, new byte[0], answer(TokenEstimate.of(chat)), warnings.all());
        }
        byte[] body = upstream.writeCount(chat, target, warnings).body();
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
        return List.of(new Slice(request, 0, request.length));
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
        private final UpstreamCodec upstream;
        private final OutBuffer whole = new OutBuffer(256);

        Counted(UpstreamCodec upstream) {
            this.upstream = upstream;
        }

        @Override
        public void translate(byte[] bytes, int offset, int length, OutBuffer out) {
            whole.write(bytes, offset, length);
        }

        @Override
        public Verdict finish(OutBuffer out) {
            try {
                JsonNode json = Json.mapper().readTree(whole.array(), 0, whole.length());
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
            return whole.toByteArray();
        }
    }
}
