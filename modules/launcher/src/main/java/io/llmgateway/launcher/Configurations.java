package io.llmgateway.launcher;

import io.llmgateway.settings.GatewaySettings;
import io.llmgateway.settings.Problem;
import io.llmgateway.settings.read.LoadResult;
import io.llmgateway.settings.read.SettingsLoader;
import io.llmgateway.settings.read.Sources;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Loads a configuration for a command and prints what is wrong with it. Stateless. */
final class Configurations {
    private Configurations() {}

    static Optional<GatewaySettings> load(Path file, Sources sources, PrintWriter err) {
        return accepted(SettingsLoader.load(file, sources), err);
    }

    static Optional<GatewaySettings> accepted(LoadResult result, PrintWriter err) {
        return switch (result) {
            case LoadResult.Loaded(GatewaySettings settings, List<Problem> warnings) -> {
                warnings.forEach(warning -> err.println("warning: " + warning));
                err.flush();
                yield Optional.of(settings);
            }
            case LoadResult.Invalid(List<Problem> problems) -> {
                problems.forEach(err::println);
                err.println(problems.size() == 1 ? "1 problem" : problems.size() + " problems");
                err.flush();
                yield Optional.empty();
            }
        };
    }
}
