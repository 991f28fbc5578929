package io.llmgateway.converters.hub;

import com.fasterxml.jackson.databind.JsonNode;
import io.llmgateway.converters.Translation;
import io.llmgateway.converters.TranslationRequest;
import io.llmgateway.converters.Translator;
import io.llmgateway.converters.canonical.ChatRequest;
import io.llmgateway.model.CallerFault;
import io.llmgateway.model.GatewayException;
import io.llmgateway.model.Protocol;
import io.llmgateway.wire.HeldMemory;
import io.llmgateway.wire.JsonFault;
import io.llmgateway.wire.JsonTrees;
import io.llmgateway.wire.WorkBudget;
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
    public int times(int candidates, boolean streamed) {
        return candidates <= upstream.candidates(streamed) ? 1 : candidates;
    }

    @Override
    public Translation begin(TranslationRequest request) {
        // the tree is let go of when this method ends, what is written when the request was sent
        HeldMemory tree = new HeldMemory(request.meter());
        HeldMemory held = new HeldMemory(request.meter());
        boolean begun = false;
        try {
            Translation translation = converted(request, tree, held);
            begun = true;
            return translation;
        } finally {
            tree.releaseAll();
            if (!begun) {
                held.releaseAll();
            }
        }
    }

    private Translation converted(TranslationRequest request, HeldMemory tree, HeldMemory held) {
        WorkBudget work = request.work();
        Warnings warnings = new Warnings(request.strict());
        ChatRequest chat =
                client.read(parse(request, tree), request.clientVersion(), request.counting(), warnings, work);
        boolean stream = request.facts().stream() && !request.counting();
        UpstreamModel target = target(request, stream, held, work);
        if (request.counting()) {
            return CountTranslation.begin(upstream, chat, target, warnings);
        }
        int times = times(chat, stream, request);
        if (times > 1) {
            chat = chat.single();
        }
        Written written = upstream.write(chat, target, warnings);
        AnswerContext context = new AnswerContext(
                request.facts().model(),
                AnswerContext.Wishes.of(chat),
                written.names().settled(chat.tools()),
                AnswerContext.customTools(chat),
                TokenEstimate.of(chat, work),
                request.epochSeconds(),
                request.random(),
                new Losses(),
                null);
        if (times > 1) {
            context = context.choices(times);
        }
        UpstreamModel answering = target(request, stream, held, work.forAnswer());
        return new HubTranslation(client, upstream, answering, written, context, warnings.all(), held);
    }

    /** How often the provider is asked; refused when that is more than is wanted of it. */
    private int times(ChatRequest chat, boolean stream, TranslationRequest request) {
        int times = times(chat.extent().candidates(), stream);
        if (times > 1 && times > request.choices()) {
            int most = Math.max(request.choices(), upstream.candidates(stream));
            throw Warnings.refused(
                    "n",
                    "'n' must be at most " + most + (stream ? " in a stream" : "")
                            + " for this model's provider (providers."
                            + request.provider().value()
                            + ".choices.max is " + request.choices() + ")");
        }
        return times;
    }

    private UpstreamModel target(TranslationRequest request, boolean stream, HeldMemory held, WorkBudget work) {
        String owner = request.tenant() + '\n' + request.provider().value();
        return new UpstreamModel(request.model().value(), request.upstreamVersion(), owner, memory, stream, held, work);
    }

    private static JsonNode parse(TranslationRequest request, HeldMemory tree) {
        try {
            return JsonTrees.read(request.body(), 0, request.length(), tree, request.work());
        } catch (IOException e) {
            String fault = JsonFault.of(request.body(), request.length(), e);
            throw new GatewayException(new CallerFault.MalformedJson("the body is not valid JSON, " + fault), e);
        }
    }
}
