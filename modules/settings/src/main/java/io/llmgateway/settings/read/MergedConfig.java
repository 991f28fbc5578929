package io.llmgateway.settings.read;

import io.helidon.config.Config;
import io.helidon.config.ConfigSources;
import io.helidon.config.spi.ConfigNode;
import io.llmgateway.settings.tree.Node;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Puts the merged tree into Helidon Config. Lists and mappings of very many entries, such as thousands of client keys,
 * are left out, as is what comes after a few thousand values, and readers take their values from the tree: Helidon
 * makes one nested stream per entry, so its time grows with the square of their number and its stack with the number.
 * Confined to one use.
 */
final class MergedConfig {
    private static final int MAX_WIDTH = 200;

    private static final int MAX_NODES = 5_000;

    private int nodes;

    private MergedConfig() {}

    static Config of(Node.Mapping tree) {
        // values stand as they are written: no references, no other sources, nothing found on the class path
        return Config.builder()
                .disableEnvironmentVariablesSource()
                .disableSystemPropertiesSource()
                .disableKeyResolving()
                .disableValueResolving()
                .disableParserServices()
                .disableMapperServices()
                .disableFilterServices()
                .disableCaching()
                .addSource(ConfigSources.create(new MergedConfig().object(tree)))
                .build();
    }

    // from nodes, not from a flat map: the builder behind a flat map takes minutes for some thousand keys
    private ConfigNode.ObjectNode object(Node.Mapping mapping) {
        ConfigNode.ObjectNode.Builder builder = ConfigNode.ObjectNode.builder();
        if (mapping.entries().size() > MAX_WIDTH) {
            return builder.build();
        }
        mapping.entries().forEach((name, child) -> {
            nodes++;
            String key = Config.Key.escapeName(name);
            switch (child) {
                case Node _ when name.isEmpty() -> {} // reported as unknown; Helidon has no empty keys
                case Node _ when nodes > MAX_NODES -> {}
                case Node.Mapping node when node.entries().size() > MAX_WIDTH -> {}
                case Node.Sequence node when node.elements().size() > MAX_WIDTH -> {}
                case Node.Mapping node -> builder.addObject(key, object(node));
                case Node.Sequence node -> builder.addObject(key, object(indexed(node)));
                case Node.Scalar node -> builder.addValue(key, node.text());
                case Node.Empty _ -> {}
            }
        });
        return builder.build();
    }

    private static Node.Mapping indexed(Node.Sequence sequence) {
        Map<String, Node> entries = new LinkedHashMap<>();
        for (Node element : sequence.elements()) {
            entries.put(Integer.toString(entries.size()), element);
        }
        return new Node.Mapping(sequence.place(), entries, Map.of());
    }
}
