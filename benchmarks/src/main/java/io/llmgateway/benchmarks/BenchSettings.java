package io.llmgateway.benchmarks;

import io.llmgateway.settings.GatewaySettings;
import io.llmgateway.settings.read.LoadResult;
import io.llmgateway.settings.read.SettingsLoader;
import io.llmgateway.settings.read.Sources;
import java.nio.file.Path;
import java.util.Map;

/** Configurations to measure with. Stateless. */
final class BenchSettings {
    private BenchSettings() {}

    /** Reads a configuration that must be valid. */
    static GatewaySettings of(String yaml) {
        LoadResult result = SettingsLoader.load("bench", yaml, Path.of(""), Sources.of(Map.of()));
        if (!(result instanceof LoadResult.Loaded(GatewaySettings settings, var _))) {
            throw new IllegalStateException(result.toString());
        }
        return settings;
    }
}
