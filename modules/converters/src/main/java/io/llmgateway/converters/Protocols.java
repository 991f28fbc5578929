package io.llmgateway.converters;

import io.llmgateway.converters.hub.ClientCodec;
import io.llmgateway.converters.hub.HubTranslator;
import io.llmgateway.converters.hub.ReasoningMemory;
import io.llmgateway.converters.hub.UpstreamCodec;
import io.llmgateway.model.Protocol;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.LongSupplier;

/** Every protocol and every way between two of them that is on the module path. Immutable, thread-safe. */
public final class Protocols {
    private final Map<Protocol, ClientProtocol> clients = new EnumMap<>(Protocol.class);
    private final Map<Protocol, Map<Protocol, Translator>> translators = new EnumMap<>(Protocol.class);

    private Protocols(LongSupplier nanoTime) {
        ReasoningMemory memory = new ReasoningMemory(nanoTime);
        for (ClientCodec client : ServiceLoader.load(ClientCodec.class)) {
            for (UpstreamCodec upstream : ServiceLoader.load(UpstreamCodec.class)) {
                translators
                        .computeIfAbsent(client.protocol(), c -> new EnumMap<>(Protocol.class))
                        .put(upstream.protocol(), new HubTranslator(client, upstream, memory));
            }
        }
        // what speaks the same protocol on both sides is relayed, not converted
        ServiceLoader.load(ClientProtocol.class).forEach(c -> clients.put(c.protocol(), c));
        ServiceLoader.load(Translator.class)
                .forEach(t -> translators
                        .computeIfAbsent(t.client(), c -> new EnumMap<>(Protocol.class))
                        .put(t.upstream(), t));
    }

    /**
     * Finds all protocols.
     *
     * @param nanoTime monotonic time in nanoseconds, for what is remembered between turns
     */
    public static Protocols load(LongSupplier nanoTime) {
        return new Protocols(nanoTime);
    }

    /** What the gateway says to clients of this protocol. */
    public ClientProtocol client(Protocol protocol) {
        ClientProtocol client = clients.get(protocol);
        if (client == null) {
            throw new IllegalArgumentException("no client protocol " + protocol.wire());
        }
        return client;
    }

    /** The way from a client's protocol to a provider's; empty when there is none. */
    public Optional<Translator> between(Protocol client, Protocol upstream) {
        return Optional.ofNullable(translators.getOrDefault(client, Map.of()).get(upstream));
    }
}
