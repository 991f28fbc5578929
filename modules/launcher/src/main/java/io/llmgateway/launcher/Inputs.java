package io.llmgateway.launcher;

import io.llmgateway.settings.read.Sources;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What is laid over a configuration file, shared by the commands that read one. Confined to one thread. */
final class Inputs {
    @Option(
            names = "--set",
            paramLabel = "PATH=VALUE",
            description = "a setting over the file and the environment, may be repeated")
    private Map<String, String> set = new LinkedHashMap<>();

    @Option(
            names = "--env-file",
            paramLabel = "FILE",
            description = "environment variables from a file with a NAME=value on each line, as the service has them")
    private @Nullable Path envFile;

    /** Settings over the file, by path. */
    Map<String, String> overrides() {
        return set;
    }

    /** The file with variables; null for those of the process alone. */
    @Nullable
    Path envFile() {
        return envFile;
    }

    /**
     * All that is laid over the file.
     *
     * @throws IOException when the file with variables cannot be read
     */
    Sources sources() throws IOException {
        return new Sources(EnvFile.over(System.getenv(), envFile), set);
    }
}
