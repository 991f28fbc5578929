package io.llmgateway.launcher;

import io.llmgateway.settings.Problem;
import io.llmgateway.settings.read.LoadResult;
import io.llmgateway.settings.read.SettingsLoader;
import io.llmgateway.settings.read.Sources;
import java.nio.file.Path;
import java.util.List;
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

    /** What the last load that gave settings warned of; empty for sources that do not remember. */
    default List<Problem> warnings() {
        return List.of();
    }

    /**
     * A file.
     *
     * @param environment environment variables, for overrides and secrets
     * @param overrides from the command line, by path
     */
    static ConfigSource file(Path file, Map<String, String> environment, Map<String, String> overrides) {
        return new FileSource(file, new Sources(environment, overrides));
    }

    /** A file, and what it last warned of. Thread-safe. */
    final class FileSource implements ConfigSource {
        private final Path file;
        private final Sources sources;
        private volatile List<Problem> warnings = List.of();

        private FileSource(Path file, Sources sources) {
            this.file = file;
            this.sources = sources;
        }

        @Override
        public LoadResult load(Set<? super Path> files) {
            LoadResult result = SettingsLoader.load(file, sources, files);
            if (result instanceof LoadResult.Loaded loaded) {
                warnings = loaded.warnings();
            }
            return result;
        }

        @Override
        public List<Problem> warnings() {
            return warnings;
        }
    }
}
