package io.llmgateway.converters.hub;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.converters.Translation;
import io.llmgateway.converters.TranslationRequest;
import io.llmgateway.converters.Translator;
import io.llmgateway.converters.canonical.ChatRequest;
import io.llmgateway.model.CallerFault;
import io.llmgateway.model.GatewayException;
import io.llmgateway.model.Protocol;
import io.llmgateway.wire.Json;
import java.io.IOException;

/** Carries requests between two protocols through the hub. Thread-safe. */
public final class HubTranslator implements Translator {
    private final ClientCodec client;
    private final UpstreamCodec upstream;
    private final ReasoningMemory memory;

    /** Between these two, with this memory of reasoning. */
    public HubTranslator(ClientCodec client, UpstreamCodec upstream, ReasoningMemory memory) {
        this.client = client;
        this.upstream = upstream;
        this.memory = memory;
    }

    @Override
    public Protocol client() {
        return client.protocol();
    }

    @Override
    public Protocol upstream() {
        return upstream.protocol();
    }

    @Override
    public Translation begin(TranslationRequest request) {
        Warnings warnings = new Warnings(request.strict());
        ChatRequest chat = client.read(parse(request), request.clientVersion(), request.counting(), warnings);
        String owner = request.tenant() + '\n' + request.provider().value();
        boolean stream = request.facts().stream() && !request.counting();
        Target target = new Target(request.model().value(), request.upstreamVersion(), owner, memory, stream);
        if (request.counting()) {
            return CountTranslation.begin(upstream, chat, target, warnings);
        }
        Written written = upstream.write(chat, target, warnings);
        AnswerContext context = new AnswerContext(
                request.facts().model(),
                chat,
                written.names(),
                AnswerContext.customTools(chat),
                stream ? TokenEstimate.of(chat) : 0,
                request.epochSeconds(),
                request.random());
        return new HubTranslation(client, upstream, target, written, context, warnings.all());
    }

    private static JsonNode parse(TranslationRequest request) {
        try {
            return Json.mapper().readTree(request.body(), 0, request.length());
        } catch (IOException e) {
            String message = e instanceof JsonProcessingException json
                    ? json.getOriginalMessage()
                    : String.valueOf(e.getMessage());
            throw new GatewayException(new CallerFault.MalformedJson(message), e);
        }
    }
}
