package io.llmgateway.converters;

import io.llmgateway.model.Protocol;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;

/** Every protocol and every way between two of them that is on the module path. Immutable, thread-safe. */
public final class Protocols {
    private final Map<Protocol, ClientProtocol> clients = new EnumMap<>(Protocol.class);
    private final Map<Protocol, Map<Protocol, Translator>> translators = new EnumMap<>(Protocol.class);

    private Protocols() {
        ServiceLoader.load(ClientProtocol.class).forEach(c -> clients.put(c.protocol(), c));
        ServiceLoader.load(Translator.class)
                .forEach(t -> translators
                        .computeIfAbsent(t.client(), c -> new EnumMap<>(Protocol.class))
                        .put(t.upstream(), t));
    }

    /** Finds all protocols. */
    public static Protocols load() {
        return new Protocols();
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
