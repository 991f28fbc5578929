package io.llmgateway.settings.read;

import io.llmgateway.settings.GatewaySettings;
import io.llmgateway.settings.Problem;
import java.util.List;

/** What became of an attempt to load settings. Immutable, thread-safe. */
public sealed interface LoadResult {
    /** The settings are good; the warnings, in the order of the file, are worth a line in the log. */
    record Loaded(GatewaySettings settings, List<Problem> warnings) implements LoadResult {
        public Loaded {
            warnings = List.copyOf(warnings);
        }
    }

    /** The settings cannot be used; every problem that was found, in the order of the file, at least one. */
    record Invalid(List<Problem> problems) implements LoadResult {
        public Invalid {
            problems = List.copyOf(problems);
        }
    }
}
