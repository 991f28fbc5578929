package io.llmgateway.settings;

import io.helidon.config.Config;
import io.helidon.config.ConfigSources;
import java.util.LinkedHashMap;
import java.util.Map;

/** Puts the merged tree into Helidon Config, one flat entry per single value. Thread-safe. */
final class MergedConfig {
    private MergedConfig() {}

    static Config of(Node.Mapping tree) {
        Map<String, String> flat = new LinkedHashMap<>();
        flatten("", tree, flat);
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
                .addSource(ConfigSources.create(flat).build())
                .build();
    }

    private static void flatten(String path, Node node, Map<String, String> flat) {
        switch (node) {
            case Node.Mapping mapping ->
                mapping.entries().forEach((name, child) -> {
                    if (!name.isEmpty()) {
                        flatten(step(path, Config.Key.escapeName(name)), child, flat);
                    }
                });
            case Node.Sequence sequence -> {
                for (int i = 0; i < sequence.elements().size(); i++) {
                    flatten(step(path, Integer.toString(i)), sequence.elements().get(i), flat);
                }
            }
            case Node.Scalar scalar -> flat.put(path, scalar.text());
            case Node.Empty _ -> {}
        }
    }

    private static String step(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }
}
