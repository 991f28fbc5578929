package io.llmgateway.launcher;

import io.llmgateway.settings.LoadResult;
import io.llmgateway.settings.SettingsLoader;
import io.llmgateway.settings.Sources;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/** Where a configuration can be read again and again. Thread-safe. */
@FunctionalInterface
public interface ConfigSource {
    /**
     * Reads it as it is now.
     *
     * @param files gets the files that the result depends on
     */
    LoadResult load(Set<? super Path> files);

    /**
     * A file.
     *
     * @param environment environment variables, for overrides and secrets
     * @param overrides from the command line, by path
     */
    static ConfigSource file(Path file, Map<String, String> environment, Map<String, String> overrides) {
        Sources sources = new Sources(environment, overrides);
        return files -> SettingsLoader.load(file, sources, files);
    }
}
