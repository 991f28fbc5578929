package io.llmgateway.converters.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.converters.canonical.ChatRequest;
import io.llmgateway.converters.hub.AnswerContext;
import io.llmgateway.converters.hub.ClientCodec;
import io.llmgateway.converters.hub.EventReader;
import io.llmgateway.converters.hub.EventWriter;
import io.llmgateway.converters.hub.UpstreamCodec;
import io.llmgateway.converters.hub.UpstreamModel;
import io.llmgateway.converters.hub.Warnings;
import io.llmgateway.converters.hub.Written;
import io.llmgateway.model.Protocol;
import io.llmgateway.wire.WorkBudget;
import java.util.OptionalLong;

/** Anthropic Messages to and from the hub. Stateless, thread-safe. */
public final class AnthropicCodec implements ClientCodec, UpstreamCodec {
    private static final String VERSION = "anthropic-version";

    @Override
    public Protocol protocol() {
        return Protocol.ANTHROPIC_MESSAGES;
    }

    @Override
    public ChatRequest read(JsonNode body, String version, boolean counting, Warnings warnings, WorkBudget work) {
        if (AnthropicVersions.isUnknown(version)) {
            warnings.adjusted(VERSION, "this version is newer than those that are known");
        }
        if (AnthropicVersions.isFirst(version) && body.path("stream").asBoolean()) {
            throw Warnings.refused(VERSION, "streams of version 2023-01-01 are not spoken any more, use 2023-06-01");
        }
        return new AnthropicRequestReader(body, version, counting, warnings, work).read();
    }

    @Override
    public EventWriter stream(AnswerContext context) {
        return new AnthropicEventWriter(context);
    }

    @Override
    public EventWriter answer(AnswerContext context) {
        return new AnthropicAnswerWriter(context);
    }

    @Override
    public Written write(ChatRequest request, UpstreamModel target, Warnings warnings) {
        return new AnthropicRequestWriter(request, target, warnings).write();
    }

    @Override
    public int candidates(boolean stream) {
        return 1;
    }

    /** It does, but only clients of this protocol ask, and those are relayed. */
    @Override
    public boolean counts() {
        return false;
    }

    @Override
    public Written writeCount(ChatRequest request, UpstreamModel target, Warnings warnings) {
        throw new UnsupportedOperationException("requests to count come in this protocol already");
    }

    @Override
    public OptionalLong count(JsonNode answer) {
        return OptionalLong.empty();
    }

    @Override
    public EventReader reader(AnswerContext context) {
        return new AnthropicEventReader(context);
    }
}
