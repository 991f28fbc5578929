package io.llmgateway.converters.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.converters.UsageJson;
import io.llmgateway.converters.canonical.ChatRequest;
import io.llmgateway.converters.hub.AnswerContext;
import io.llmgateway.converters.hub.EventReader;
import io.llmgateway.converters.hub.UpstreamCodec;
import io.llmgateway.converters.hub.UpstreamModel;
import io.llmgateway.converters.hub.Warnings;
import io.llmgateway.converters.hub.Written;
import io.llmgateway.model.Protocol;
import java.util.OptionalLong;

/** From the hub to Gemini and back. Stateless, thread-safe. */
public final class GeminiCodec implements UpstreamCodec {
    private static final int MAX_CANDIDATES = 8;

    @Override
    public Protocol protocol() {
        return Protocol.GEMINI;
    }

    @Override
    public Written write(ChatRequest request, UpstreamModel target, Warnings warnings) {
        return new GeminiRequestWriter(request, target, warnings).write();
    }

    @Override
    public int candidates(boolean stream) {
        return stream ? 1 : MAX_CANDIDATES;
    }

    @Override
    public boolean counts() {
        return true;
    }

    @Override
    public Written writeCount(ChatRequest request, UpstreamModel target, Warnings warnings) {
        return new GeminiRequestWriter(request, target, warnings).writeCount();
    }

    @Override
    public OptionalLong count(JsonNode answer) {
        return answer.path("totalTokens").isNumber()
                ? OptionalLong.of(UsageJson.count(answer, "totalTokens"))
                : OptionalLong.empty();
    }

    @Override
    public EventReader reader(AnswerContext context) {
        return new GeminiEventReader(context);
    }
}
