package io.llmgateway.settings.read;

import io.llmgateway.settings.KeyMaterial;
import io.llmgateway.settings.ProviderType;
import io.llmgateway.settings.tree.Node;
import io.llmgateway.settings.tree.Place;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A provider that one environment variable switches on. Immutable, thread-safe. */
enum PublicProvider {
    OPENAI(ProviderType.OPENAI, "OPENAI_API_KEY", "https://api.openai.com/v1"),
    ANTHROPIC(ProviderType.ANTHROPIC, "ANTHROPIC_API_KEY", "https://api.anthropic.com"),
    GEMINI(ProviderType.GEMINI, "GEMINI_API_KEY", "https://generativelanguage.googleapis.com");

    private static final Place PLACE = Place.of("environment");

    private final ProviderType type;
    private final String variable;
    private final String baseUrl;

    PublicProvider(ProviderType type, String variable, String baseUrl) {
        this.type = type;
        this.variable = variable;
        this.baseUrl = baseUrl;
    }

    static String variables() {
        return Stream.of(values()).map(provider -> provider.variable).collect(Collectors.joining(", "));
    }

    /** Those whose variable is there; an empty one counts as not set. */
    static List<PublicProvider> in(Map<String, String> environment) {
        return Stream.of(values())
                .filter(provider ->
                        !environment.getOrDefault(provider.variable, "").isEmpty())
                .toList();
    }

    /** The tree that a file with these providers and the one key would give. */
    static Node.Mapping tree(Map<String, String> environment, KeyMaterial.GeneratedKey key) {
        Map<String, Node> providers = new LinkedHashMap<>();
        List<PublicProvider> found = in(environment);
        for (PublicProvider provider : found) {
            providers.put(provider.type.wire(), provider.node());
        }
        Map<String, Node> client = new LinkedHashMap<>();
        client.put("name", text("generated"));
        client.put("hash", text(key.digest().text()));
        Map<String, Node> routing =
                Map.of("default-provider", text(found.getFirst().type.wire()));
        Map<String, Node> root = new LinkedHashMap<>();
        root.put("keys", new Node.Sequence(PLACE, List.of(mapping(client))));
        root.put("providers", mapping(providers));
        root.put("routing", mapping(routing));
        return mapping(root);
    }

    private Node node() {
        Map<String, Node> instance = new LinkedHashMap<>();
        instance.put("name", text(type.wire() + "-1"));
        instance.put("base-url", text(baseUrl));
        instance.put("api-key", mapping(Map.of("env", text(variable))));
        Map<String, Node> provider = new LinkedHashMap<>();
        provider.put("type", text(type.wire()));
        provider.put("instances", new Node.Sequence(PLACE, new ArrayList<>(List.of(mapping(instance)))));
        return mapping(provider);
    }

    private static Node.Mapping mapping(Map<String, Node> entries) {
        Map<String, Place> keyPlaces = new LinkedHashMap<>();
        entries.keySet().forEach(key -> keyPlaces.put(key, PLACE));
        return new Node.Mapping(PLACE, entries, keyPlaces);
    }

    private static Node text(String value) {
        return new Node.Scalar(PLACE, value, true);
    }
}
