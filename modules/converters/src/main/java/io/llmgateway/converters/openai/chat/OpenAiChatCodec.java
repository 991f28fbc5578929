package io.llmgateway.converters.openai.chat;

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
import io.llmgateway.model.Usage;
import io.llmgateway.wire.OutBuffer;
import io.llmgateway.wire.Slice;
import io.llmgateway.wire.WorkBudget;
import java.util.List;
import java.util.OptionalLong;

/** OpenAI Chat Completions to and from the hub. Stateless, thread-safe. */
public final class OpenAiChatCodec implements ClientCodec, UpstreamCodec {
    @Override
    public Protocol protocol() {
        return Protocol.OPENAI_CHAT;
    }

    @Override
    public ChatRequest read(JsonNode body, String version, boolean counting, Warnings warnings, WorkBudget work) {
        return new OpenAiRequestReader(body, warnings, work).read();
    }

    @Override
    public EventWriter stream(AnswerContext context) {
        return new OpenAiEventWriter(context);
    }

    @Override
    public EventWriter answer(AnswerContext context) {
        return new OpenAiAnswerWriter(context);
    }

    @Override
    public void endStream(AnswerContext context, Usage usage, OutBuffer out) {
        new OpenAiEventWriter(context).end(usage, out);
    }

    @Override
    public void join(AnswerContext context, List<Slice> answers, Usage usage, OutBuffer out) {
        OpenAiAnswerWriter.join(context, answers, usage, out);
    }

    @Override
    public Written write(ChatRequest request, UpstreamModel target, Warnings warnings) {
        return new OpenAiRequestWriter(request, target, warnings).write();
    }

    /** As many as a client can ask for. */
    @Override
    public int candidates(boolean stream) {
        return Integer.MAX_VALUE;
    }

    /** Most servers of this protocol have no way to count. */
    @Override
    public boolean counts() {
        return false;
    }

    @Override
    public Written writeCount(ChatRequest request, UpstreamModel target, Warnings warnings) {
        throw new UnsupportedOperationException("servers of this protocol do not count");
    }

    @Override
    public OptionalLong count(JsonNode answer) {
        return OptionalLong.empty();
    }

    @Override
    public EventReader reader(AnswerContext context) {
        return new OpenAiEventReader(context);
    }
}
